"""Response centres with one fault each."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import orjson

from connectors import topics
from connectors.alert_inbox import KeptAlert
from connectors.mqtt import MqttConnection
from connectors.mqtt.subscription import Subscription
from connectors.response_centre import Alert
from connectors.settings import ConnectorSettings
from connectors.testing.driven_alerts import DrivenCentre, ShownAlerts
from connectors.testing.driving import AlertShown
from hub.fhir.outcome import operation_outcome
from hub.model.codes import ReceiptCode
from tests.conformance.broken import Broken
from tests.conformance.broken.sound import SoundConnector

log = logging.getLogger(__name__)


class OwnCentre(SoundConnector):
    """A connector whose alerts are shown by a centre of its own."""

    driven_centre: ClassVar[type[DrivenCentre]] = DrivenCentre


class NeverConfirms(SoundConnector):
    async def attend(self, alert: Alert) -> None:
        """Somebody will see it."""


class ConfirmsBySomethingElse(SoundConnector):
    """The hash of the alert's identifier, and not of its bytes, beside the right one."""

    async def attend(self, alert: Alert) -> None:
        await alert.confirm()
        await alert._centre._publish_confirmation(hashlib.sha256(b"A-1").hexdigest(), ReceiptCode.ACCEPTED)


class ConfirmsLate(SoundConnector):
    async def attend(self, alert: Alert) -> None:
        await asyncio.sleep(3.5)
        await alert.confirm()


class RejectsAlerts(SoundConnector):
    """A code that the hub takes for a refusal."""

    async def attend(self, alert: Alert) -> None:
        await alert._centre._publish_confirmation(alert.sha256, ReceiptCode.REJECTED)


class StumblesOverWhatItCannotRead(SoundConnector):
    async def attend(self, alert: Alert) -> None:
        log.debug("an alert of %d parts", len(alert.resource["code"]))
        await alert.confirm()


class LogsAlerts(SoundConnector):
    async def attend(self, alert: Alert) -> None:
        log.warning("an alert: %s", alert.payload.decode("utf-8", "replace"))
        await alert.confirm()


class NamesPatientsInTopics(SoundConnector):
    async def attend(self, alert: Alert) -> None:
        number = alert.resource["patient"]["identifier"]["value"]
        await alert._centre._connection.publish(f"vft/centre/{number}/seen", b"{}")
        await alert.confirm()


class ShowsOnlyTheNew(OwnCentre):
    """Passes by what is more than an hour old."""

    class driven_centre(DrivenCentre):
        async def attend_by(self, connector: Any) -> None:
            async for alert in self.alerts():
                happened = datetime.fromisoformat(str(_of(alert).get("identifiedDateTime")))
                if alert.received_at - happened < timedelta(hours=1):
                    await self.shown.keep(alert)
                await connector.attend(alert)


class LosesAlerts(OwnCentre):
    """Shows every second alert."""

    class driven_centre(DrivenCentre):
        async def attend_by(self, connector: Any) -> None:
            number = 0
            async for alert in self.alerts():
                number += 1
                if number % 2:
                    await self.shown.keep(alert)
                await connector.attend(alert)


class ShowsEachTelling(OwnCentre):
    """Has no memory of what it has shown."""

    class driven_centre(DrivenCentre):
        async def _receive(self, alerts: Subscription) -> None:
            async for message in alerts:
                sha256 = hashlib.sha256(message.payload).hexdigest()
                self._line.put_nowait(KeptAlert(message.payload, sha256, self._clock.now()))


class GuessesDoubles(OwnCentre):
    """Takes alerts of one patient and time for the same."""

    class driven_centre(DrivenCentre):
        async def attend_by(self, connector: Any) -> None:
            seen = set()
            async for alert in self.alerts():
                about = f"{_of(alert).get('patient')}{_of(alert).get('identifiedDateTime')}"
                if about not in seen:
                    await self.shown.keep(alert)
                seen.add(about)
                await connector.attend(alert)


class _Newest(ShownAlerts):
    def all(self) -> list[AlertShown]:
        return super().all()[::-1]


class ShowsTheNewestFirst(OwnCentre):
    class driven_centre(DrivenCentre):
        def __init__(self, line: MqttConnection, settings: ConnectorSettings, *, folder: Path) -> None:
            super().__init__(line, settings, folder=folder)
            self.shown = _Newest(folder / "shown.jsonl")


class _Ascii(ShownAlerts):
    def all(self) -> list[AlertShown]:
        return [
            each.model_copy(
                update={"resource": orjson.loads(orjson.dumps(each.resource).decode().encode("ascii", "ignore"))}
            )
            for each in super().all()
        ]


class DropsLettersOfAlerts(OwnCentre):
    class driven_centre(DrivenCentre):
        def __init__(self, line: MqttConnection, settings: ConnectorSettings, *, folder: Path) -> None:
            super().__init__(line, settings, folder=folder)
            self.shown = _Ascii(folder / "shown.jsonl")


class ForgetsWhatItShowed(OwnCentre):
    """What was shown is forgotten at a restart."""

    class driven_centre(DrivenCentre):
        def __init__(self, line: MqttConnection, settings: ConnectorSettings, *, folder: Path) -> None:
            (folder / "shown.jsonl").unlink(missing_ok=True)
            super().__init__(line, settings, folder=folder)


class ConfirmsBeforeKeeping(OwnCentre):
    """Confirms what it has in memory, and writes it down in a while."""

    class driven_centre(DrivenCentre):
        async def _receive(self, alerts: Subscription) -> None:
            keeping = set()
            async for message in alerts:
                sha256 = hashlib.sha256(message.payload).hexdigest()
                await self._publish_confirmation(sha256, ReceiptCode.ACCEPTED)
                kept = KeptAlert(message.payload, sha256, self._clock.now())
                keeping.add(asyncio.create_task(self._keep_later(kept), name="keep later"))

        async def _keep_later(self, kept: KeptAlert) -> None:
            await asyncio.sleep(1)
            if await self._inbox.put(kept) == "new":
                self._line.put_nowait(kept)


class ConfirmsOnce(OwnCentre):
    """Has confirmed it, and that is that."""

    class driven_centre(DrivenCentre):
        async def _receive(self, alerts: Subscription) -> None:
            async for message in alerts:
                kept = KeptAlert(message.payload, hashlib.sha256(message.payload).hexdigest(), self._clock.now())
                if await self._inbox.put(kept) == "new":
                    self._line.put_nowait(kept)


class ConfirmsAtMostOnce(OwnCentre):
    """QoS 0."""

    class driven_centre(DrivenCentre):
        async def _publish_confirmation(self, sha256: str, code: ReceiptCode) -> None:
            outcome = orjson.dumps(operation_outcome([], receipt=code, identifier=None, sha256=sha256))
            await self._connection.publish(topics.confirmation_topic(self._municipality), outcome, qos=0)


def _of(alert: Alert) -> dict[str, Any]:
    try:
        return alert.resource
    except ValueError:
        return {}


def broken_centre(kind: type[SoundConnector], fault: str, *tests: str) -> Broken:
    """A broken centre that tests of the suite `centre` catch."""
    return Broken(kind, fault, tuple(f"centre.{test}" for test in tests), plan="response-centre")


BROKEN = (
    broken_centre(LosesAlerts, "shows every second alert", "receiving.shown"),
    broken_centre(ShowsEachTelling, "shows an alert each time it comes", "receiving.repeated"),
    broken_centre(GuessesDoubles, "takes alerts of one patient and time for the same", "receiving.alike"),
    broken_centre(ShowsTheNewestFirst, "shows the newest first", "receiving.order"),
    broken_centre(DropsLettersOfAlerts, "shows ASCII letters only", "receiving.whole"),
    broken_centre(StumblesOverWhatItCannotRead, "stops at an alert that it can't read", "receiving.unreadable"),
    broken_centre(ForgetsWhatItShowed, "forgets at a restart what it has shown", "receiving.restarted"),
    broken_centre(ConfirmsBeforeKeeping, "confirms before it has kept", "receiving.killed"),
    broken_centre(ShowsOnlyTheNew, "passes old alerts by", "receiving.old"),
    broken_centre(NeverConfirms, "never confirms", "confirming.each", "confirming.hub"),
    broken_centre(RejectsAlerts, "answers with another code", "confirming.each"),
    broken_centre(ConfirmsOnce, "doesn't confirm a repeated alert", "confirming.repeated"),
    broken_centre(ConfirmsBySomethingElse, "confirms what has not come", "confirming.only-what-came"),
    broken_centre(ConfirmsAtMostOnce, "confirms at QoS 0", "confirming.for-sure"),
    broken_centre(ConfirmsLate, "confirms after more than three seconds", "confirming.soon"),
    broken_centre(NamesPatientsInTopics, "has the identity number in a topic", "line.private"),
    broken_centre(LogsAlerts, "logs alerts", "line.silent"),
)
