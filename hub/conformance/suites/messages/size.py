"""Size: the smallest, the largest, too large, and many at once."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import timedelta

from connectors import Closed, DispenseGiven, MeasurementTaken, SafetyAlarmRaised, SupervisionDone, pulse
from connectors.testing.driving import EventReport
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.driving.system import NotTaken
from hub.conformance.expecting import expect_cases, expect_registered
from hub.conformance.plan import Group
from hub.conformance.reading import events, note_of, registered
from hub.conformance.suites.messages._telling import WAYS, an_event, closed, tell
from hub.conformance.verdicts import both, expect

GROUP = Group("messages", "size", both("Størrelse", "Size"), ("connector",), place=80)
_SENTENCE = "Bruker er trøtt, men ved godt mot. "
_LARGE = 800_000
_TOO_LARGE = 1_400_000
_MANY = 100


@GROUP.test("smallest", "SIZ-1", both("De minste hendelsene", "The smallest events"), ways=WAYS)
async def smallest(bench: ConnectorBench) -> None:
    """Only what must be told: no number where it may be left out, no name, no text."""
    can, at = set(bench.system.card.words), bench.now()
    told = (
        SafetyAlarmRaised(patient=bench.patient(), device="1", number="1", at=at),
        DispenseGiven(patient=bench.patient(), device="1", at=at),
        SupervisionDone(patient=bench.patient(), device="1", at=at, until=at),
        MeasurementTaken(patient=bench.patient(), device="1", at=at, measurements=(pulse(7),)),
    )
    mine = [event for event in told if not can or type(event).__name__ in can]
    async with bench.connected() as it:
        await tell(it.system, *mine)
        expect_registered(it.lane, len(mine))
        expect_cases(it.lane, len(mine))


@GROUP.test("large-note", "SIZ-2", both("Et notat på 800 kB", "A note of 800 kB"), ways=WAYS)
async def large_note(bench: ConnectorBench) -> None:
    """What the services take, the system sends whole."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    note = _note(_LARGE)
    async with bench.connected(timeout_s=10.0) as it:
        alarm = bench.alarm()
        await tell(it.system, alarm, closed(alarm, note))
        expect_registered(it.lane, 2)
        found = note_of(registered(it.lane)[-1])
        expect(
            note in found,
            expected=both(f"hele teksten, {len(note)} tegn", f"the whole text, {len(note)} characters"),
            seen=both(f"{len(found)} tegn", f"{len(found)} characters"),
        )


@GROUP.test("too-large", "SIZ-3", both("Et notat som er for stort", "A note that is too large"), ways=WAYS)
async def too_large(bench: ConnectorBench) -> None:
    """It is not sent for ever: it is reported as refused (or never taken), and holds nobody up."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        alarm = bench.alarm(at=bench.now() - timedelta(seconds=10))
        was_taken = await _was_taken(it.system.tell(alarm, closed(alarm, _note(_TOO_LARGE))))
        following = bench.alarm(patient=alarm.patient)
        reports = await tell(it.system, following)
        expect(
            following.at in [event.occurred_at for event in events(it.lane)],
            expected=both(
                "neste hendelse for samme person blir registrert", "the same person's next event is registered"
            ),
            seen=both(f"fortalt videre: {_fates(reports)}", f"told onwards: {_fates(reports)}"),
        )
        if was_taken:
            expect(
                "refused" in [report.fate for report in reports],
                expected=both("meldingen er meldt som avvist", "the message is reported as refused"),
                seen=both(_fates(reports), _fates(reports)),
            )


@GROUP.test("many-at-once", "SIZ-4", both("Hundre hendelser på én gang", "A hundred events at once"), ways=WAYS)
async def many_at_once(bench: ConnectorBench) -> None:
    """A hundred people's events, told together, are a hundred cases."""
    async with bench.connected() as it:
        await tell(it.system, *(an_event(bench, device=f"U-{n}") for n in range(_MANY)), within_s=30)
        expect_registered(it.lane, _MANY)
        expect_cases(it.lane, _MANY)


async def _was_taken(telling: Awaitable[object]) -> bool:
    try:
        await telling
    except NotTaken:
        return False
    return True


def _note(size: int) -> str:
    return (_SENTENCE * (size // len(_SENTENCE.encode()) + 1)).strip()


def _fates(reports: Sequence[EventReport]) -> str:
    return ", ".join(report.fate for report in reports) or "-"
