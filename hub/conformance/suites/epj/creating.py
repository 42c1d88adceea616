"""A note is registered once, whole, and can be found again."""

from __future__ import annotations

import asyncio

from hub.conformance.epj.bench import EpjBench
from hub.conformance.epj.dialect import HeldNote, Json
from hub.conformance.plan import Group
from hub.conformance.verdicts import Omitted, both, expect
from hub.model.note import JournalNote

GROUP = Group("epj", "creating", both("Å føre et notat", "Creating a note"), ("epj",), place=10)
_AT_ONCE = 10
_LETTERS = (
    "Æresmedlem Øyvind Åsgård på Kårvåg sa: «Eg fekk kje puste!» – čáhci, đ, ŋ, š, ŧ, ž.",
    "Tegn som betyr noe andre steder: & < > \" ' \\ % {} [] ; 50 °C ≥ 40 €",
)
_LARGE_LINES = 4_000


@GROUP.test("found", "EPJ-1", both("Notatet er der når det er kvittert", "The note is there when it was answered for"))
async def found(bench: EpjBench) -> None:
    """Answered for means kept."""
    note = bench.story().close().note()
    written = await bench.write(note)
    there = await bench.find(note.key)
    expect(
        there is not None and there.reference == written.reference,
        expected=both("notatet finnes på nøkkelen sin", "the note is found by its key"),
        seen=both("det finnes ikke, eller det er et annet", "it isn't, or it is another"),
    )


@GROUP.test(
    "again", "EPJ-2", both("Samme notat ført to ganger er ett notat", "The same note created twice is one note")
)
async def again(bench: EpjBench) -> None:
    """The EPJ itself refuses a double, by the condition."""
    _needs_condition(bench)
    note = bench.story().close().note()
    first = await bench.write(note)
    second = await bench.write(note)
    expect(
        first.reference == second.reference and second.how == "existed",
        expected=both(
            "annen gang svarer journalsystemet at notatet finnes, og hvor",
            "the second time the EPJ answers that the note exists, and where",
        ),
        seen=both(f"det svarte: {second.how}", f"it answered: {second.how}"),
    )
    await bench.expect_notes(note.key, 1)


@GROUP.test(
    "at-once", "EPJ-3", both("Ti som fører samtidig, gir ett notat", "Ten who create at the same time make one note")
)
async def at_once(bench: EpjBench) -> None:
    """The condition also holds when the requests race."""
    _needs_condition(bench)
    note = bench.story().close().note()
    written = await asyncio.gather(*(bench.write(note) for _ in range(_AT_ONCE)))
    references = {each.reference for each in written}
    expect(
        len(references) == 1,
        expected=both("ett notat, og alle får vite hvilket", "one note, and everybody is told which"),
        seen=both(f"{len(references)} notater", f"{len(references)} notes"),
    )
    await bench.expect_notes(note.key, 1)


@GROUP.test("says-where", "EPJ-4", both("Svaret sier hvor notatet er", "The answer says where the note is"))
async def says_where(bench: EpjBench) -> None:
    """By header or body, as the contract has it."""
    note = bench.story().close().note()
    answer = await bench.ask_create(note, bench.dialect.written(note))
    place = bench.dialect.place(answer)
    expect(
        answer.status == 201 and place,
        expected=both("svar 201 som sier hvilken id notatet fikk", "answer 201 that tells which id the note got"),
        seen=both(
            f"svar {answer.status}{'' if place else ' uten id'}",
            f"answer {answer.status}{'' if place else ' without id'}",
        ),
    )
    _expect_lines(await bench.held(place), note)


@GROUP.test(
    "whole", "EPJ-5", both("Avsendernes meldinger er med, hele", "The senders' messages are in the note, whole")
)
async def whole(bench: EpjBench) -> None:
    """Every resource of every message, equal to what was sent."""
    story = bench.story().acknowledge().close()
    written = await bench.write(story.note())
    held = await bench.held(written.reference)
    sent = [each for message in story.resources for each in _parts(message)]
    kept = [each for message in held.resources for each in (message, *_parts(message))]
    lost = [each["resourceType"] for each in sent if each not in kept]
    named = ", ".join(sorted(set(lost)))
    expect(
        not lost,
        expected=both(
            "hver ressurs som den ble sendt, med sine identifikatorer",
            "each resource as it was sent, with its identifiers",
        ),
        seen=both(f"mangler eller er endret: {named}", f"missing or changed: {named}"),
    )


@GROUP.test("letters", "EPJ-6", both("Alle bokstaver og tegn er som de var", "All letters and signs are as they were"))
async def letters(bench: EpjBench) -> None:
    """Norwegian and Sámi letters, and signs that markup and JSON escape."""
    note = bench.story().close("\n".join(_LETTERS)).note()
    held = await bench.held((await bench.write(note)).reference)
    _expect_lines(held, note)


@GROUP.test("head", "EPJ-7", both("Tittel, kilde og hendelsestid er notatets", "Title, source and time are the note's"))
async def head(bench: EpjBench) -> None:
    """What a list of notes shows is what the hub sent."""
    note = bench.story().close().note()
    held = await bench.held((await bench.write(note)).reference)
    wrong = [
        both(nb, en)
        for is_right, nb, en in (
            (held.title == note.title, "tittelen", "the title"),
            (note.source in held.source, "kilden", "the source"),
            (held.occurred_at[:16] == note.occurred_at.isoformat()[:16], "hendelsestiden", "the time of the event"),
        )
        if not is_right
    ]
    expect(
        not wrong,
        expected=both("det som ble sendt", "what was sent"),
        seen=both(f"endret: {', '.join(w.nb for w in wrong)}", f"changed: {', '.join(w.en for w in wrong)}"),
    )


@GROUP.test("order", "EPJ-8", both("Håndteringen står i rekkefølge", "The handling stands in its order"))
async def order(bench: EpjBench) -> None:
    """A nurse reads what happened in the order in which it did."""
    note = bench.story().acknowledge().close().note()
    held = await bench.held((await bench.write(note)).reference)
    wanted = [line for line in _lines(note) if line in held.lines]
    seen = [line for line in held.lines if line in wanted]
    expect(
        _in_order(wanted, seen) and len(wanted) > 3,
        expected=both("linjene i notatets rekkefølge", "the lines in the note's order"),
        seen=both("en annen rekkefølge", "another order"),
    )


@GROUP.test("large", "EPJ-9", both("Et stort notat er helt", "A large note is whole"), within_s=90)
async def large(bench: EpjBench) -> None:
    """Some 300 kB of text from one follow-up, to the last line."""
    text = "\n".join(
        f"Linje {number}: brukeren har det bra, og alt er som det pleier å være." for number in range(_LARGE_LINES)
    )
    note = bench.story().close(text).note()
    held = await bench.held((await bench.write(note)).reference)
    _expect_lines(held, note)


def _needs_condition(bench: EpjBench) -> None:
    if not bench.adapter.abilities.conditional_create:
        raise Omitted(
            both(
                "knutepunktet slår opp før det fører, for systemet hindrer ikke dobbeltføring selv",
                "the hub looks up before it creates, since the system doesn't itself keep notes from being doubled",
            )
        )


def _parts(message: Json) -> list[Json]:
    entries = message.get("entry")
    if not isinstance(entries, list):
        return [message]
    return [entry["resource"] for entry in entries]


def _lines(note: JournalNote) -> list[str]:
    lines = [line for each in note.sections for text in (each.heading, *each.lines) for line in text.split("\n")]
    return [line.strip() for line in lines if line.strip()]


def _expect_lines(held: HeldNote, note: JournalNote) -> None:
    there = {line.strip() for line in held.lines}
    lost = [line for line in _lines(note) if line not in there]
    expect(
        not lost,
        expected=both("hver linje i notatet, som den ble skrevet", "every line of the note, as it was written"),
        seen=both(f"{len(lost)} linjer mangler eller er endret", f"{len(lost)} lines are missing or changed"),
    )


def _in_order(wanted: list[str], seen: list[str]) -> bool:
    """Whether `wanted` stands in `seen` in its order; `seen` may hold more."""
    rest = iter(seen)
    return all(line in rest for line in wanted)
