"""Response centres with one fault each in how they are connected, or in what they say about an alert."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from connectors import Acknowledged, CalledOut, Closed, Event, Retracted, TakenUp
from connectors.connector import Told
from connectors.forwarded import ForwardedAlert
from connectors.mqtt import MqttConnection
from connectors.mqtt.subscription import Subscription
from connectors.settings import ConnectorSettings
from connectors.testing.driven_alerts import DrivenCentre
from tests.conformance.broken.centres import OwnCentre, broken_centre
from tests.conformance.broken.sound import SoundConnector


class _OtherLine(OwnCentre):
    """Connected in another way, as `line` has it."""

    class driven_centre(DrivenCentre):
        @classmethod
        @asynccontextmanager
        async def open(cls, settings: ConnectorSettings, folder: Path) -> AsyncIterator[DrivenCentre]:
            async with cls.line(settings) as line, cls(line, settings, folder=folder) as centre:
                yield centre

        @classmethod
        @abstractmethod
        def line(cls, settings: ConnectorSettings) -> MqttConnection: ...


class KeepsNoSession(_OtherLine):
    """A clean session: what is sent while it is away is gone."""

    class driven_centre(_OtherLine.driven_centre):
        @classmethod
        def line(cls, settings: ConnectorSettings) -> MqttConnection:
            return MqttConnection(settings.hub, client_id=f"{settings.mqtt.client_id}-alerts")


class NamesEverySession(_OtherLine):
    """A persistent session under a new name each time."""

    class driven_centre(_OtherLine.driven_centre):
        @classmethod
        def line(cls, settings: ConnectorSettings) -> MqttConnection:
            name = f"{settings.mqtt.client_id}-{id(object()):x}-{asyncio.get_running_loop().time()}"
            return MqttConnection(settings.hub, client_id=name.replace(".", "-"), session="persistent")


class ListensToEverybody(OwnCentre):
    class driven_centre(DrivenCentre):
        async def _receive(self, alerts: Subscription) -> None:
            async with self._connection.subscribe(f"vft/{self._municipality}/#"):
                await super()._receive(alerts)


class GivesUpAfterABreak(OwnCentre):
    """Listens until the connection breaks."""

    class driven_centre(DrivenCentre):
        async def _receive(self, alerts: Subscription) -> None:
            watching = asyncio.create_task(self._stop_at_break(), name="watch the line")
            try:
                await super()._receive(alerts)
            finally:
                watching.cancel()

        async def _stop_at_break(self) -> None:
            while self._connection.connected:  # noqa: ASYNC110 — it has no event for a break
                await asyncio.sleep(0.01)
            await self._connection._stop()


class _Saying(SoundConnector):
    """Says something else about an alert than it was told."""

    @abstractmethod
    def said(self, event: Event) -> Event | None: ...

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        return await super().tell_all([said for event in events if (said := self.said(event)) is not None])


class NumbersAlertsAnew(_Saying):
    """Refers to alerts by numbers and times of its own, and leaves their senders' out."""

    def said(self, event: Event) -> Event | None:
        if isinstance(event, Acknowledged | CalledOut | Closed) and isinstance(event.alert, ForwardedAlert):
            issue = {name: value for name, value in event.alert.issue.items() if name not in ("identifier", "id")}
            own = [{"system": "urn:centre:alert", "value": str(id(event))}]
            anew = {**issue, "identifier": own, "identifiedDateTime": event.at.isoformat()}
            return replace(event, alert=ForwardedAlert(anew, None))
        return event


class TrustsLikeness(_Saying):
    """Refers to alerts by numbers of its own and leaves it to the hub to guess by patient, device and time."""

    def said(self, event: Event) -> Event | None:
        if isinstance(event, Acknowledged | CalledOut | Closed) and isinstance(event.alert, ForwardedAlert):
            own = [{"system": "urn:centre:alert", "value": event.alert.name[::-1]}]
            return replace(event, alert=ForwardedAlert({**event.alert.issue, "identifier": own}, None))
        return event


class TakesUpOnly(_Saying):
    def said(self, event: Event) -> Event | None:
        return TakenUp(alert=event.alert, at=event.at, by=event.by) if isinstance(event, Acknowledged) else event


class DropsLettersOfNotes(_Saying):
    def said(self, event: Event) -> Event | None:
        if isinstance(event, Closed):
            return replace(event, note=event.note.encode("latin-1", "ignore").decode("latin-1"))
        return event


class RetractsTheAlert(_Saying):
    """Takes a retracted note for a correction of it."""

    def said(self, event: Event) -> Event | None:
        if isinstance(event, Retracted) and isinstance(event.event, Closed):
            return replace(event.event, at=event.at, note="Slettet")
        return event


BROKEN = (
    broken_centre(KeepsNoSession, "connects with a clean session", "receiving.away", "line.persistent"),
    broken_centre(NamesEverySession, "has a new client id at each start", "line.same-name"),
    broken_centre(GivesUpAfterABreak, "doesn't come back after a break", "line.cut"),
    broken_centre(ListensToEverybody, "subscribes to everything of its municipality", "line.narrow"),
    broken_centre(NumbersAlertsAnew, "refers to alerts by other numbers", "handling.one-case", "handling.own-case"),
    broken_centre(TrustsLikeness, "refers to alerts by their likeness", "handling.one-case"),
    broken_centre(TakesUpOnly, "tells an acknowledgement as a look", "handling.acknowledged"),
    broken_centre(DropsLettersOfNotes, "drops letters of notes", "handling.text"),
    broken_centre(RetractsTheAlert, "tells a retraction as a correction", "handling.retracted"),
)
