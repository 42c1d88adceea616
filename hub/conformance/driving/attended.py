"""A system without a driving interface: a person is told what to do with it, or the test waits for one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors import AlertRaised, Closed, Corrected, DispenseGiven, Event, MeasurementTaken, Retracted
from connectors.testing.driving import AlertShown, CallAnswer, DeviceWord, EventReport, ProductCard, Surroundings
from hub.conformance.driving.person import Person, ask_to_do
from hub.conformance.driving.system import Session
from hub.conformance.verdicts import Skipped, both
from hub.fhir.codes import ALERT_CODE, name_of
from hub.model.clock import OSLO
from hub.model.language import Text

_TIME_TO_ARRIVE_S = 3.0


class AttendedSession:
    """The system in a person's hands. Without a `person` every test that needs one waits."""

    def __init__(self, person: Person | None) -> None:
        self._person = person

    async def _ask(self, nb: str, en: str) -> None:
        await ask_to_do(self._person, both(nb, en))

    async def tell(self, *events: Event) -> Sequence[int]:
        """See `Session`."""
        for event in events:
            said = described(event)
            await self._ask(f"La systemet melde dette: {said.nb}", f"Let the system tell this: {said.en}")
        return ()

    async def take(self, message: bytes) -> Sequence[int]:
        """See `Session`."""
        text = message[:200].decode("utf-8", "backslashreplace")
        await self._ask(f"Gi systemet denne meldingen: {text}", f"Give the system this message: {text}")
        return ()

    async def take_example(self, place: int) -> Sequence[int]:
        """See `Session`."""
        await self._ask(
            "La systemet melde en vanlig hendelse fra produktet", "Let the system tell an everyday event of the product"
        )
        return ()

    async def report_device(self, word: DeviceWord) -> None:
        """See `Session`."""
        await self._ask(
            f"La utstyret {word.device} melde status {word.state}", f"Let the device {word.device} tell {word.state}"
        )

    async def reports(self) -> Sequence[EventReport]:
        """See `Session`."""
        raise Skipped(both("systemet forteller ikke hva som ble av hver hendelse", "the system doesn't tell of events"))

    async def settled(self, *, within_s: float = 20.0) -> Sequence[EventReport]:
        """See `Session`: what was told gets time to arrive."""
        await asyncio.sleep(min(within_s, _TIME_TO_ARRIVE_S))
        return ()

    async def alerts(self) -> Sequence[AlertShown]:
        """See `Session`."""
        raise Skipped(both("systemet forteller ikke hvilke varsler det viser", "the system doesn't tell what it shows"))

    async def call(self, name: str, parameters: Mapping[str, Any]) -> CallAnswer:
        """See `Session`."""
        asked = ", ".join(f"{k} = {v}" for k, v in parameters.items())
        await self._ask(f"La systemet spørre: {name} {asked}", f"Let the system ask: {name} {asked}")
        return CallAnswer()

    async def stop(self) -> None:
        """See `Session`."""
        await self._ask("Stopp systemet på vanlig måte", "Stop the system as you usually do")

    async def start(self, surroundings: Surroundings | None = None) -> None:
        """See `Session`."""
        await self._ask("Start systemet igjen", "Start the system again")


class AttendedSystem:
    """A system whose sessions are a person's doing. It has been told its surroundings beforehand."""

    can = frozenset({"restart"})

    def __init__(self, card: ProductCard, person: Person | None) -> None:
        self.card = card
        self._person = person

    async def connect(self, surroundings: Surroundings) -> Session:
        """See `System`."""
        return AttendedSession(self._person)

    async def leave(self, session: Session) -> None:
        """See `System`: the next test begins with a national side that remembers nothing."""

    def output(self) -> str:
        """See `System`."""
        raise Skipped(both("loggen er ikke tilgjengelig herfra", "the log can't be seen from here"))

    async def kill(self) -> None:
        """See `System`."""
        raise Skipped(both("prosessen er ikke vår å drepe", "the process is not ours to kill"))


def described(event: Event) -> Text:
    """What a person must let happen, so that `event` is told."""
    if isinstance(event, Corrected):
        inner = described(event.event)
        return both(f"rettelse av: {inner.nb}", f"a correction of: {inner.en}")
    if isinstance(event, Retracted):
        inner = described(event.event)
        return both(f"at dette var en feil: {inner.nb}", f"that this was a mistake: {inner.en}")
    if isinstance(event, AlertRaised):
        name = name_of(ALERT_CODE, event.code.value) or event.code.value
        return _happening(f"varselet «{name}»", f"the alert “{name}”", event.device, event.patient.value, event.at)
    if isinstance(event, DispenseGiven):
        return _happening("utlevert dose", "a dose dispensed", event.device, event.patient.value, event.at)
    if isinstance(event, MeasurementTaken):
        return _happening("måling", "a measurement", event.device, event.patient.value, event.at)
    if isinstance(event, Closed):
        return both(
            f"varselet er fulgt opp og lukket med notatet «{event.note[:80]}»",
            f"the alert was followed up and closed with the note “{event.note[:80]}”",
        )
    name = type(event).__name__
    return both(f"hendelsen {name}", f"the event {name}")


def _happening(nb: str, en: str, what: str, who: str, at: datetime) -> Text:
    local = f"{at.astimezone(OSLO):%d.%m.%Y kl. %H:%M:%S}"
    return both(f"{nb} fra {what} for {who}, {local}", f"{en} from {what} for {who}, {local}")
