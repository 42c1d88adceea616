"""How the EPJ bears load and broken connections."""

from __future__ import annotations

import asyncio
import time

from hub.conformance.epj.bench import EpjBench
from hub.conformance.epj.wire import Asked
from hub.conformance.plan import Group
from hub.conformance.verdicts import Skipped, both, expect

GROUP = Group("epj", "behaviour", both("Last og brudd", "Load and broken connections"), ("epj",), place=70)
_IN_FLIGHT = 32
_SETTLES_WITHIN_S = 3.0
_LOOK_AGAIN_S = 0.1
_TIME_FOR_A_DOUBLE_S = 0.5
_BUSY = frozenset({429, 503})


@GROUP.test("in-flight", "EPJ-60", both("Tretti to notater samtidig", "Thirty-two notes at the same time"))
async def in_flight(bench: EpjBench) -> None:
    """As many as the hub sends at the most: each is registered, once."""
    notes = [bench.story().close().note() for _ in range(_IN_FLIGHT)]
    written = await asyncio.gather(*(bench.write(note) for note in notes))
    references = {each.reference for each in written}
    expect(
        len(references) == len(notes),
        expected=both(f"{len(notes)} notater", f"{len(notes)} notes"),
        seen=both(f"{len(references)} notater", f"{len(references)} notes"),
    )
    for note in notes:
        await bench.expect_notes(note.key, 1)


@GROUP.test("in-time", "EPJ-61", both("Svaret kommer innen to sekunder", "The answer comes within two seconds"))
async def in_time(bench: EpjBench) -> None:
    """Long before the hub gives up."""
    note = bench.story().close().note()
    began = time.monotonic()
    await bench.write(note)
    took = time.monotonic() - began
    expect(
        took <= 2,
        expected=both(
            "svar innen to sekunder; etter ti gir knutepunktet opp",
            "an answer within two seconds; the hub gives up after ten",
        ),
        seen=both(f"det tok {took:.1f} s", f"it took {took:.1f} s"),
    )


@GROUP.test(
    "retry-after",
    "EPJ-62",
    both("Et opptatt system sier når det kan prøves igjen", "A busy system says when to try again"),
)
async def retry_after(bench: EpjBench) -> None:
    """So that the hub comes back when it helps, and not before."""
    await bench.beside.be_busy()
    answer = await bench.wire.ask(Asked("GET", bench.dialect.search(bench.key())))
    if answer.status not in _BUSY:
        raise Skipped(both("systemet ble ikke opptatt", "the system didn't become busy"))
    expect(
        answer.headers.get("retry-after"),
        expected=both("svar 429 eller 503 med Retry-After", "answer 429 or 503 with Retry-After"),
        seen=both(f"svar {answer.status} uten", f"answer {answer.status} without it"),
    )


@GROUP.test(
    "cut-in-body", "EPJ-63", both("Et brudd midt i notatet fører ingenting", "A break in the middle registers nothing")
)
async def cut_in_body(bench: EpjBench) -> None:
    """Half a note is no note, and the whole one is taken afterwards."""
    note = bench.story().close().note()
    asked = await bench.creation(note, bench.dialect.written(note))
    await bench.wire.break_off(asked, after=len(asked.body or b"") // 2)
    await asyncio.sleep(_LOOK_AGAIN_S)
    await bench.expect_notes(note.key, 0)
    await bench.write(note)
    await bench.expect_notes(note.key, 1)


@GROUP.test(
    "cut-before-answer",
    "EPJ-64",
    both(
        "Et brudd før svaret: notatet er der én gang eller ikke",
        "A break before the answer: the note is there once or not",
    ),
)
async def cut_before_answer(bench: EpjBench) -> None:
    """What the hub does then, to look up and to write where nothing is found, ends with one whole note."""
    note = bench.story().close().note()
    asked = await bench.creation(note, bench.dialect.written(note))
    await bench.wire.break_off(asked, after=len(asked.body or b""))
    if not await _appears(bench, note.key):
        await bench.write(note)
    await asyncio.sleep(_TIME_FOR_A_DOUBLE_S)
    await bench.expect_notes(note.key, 1)
    found = await bench.references(note.key)
    held = await bench.held(found[0])
    expect(
        len(held.resources) > 0 and len(held.lines) > 3,
        expected=both("et helt notat", "a whole note"),
        seen=both("et halvt notat", "half a note"),
    )


async def _appears(bench: EpjBench, key: str) -> bool:
    """Whether a note with `key` is there, or comes before the EPJ must be done with it."""
    ends = time.monotonic() + _SETTLES_WITHIN_S
    while not await bench.references(key):
        if time.monotonic() > ends:
            return False
        await asyncio.sleep(_LOOK_AGAIN_S)
    return True
