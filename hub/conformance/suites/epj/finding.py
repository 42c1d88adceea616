"""A note is found by its key: by the whole of it, and by no other."""

from __future__ import annotations

from hub.conformance.epj.bench import EpjBench
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect
from hub.model.ports import Written

GROUP = Group("epj", "finding", both("Å finne et notat", "Finding a note"), ("epj",), place=20)
_SIGNS = "|a&b=c æØå+%20,$\\d?#/e"


@GROUP.test(
    "unknown",
    "EPJ-10",
    both("En ukjent nøkkel gir ingenting, og ingen feil", "An unknown key gives nothing, and no error"),
)
async def unknown(bench: EpjBench) -> None:
    """Nothing is found, though there are other notes."""
    await bench.write(bench.story().note())
    _expect_found(await bench.find(bench.key()), None)


@GROUP.test(
    "signs",
    "EPJ-11",
    both("Tegn i nøkkelen som betyr noe i et søk", "Signs in the key that mean something in a search"),
)
async def signs(bench: EpjBench) -> None:
    """The part before the first such sign finds nothing."""
    note = bench.story(bench.key(_SIGNS)).note()
    written = await bench.write(note)
    _expect_found(await bench.find(note.key), written)
    _expect_found(await bench.find(note.key.partition("|")[0]), None)


@GROUP.test("long", "EPJ-12", both("Lange nøkler skilles på siste tegn", "Long keys are told apart by their last sign"))
async def long(bench: EpjBench) -> None:
    """Some 190 signs, of which only the last differs."""
    key = bench.key("-" + 150 * "x")
    first = await bench.write(bench.story(key + "1").note())
    second = await bench.write(bench.story(key + "2").note())
    _expect_found(await bench.find(key + "1"), first)
    _expect_found(await bench.find(key + "2"), second)
    _expect_found(await bench.find(key), None)


@GROUP.test("case", "EPJ-12", both("Store og små bokstaver er ulike nøkler", "Upper and lower case are different keys"))
async def case(bench: EpjBench) -> None:
    """The same key in lower case finds nothing."""
    key = bench.key("-Abc")
    await bench.write(bench.story(key).note())
    _expect_found(await bench.find(key.lower()), None)


@GROUP.test(
    "among-others",
    "EPJ-13",
    both(
        "Samme pasient og tid, men to saker, er to notater", "The same patient and time, but two cases, are two notes"
    ),
)
async def among_others(bench: EpjBench) -> None:
    """The EPJ doesn't guess by patient and time what is the same."""
    one = bench.story()
    other = bench.story(patient=one.patient, at=one.raised_at)
    first, second = await bench.write(one.note()), await bench.write(other.note())
    _expect_found(await bench.find(one.key), first)
    _expect_found(await bench.find(other.key), second)


def _expect_found(found: Written | None, wanted: Written | None) -> None:
    nb, en = ("notatet", "the note") if wanted else ("ingenting", "nothing")
    seen_nb, seen_en = ("et annet notat", "another note") if found and wanted else ("et notat", "a note")
    expect(
        (found.reference if found else None) == (wanted.reference if wanted else None),
        expected=both(f"oppslaget gir {nb}", f"the look-up gives {en}"),
        seen=both(f"det gir {seen_nb if found else 'ingenting'}", f"it gives {seen_en if found else 'nothing'}"),
    )
