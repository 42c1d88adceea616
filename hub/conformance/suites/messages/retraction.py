"""Retraction: what never happened stays in the record, marked as an error."""

from __future__ import annotations

from datetime import timedelta

from connectors import Closed, DispenseGiven, Retracted, SafetyAlarmRaised
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_cases, expect_codes
from hub.conformance.national.script import Silence
from hub.conformance.plan import Group
from hub.conformance.reading import EVENT_TYPES, events, registered, statuses
from hub.conformance.suites.messages._telling import WAYS, an_event, closed, dose, tell
from hub.conformance.verdicts import both, expect, listed
from hub.ingest.parts import Resource
from hub.model.codes import ReceiptCode
from hub.model.language import same

GROUP = Group("messages", "retraction", both("Tilbaketrekking", "Retraction"), ("connector",), place=50)
_NEW, _NEWER = ReceiptCode.ACCEPTED, ReceiptCode.AMENDED
_ERROR = {"entered-in-error"}
_LATER = timedelta(seconds=2)


@GROUP.test(
    "entered-in-error",
    "RET-1",
    both("Det som trekkes tilbake, er feilført", "What is retracted is entered in error"),
    ways=WAYS,
)
async def entered_in_error(bench: ConnectorBench) -> None:
    """R4 knows no deletion of a record: its status says that it was an error."""
    bench.needs_words(Retracted)
    async with bench.connected() as it:
        event = an_event(bench)
        await tell(it.system, event, Retracted(event=event, at=event.at + _LATER))
        _expect_in_error(registered(it.lane), *EVENT_TYPES)


@GROUP.test("same-case", "RET-2", both("En tilbaketrekking er ingen ny sak", "A retraction is no new case"), ways=WAYS)
async def same_case(bench: ConnectorBench) -> None:
    """It is a newer version of the message that it takes back, under the same identifier."""
    bench.needs_words(Retracted)
    async with bench.connected() as it:
        event = an_event(bench)
        await tell(it.system, event, Retracted(event=event, at=event.at + _LATER))
        expect_codes(it.lane, (_NEW, _NEWER))
        expect_cases(it.lane, 1)
        expect(
            len({version.identity for version in events(it.lane)}) == 1,
            expected=both("samme identifikator", "the same identifier"),
            seen=both("en annen identifikator", "another identifier"),
        )


@GROUP.test(
    "never-delivered",
    "RET-3",
    both("Trukket tilbake før alarmen kom fram", "Retracted before the alarm got through"),
    ways=WAYS,
)
async def never_delivered(bench: ConnectorBench) -> None:
    """The alarm must not stand in a journal in the end, whether it is sent and taken back, or never sent."""
    bench.needs_words(Retracted)
    async with bench.connected() as it:
        it.lane.script.next(Silence("before"))
        event = an_event(bench)
        await it.system.tell(event)
        await it.lane.heard.until(lambda h: h.messages, within_s=10)
        await tell(it.system, Retracted(event=event, at=event.at + _LATER))
        found = registered(it.lane)
        standing = [version.said_at for version in events(it.lane)]
        expect(
            not found or (statuses(found[-1], *EVENT_TYPES) == _ERROR and standing == sorted(filter(None, standing))),
            expected=both(
                "ingen alarm, eller en som er merket feilført til slutt",
                "no alarm, or one that is marked as an error in the end",
            ),
            seen=both("en alarm som gjelder", "an alarm that applies"),
        )


@GROUP.test(
    "unknown-alarm",
    "RET-4",
    both("Trukket tilbake uten at alarmen er meldt", "Retracted though the alarm was never told"),
)
async def unknown_alarm(bench: ConnectorBench) -> None:
    """The retraction of what the hub never heard of raises no alarm, and holds nothing up."""
    bench.needs_words(Retracted)
    async with bench.connected() as it:
        event = an_event(bench)
        after = an_event(bench, patient=event.patient, at=event.at + _LATER)
        await tell(it.system, Retracted(event=event, at=event.at + _LATER), after)
        alive = [message for message in registered(it.lane) if statuses(message, *EVENT_TYPES) != _ERROR]
        expect(
            len(alive) == 1,
            expected=both("bare den neste alarmen gjelder", "only the next alarm applies"),
            seen=both(f"{len(alive)} alarmer gjelder", f"{len(alive)} alarms apply"),
        )


@GROUP.test(
    "handling-only",
    "RET-5",
    both("Bare oppfølgingen trekkes tilbake", "Only the handling is retracted"),
)
async def handling_only(bench: ConnectorBench) -> None:
    """When a note was written on the wrong alarm, the note is the error; the alarm was raised all the same."""
    bench.needs_words(SafetyAlarmRaised, Closed, Retracted)
    async with bench.connected() as it:
        alarm = bench.alarm()
        note = closed(alarm, "Feil bruker.", at=alarm.at + timedelta(seconds=1))
        await tell(it.system, alarm, note, Retracted(event=note, at=alarm.at + _LATER))
        expect_cases(it.lane, 1)
        found = registered(it.lane)
        _expect_in_error(found, "Composition")
        expect(
            not any(statuses(message, "DetectedIssue") & _ERROR for message in found),
            expected=both("alarmen gjelder fremdeles", "the alarm still applies"),
            seen=both("alarmen er merket feilført", "the alarm is marked as an error"),
        )


@GROUP.test("dose-retracted", "RET-6", both("En dose trekkes tilbake", "A dose is retracted"))
async def dose_retracted(bench: ConnectorBench) -> None:
    """A dose told of the wrong patient is an error in the record; it stays one case."""
    bench.needs_words(DispenseGiven, Retracted)
    async with bench.connected() as it:
        given = dose(bench)
        await tell(it.system, given, Retracted(event=given, at=given.at + _LATER))
        expect_cases(it.lane, 1)
        _expect_in_error(registered(it.lane), "MedicationDispense")


def _expect_in_error(found: list[Resource], *kinds: str) -> None:
    last = statuses(found[-1], *kinds) if found else set()
    expect(
        last == _ERROR,
        expected=both("status entered-in-error i siste utgave", "status entered-in-error in the last version"),
        seen=same(f"status {listed(sorted(last))}"),
    )
