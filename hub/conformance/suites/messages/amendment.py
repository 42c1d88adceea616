"""Amendment: what is corrected stays the same message, in a newer version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from connectors import Closed, Corrected, SafetyAlarmRaised
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_cases, expect_codes
from hub.conformance.national.lane import Lane
from hub.conformance.national.script import Silence
from hub.conformance.plan import Group
from hub.conformance.reading import events, note_of, registered
from hub.conformance.suites.messages._telling import WAYS, an_event, closed, otherwise, tell
from hub.conformance.verdicts import both, expect
from hub.model.codes import ReceiptCode

GROUP = Group("messages", "amendment", both("Retting", "Amendment"), ("connector",), place=40)
_NEW, _NEWER = ReceiptCode.ACCEPTED, ReceiptCode.AMENDED
_SECOND = timedelta(seconds=1)


@GROUP.test(
    "amended", "AMD-1", both("En rettet hendelse er en ny utgave", "A corrected event is a new version"), ways=WAYS
)
async def amended(bench: ConnectorBench) -> None:
    """Registered as a newer version of the same message in the same case, and not as one more."""
    bench.needs_words(Corrected)
    async with bench.connected() as it:
        event = an_event(bench)
        await tell(it.system, event, Corrected(event=otherwise(event, 2), at=event.at + 2 * _SECOND))
        expect_codes(it.lane, (_NEW, _NEWER))
        expect_cases(it.lane, 1)
        expect(
            len({version.identity for version in events(it.lane)}) == 1,
            expected=both("samme identifikator i begge utgaver", "the same identifier in both versions"),
            seen=both("to identifikatorer", "two identifiers"),
        )


@GROUP.test(
    "newer-time", "AMD-2", both("En rettet hendelse har nyere tid", "A corrected event has a newer time"), ways=WAYS
)
async def newer_time(bench: ConnectorBench) -> None:
    """Which version applies is told by the message's own time; when it happened stays as it was."""
    bench.needs_words(Corrected)
    async with bench.connected() as it:
        event = an_event(bench)
        corrected_at = event.at + 2 * _SECOND
        await tell(it.system, event, Corrected(event=otherwise(event, 2), at=corrected_at))
        found = [version.said_at for version in events(it.lane)]
        expect(
            len(found) == 2 and found[1] == corrected_at and found[0] is not None and found[0] < corrected_at,
            expected=both("rettelsen har tiden da den ble gjort", "the correction has the time when it was made"),
            seen=both(f"tidene {[str(t) for t in found]}", f"the times {[str(t) for t in found]}"),
        )
        expect(
            {version.occurred_at for version in events(it.lane)} == {event.at},
            expected=both("hendelsens egen tid er den samme", "the event's own time is the same"),
            seen=both("hendelsens tid er flyttet", "the event's time has moved"),
        )


@GROUP.test("corrected-twice", "AMD-3", both("Rettet to ganger", "Corrected twice"))
async def corrected_twice(bench: ConnectorBench) -> None:
    """Each correction is a version, and the last one applies."""
    bench.needs_words(Corrected)
    async with bench.connected() as it:
        event = an_event(bench)
        again = [Corrected(event=otherwise(event, n), at=event.at + n * _SECOND) for n in (1, 2)]
        await tell(it.system, event, *again)
        expect_codes(it.lane, (_NEW, _NEWER, _NEWER))
        expect_cases(it.lane, 1)
        _expect_last(it.lane, again[-1].at)


@GROUP.test("note-corrected", "AMD-4", both("Et rettet notat", "A corrected note"), ways=WAYS)
async def note_corrected(bench: ConnectorBench) -> None:
    """The new text takes the old one's place; the case stays one."""
    bench.needs_words(SafetyAlarmRaised, Closed, Corrected)
    async with bench.connected() as it:
        alarm = bench.alarm()
        wrong = closed(alarm, "Falt på badet.", at=alarm.at + _SECOND)
        await tell(it.system, alarm, wrong)
        await tell(it.system, Corrected(event=replace(wrong, note="Falt på kjøkkenet."), at=alarm.at + 3 * _SECOND))
        expect_codes(it.lane, (_NEW, _NEW, _NEWER))
        expect_cases(it.lane, 1)
        newest = note_of(registered(it.lane)[-1])
        expect(
            "kjøkkenet" in newest and "badet" not in newest,
            expected=both("den nye teksten i stedet for den gamle", "the new text instead of the old one"),
            seen=both("noe annet i den nyeste utgaven", "something else in the newest version"),
        )


@GROUP.test(
    "corrected-before-delivery",
    "AMD-5",
    both("Rettet før den første utgaven er levert", "Corrected before the first version is delivered"),
    ways=WAYS,
)
async def corrected_before_delivery(bench: ConnectorBench) -> None:
    """What is corrected while it waits ends as the correction has it, in one case."""
    bench.needs_words(Corrected)
    async with bench.connected() as it:
        it.lane.script.next(Silence("before"))
        event = an_event(bench)
        await it.system.tell(event)
        await it.lane.heard.until(lambda h: h.messages, within_s=10)
        await tell(it.system, Corrected(event=otherwise(event, 2), at=event.at + 2 * _SECOND))
        expect_cases(it.lane, 1)
        _expect_last(it.lane, event.at + 2 * _SECOND)


@GROUP.test(
    "correction-told-twice",
    "AMD-6",
    both("Samme rettelse fortalt to ganger", "The same correction told twice"),
)
async def correction_told_twice(bench: ConnectorBench) -> None:
    """A repeated correction is no further version."""
    bench.needs_words(Corrected)
    async with bench.connected() as it:
        event = an_event(bench)
        correction = Corrected(event=otherwise(event, 2), at=event.at + _SECOND)
        await tell(it.system, event, correction)
        await tell(it.system, correction)
        versions = it.lane.heard.registered()
        expect(
            len(versions) == 2,
            expected=both("to utgaver", "two versions"),
            seen=both(f"{len(versions)} utgaver", f"{len(versions)} versions"),
        )


def _expect_last(lane: Lane, said_at: datetime) -> None:
    """What was said at `said_at` came last, after all that was said before."""
    found = [version.said_at for version in events(lane)]
    expect(
        found and found[-1] == said_at and found == sorted(filter(None, found)),
        expected=both("den siste rettelsen er den nyeste utgaven", "the last correction is the newest version"),
        seen=both(f"{len(found)} utgaver i en annen rekkefølge", f"{len(found)} versions in another order"),
    )
