"""The case: one alarm with everything that is done about it becomes one journal note."""

from __future__ import annotations

from datetime import timedelta

from connectors import Acknowledged, CalledOut, Closed, SafetyAlarmRaised, TakenUp
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_cases, expect_registered
from hub.conformance.national.script import Silence
from hub.conformance.plan import Group
from hub.conformance.reading import codes, first, identifiers, note_of, of_type, registered, walk
from hub.conformance.suites.messages._telling import WAYS, closed, tell, the_handling
from hub.conformance.verdicts import both, expect, listed
from hub.fhir.codes import COMPOSITION_EVENT
from hub.model.codes import ReceiptCode

GROUP = Group("messages", "case", both("Saken", "The case"), ("connector",), place=20)


@GROUP.test(
    "one-case",
    "CASE-1",
    both("En alarm og all oppfølging er én sak", "An alarm and its handling are one case"),
    ways=WAYS,
)
async def one_case(bench: ConnectorBench) -> None:
    """Alarm, acknowledgement, call-out and closing are all taken in, and belong together."""
    bench.needs_words(SafetyAlarmRaised, Acknowledged, CalledOut, Closed)
    async with bench.connected() as it:
        alarm = bench.alarm(at=bench.now() - timedelta(seconds=10))
        handling = [word for word in the_handling(alarm) if isinstance(word, Acknowledged | CalledOut | Closed)]
        await tell(it.system, alarm, *handling)
        expect_registered(it.lane, 1 + len(handling))
        expect_cases(it.lane, 1)


@GROUP.test(
    "handling-told-first",
    "CASE-2",
    both("Oppfølging meldt før alarmen", "Handling told before the alarm"),
)
async def handling_told_first(bench: ConnectorBench) -> None:
    """The two may come from two parts of a product: the handling joins the alarm whichever comes first."""
    bench.needs_words(SafetyAlarmRaised, Acknowledged)
    async with bench.connected() as it:
        alarm = bench.alarm()
        await tell(it.system, Acknowledged(alert=alarm, at=alarm.at + timedelta(seconds=2), by="op-3"))
        await tell(it.system, alarm)
        expect_registered(it.lane, 2)
        expect_cases(it.lane, 1)


@GROUP.test(
    "delayed-alarm",
    "CASE-3",
    both("Alarmen blir forsinket av en feil", "The alarm is delayed by a fault"),
    ways=WAYS,
)
async def delayed_alarm(bench: ConnectorBench) -> None:
    """What is done about an alarm that hasn't got through yet is not lost, and joins it in the end."""
    bench.needs_words(SafetyAlarmRaised, Acknowledged, Closed)
    async with bench.connected() as it:
        it.lane.script.next(Silence("before"))
        alarm = bench.alarm(at=bench.now() - timedelta(seconds=10))
        handling = Acknowledged(alert=alarm, at=alarm.at + timedelta(seconds=2), by="op-3")
        await tell(it.system, alarm, handling, closed(alarm, "Falsk alarm."))
        expect_registered(it.lane, 3)
        expect_cases(it.lane, 1)


@GROUP.test(
    "two-alarms", "CASE-4", both("To alarmer for én person er to saker", "Two alarms of a person are two cases")
)
async def two_alarms(bench: ConnectorBench) -> None:
    """The second alarm is not hidden in the first one's case, though the two are handled in turns."""
    bench.needs_words(SafetyAlarmRaised, Acknowledged, Closed)
    async with bench.connected() as it:
        one = bench.alarm(at=bench.now() - timedelta(minutes=5))
        two = bench.alarm(patient=one.patient, at=bench.now() - timedelta(minutes=4))
        await tell(
            it.system,
            one,
            two,
            Acknowledged(alert=two, at=two.at + timedelta(seconds=2), by="op-3"),
            closed(one, "Ville ha selskap."),
            closed(two, "Hadde falt."),
        )
        expect_cases(it.lane, 2)
        by_case: dict[str | None, int] = {}
        for taken in it.lane.heard.registered():
            by_case[taken.outcome.case_id] = by_case.get(taken.outcome.case_id, 0) + 1
        sizes = sorted(by_case.values())
        expect(
            sizes == [2, 3],
            expected=both(
                "to meldinger i den første saken og tre i den andre",
                "two messages in the first case, three in the second",
            ),
            seen=both(f"saker med {listed(sizes)} meldinger", f"cases of {listed(sizes)} messages"),
        )


@GROUP.test(
    "refers-to-alarm",
    "CASE-5",
    both("Oppfølgingen viser til alarmens identifikator", "Handling refers to its alarm by identifier"),
    ways=WAYS,
)
async def refers_to_alarm(bench: ConnectorBench) -> None:
    """Not by time or device alone, which another alarm may share."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        alarm = bench.alarm()
        await tell(it.system, alarm, closed(alarm, "Uskadd."))
        found = registered(it.lane)
        named = {
            pair
            for issue in of_type(first(found, lambda m: not note_has(m, "Uskadd.")), "DetectedIssue")
            for pair in identifiers(issue)
        }
        handling = first(found, lambda m: note_has(m, "Uskadd."))
        referred = {pair for _, _, value in walk(handling) if isinstance(value, dict) for pair in identifiers(value)}
        expect(
            named & referred,
            expected=both(
                "alarmens identifikator i meldingen om oppfølgingen",
                "the alarm's identifier in the message about its handling",
            ),
            seen=both(
                f"{len(referred)} andre identifikatorer; alarmen har {len(named)}",
                f"{len(referred)} other identifiers; the alarm has {len(named)}",
            ),
        )


@GROUP.test(
    "note-text",
    "CASE-6",
    both("Notatet har teksten som ble skrevet", "The note has the text that was written"),
    ways=WAYS,
)
async def note_text(bench: ConnectorBench) -> None:
    """What the operator wrote when the case was closed stands in a section of the note."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        alarm, note = bench.alarm(), "Snakket med bruker. Hadde mistet brillene; sønnen kommer kl. 15."
        await tell(it.system, alarm, closed(alarm, note))
        found = [note_of(message) for message in registered(it.lane)]
        expect(
            any(note in text for text in found),
            expected=both("teksten i et avsnitt i notatet", "the text in a section of the note"),
            seen=both(f"{sum(map(bool, found))} notater uten den", f"{sum(map(bool, found))} notes without it"),
        )


@GROUP.test("steps", "CASE-7", both("Hvert trinn har kode og tid", "Each step has its code and time"))
async def steps(bench: ConnectorBench) -> None:
    """Taken up, acknowledged and called out are told apart by VKP's codes, each with when it was."""
    bench.needs_words(SafetyAlarmRaised, TakenUp, Acknowledged, CalledOut)
    async with bench.connected() as it:
        alarm = bench.alarm(at=bench.now() - timedelta(seconds=10))
        await tell(
            it.system, alarm, *(w for w in the_handling(alarm) if isinstance(w, TakenUp | Acknowledged | CalledOut))
        )
        found = {code for message in registered(it.lane) for code in codes(message, COMPOSITION_EVENT)}
        expect(
            found >= {"1", "3", "4"},
            expected=both("trinnene 1, 3 og 4", "the steps 1, 3 and 4"),
            seen=both(f"trinnene {listed(sorted(found))}", f"the steps {listed(sorted(found))}"),
        )
        timeless = sum(
            1
            for message in registered(it.lane)
            for path, name, value in walk(message)
            if name == "event"
            and isinstance(value, list)
            and any("start" not in (step.get("period") or {}) for step in value)
        )
        expect(
            timeless == 0,
            expected=both("tidspunktet for hvert trinn i event.period.start", "each step's time in event.period.start"),
            seen=both(f"{timeless} notater med trinn uten", f"{timeless} notes with steps without"),
        )


@GROUP.test(
    "nothing-in-conflict",
    "CASE-8",
    both("Oppfølgingen strider ikke mot det som er sagt", "Handling contradicts nothing that was said"),
    ways=WAYS,
)
async def nothing_in_conflict(bench: ConnectorBench) -> None:
    """Each step is a message of its own: nothing is refused, in conflict, or taken for a repeat."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    can = set(bench.system.card.words)
    async with bench.connected() as it:
        alarm = bench.alarm(at=bench.now() - timedelta(seconds=10))
        words = [word for word in the_handling(alarm) if not can or type(word).__name__ in can]
        await tell(it.system, alarm, *words)
        others = [code.value for code in it.lane.heard.codes() if code is not ReceiptCode.ACCEPTED]
        expect(
            not others and len(it.lane.heard.taken) == 1 + len(words),
            expected=both(f"{1 + len(words)} meldinger, alle registrert", f"{1 + len(words)} messages, all registered"),
            seen=both(
                f"{len(it.lane.heard.taken)} meldinger; {others}", f"{len(it.lane.heard.taken)} messages; {others}"
            ),
        )


def note_has(message: object, text: str) -> bool:
    """Whether the message's notes hold `text`."""
    return isinstance(message, dict) and text in note_of(message)
