"""Strictness: what passed VKP must pass JFT, and moving from one to the other must double no note."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connectors import Closed, SafetyAlarmRaised
from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.expecting import expect_cases, expect_registered
from hub.conformance.national.heard import Message
from hub.conformance.national.script import Answer
from hub.conformance.plan import Group
from hub.conformance.reading import EVENT_TYPES, Pair, arrived, event_identifiers, happened, note_of, walk
from hub.conformance.suites.messages._telling import WAYS, closed, one_of_each, tell
from hub.conformance.verdicts import Omitted, both, expect, listed
from hub.fhir.checking import check
from hub.ingest.parts import objects
from hub.model.language import same

GROUP = Group("messages", "strictness", both("Overgangen fra VKP til JFT", "From VKP to JFT"), ("connector",), place=95)
_JFT_TYPES = {"Bundle", "Composition", "MedicationDispense"}
_MOVED = ("SafetyAlarmRaised", "DispenseGiven", "SupervisionDone", "MeasurementTaken")


@GROUP.test("same-by-both", "STR-1", both("Samme hendelse over VKP og JFT", "The same event by VKP and by JFT"))
async def same_by_both(bench: ConnectorBench) -> None:
    """The same identifiers, times and notes: what was sent by VKP and is told again by JFT is recognised."""
    _needs_both_ways(bench)
    async with bench.connected(way="vkp") as it:
        told = one_of_each(bench, of=(*_MOVED, "Closed"))
        await tell(it.system, *told)
        async with bench.session(it.lane.surroundings("jft")) as by_jft:
            await tell(by_jft, *told)
        by_way = {way: arrived(it.lane.heard, way=way) for way in ("vkp", "jft")}
        expect(
            len(by_way["vkp"]) == len(by_way["jft"]) == len(told),
            expected=both(f"{len(told)} meldinger hver vei", f"{len(told)} messages each way"),
            seen=both(
                f"{[len(m) for m in by_way.values()]} meldinger", f"{[len(m) for m in by_way.values()]} messages"
            ),
        )
        vkp, jft = (set(map(_what_happened, messages)) for messages in by_way.values())
        expect(
            vkp == jft,
            expected=both("samme identifikatorer og tider begge veier", "the same identifiers and times both ways"),
            seen=both(f"{len(vkp - jft)} meldinger sier noe annet", f"{len(vkp - jft)} messages say something else"),
        )
        notes = {way: {note_of(m.resource) for m in messages} for way, messages in by_way.items()}
        lost = len(notes["vkp"] - notes["jft"] - {""})
        expect(
            not lost,
            expected=both("samme notater begge veier", "the same notes both ways"),
            seen=both(f"{lost} notater er ikke de samme", f"{lost} notes are not the same"),
        )


@GROUP.test("nothing-empty", "STR-2", both("Ingenting er tomt", "Nothing is empty"), ways=WAYS)
async def nothing_empty(bench: ConnectorBench) -> None:
    """No empty text, object, list or null: the commonest fault in messages that passed VKP."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        found = sorted(
            {path for m in it.lane.heard.messages for path, _, value in walk(m.resource) if _is_empty(value)}
        )
        expect(
            it.lane.heard.messages and not found,
            expected=both("ingenting tomt i meldingene", "nothing empty in the messages"),
            seen=both(f"tomt: {found[:5] or 'ingen meldinger'}", f"empty: {found[:5] or 'no messages'}"),
        )


@GROUP.test(
    "passes-jft", "STR-3", both("Meldingene går gjennom JFTs kontroll", "The messages pass JFT's check"), ways=WAYS
)
async def passes_jft(bench: ConnectorBench) -> None:
    """Whatever way they are sent: no object where a list belongs, and nothing else that JFT refuses."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        now = datetime.now(UTC)
        found = sorted(
            {
                f"{finding.path}: {finding.rule}"
                for message in it.lane.heard.messages
                for finding in check(message.resource, level="jft", now=now, mode="test")
                if finding.is_error
            }
        )
        expect(
            it.lane.heard.messages and not found,
            expected=both("ingen feil på JFTs nivå", "no errors at JFT's level"),
            seen=same("; ".join(found[:5]) or "–"),
        )


@GROUP.test("documents", "STR-4", both("Dokumenter er hele", "Documents are whole"), ways=WAYS)
async def documents(bench: ConnectorBench) -> None:
    """A document Bundle has an identifier, a timestamp, a note first, and a full URL for each entry."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        bundles = [m.resource for m in it.lane.heard.messages if m.resource.get("resourceType") == "Bundle"]
        if not bundles:
            raise Omitted(both("systemet sender ingen dokumenter", "the system sends no documents"))
        lacking = sorted({fault for bundle in bundles for fault in _lacking(bundle)})
        expect(
            not lacking,
            expected=both("hele dokumenter", "whole documents"),
            seen=both(f"mangler {listed(lacking)}", f"lacking {listed(lacking)}"),
        )


@GROUP.test(
    "only-known-types", "STR-5", both("Bare ressurser som JFT tar", "Only resources that JFT takes"), ways=("jft",)
)
async def only_known_types(bench: ConnectorBench) -> None:
    """JFT takes Bundle, Composition and MedicationDispense: an alert or a visit never goes alone."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        found = {m.about for m in it.lane.heard.messages} | {
            str(m.resource.get("resourceType")) for m in it.lane.heard.messages
        }
        expect(
            found and found <= _JFT_TYPES,
            expected=both(f"bare {listed(sorted(_JFT_TYPES))}", f"only {listed(sorted(_JFT_TYPES))}"),
            seen=same(listed(sorted(found))),
        )


@GROUP.test(
    "waiting-when-moved",
    "STR-6",
    both("Hendelser som ventet da kommunen gikk over til JFT", "Events that waited when the municipality moved to JFT"),
    needs=("restart",),
)
async def waiting_when_moved(bench: ConnectorBench) -> None:
    """What VKP never took is sent by JFT, each event once, though JFT wants it in another shape."""
    _needs_both_ways(bench)
    async with bench.connected(way="vkp") as it:
        told = one_of_each(bench, of=_MOVED)
        it.lane.script.always(Answer(503))
        await it.system.tell(*told)
        await it.lane.heard.until(lambda h: len(h.messages) >= len(told), within_s=10)
        await _move(it)
        await it.system.settled()
        expect_registered(it.lane, len(told))
        expect_cases(it.lane, len(told))


@GROUP.test(
    "told-again-when-moved",
    "STR-7",
    both("Fortalt igjen etter overgangen", "Told again after the move"),
    needs=("restart",),
)
async def told_again_when_moved(bench: ConnectorBench) -> None:
    """What VKP has taken and the product tells again is not journaled once more by JFT."""
    _needs_both_ways(bench)
    async with bench.connected(way="vkp") as it:
        told = one_of_each(bench, of=_MOVED)
        await tell(it.system, *told)
        await _move(it)
        await tell(it.system, *told)
        expect_cases(it.lane, len(told))


@GROUP.test(
    "handled-after-move",
    "STR-8",
    both("Alarm over VKP, oppfølging over JFT", "An alarm by VKP, its handling by JFT"),
    needs=("restart",),
)
async def handled_after_move(bench: ConnectorBench) -> None:
    """A case that is open when the municipality moves is closed as the same case."""
    _needs_both_ways(bench)
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected(way="vkp") as it:
        alarm = bench.alarm()
        await tell(it.system, alarm)
        await _move(it)
        await tell(it.system, closed(alarm, "Uskadd."))
        expect_registered(it.lane, 2)
        expect_cases(it.lane, 1)


def _needs_both_ways(bench: ConnectorBench) -> None:
    missing = [way for way in ("vkp", "jft") if way not in bench.system.card.ways]
    if missing:
        raise Omitted(both(f"systemet bruker ikke {missing}", f"the system doesn't use {missing}"))


async def _move(it: Connected) -> None:
    """Set the system up for JFT as a municipality that moves does: a planned stop, and a start with its memory."""
    await it.system.stop()
    it.lane.script.never()
    await it.system.start(it.lane.surroundings("jft"))


def _what_happened(message: Message) -> tuple[frozenset[Pair], datetime | None]:
    """The identifiers of what happened, and when it did."""
    return frozenset(event_identifiers(message.resource)), happened(message.resource, *EVENT_TYPES)


def _is_empty(value: Any) -> bool:
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


def _lacking(bundle: Any) -> list[str]:
    """What a document lacks."""
    entries = list(objects(bundle.get("entry")))
    first = entries[0].get("resource") if entries else None
    faults = {
        "type document": bundle.get("type") == "document",
        "identifier": any(i.get("system") and i.get("value") for i in objects(bundle.get("identifier"))),
        "timestamp": bool(bundle.get("timestamp")),
        "fullUrl": all(entry.get("fullUrl") for entry in entries),
        "Composition": isinstance(first, dict) and first.get("resourceType") == "Composition",
    }
    return [name for name, is_there in faults.items() if not is_there]
