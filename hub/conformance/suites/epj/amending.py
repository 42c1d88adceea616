"""What comes later goes into the same note, and never in place of what somebody has read."""

from __future__ import annotations

import orjson

from hub.conformance.epj.back_door import State
from hub.conformance.epj.bench import EpjBench, refusal
from hub.conformance.epj.dialect import HeldNote
from hub.conformance.epj.wire import Asked
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect
from hub.model.errors import OutcomeUnknown, Unreachable
from hub.model.ports import Written

GROUP = Group("epj", "amending", both("Å endre et notat", "Amending a note"), ("epj",), place=30)
_FIRST = "Ringte brukeren, og hun svarte ikke."
_LATER = "Hjemmetjenesten var der, og alt var bra."
_NOWHERE = "999999999999"


@GROUP.test("replaced", "EPJ-20", both("Det nye står i samme notat", "What is new stands in the same note"))
async def replaced(bench: EpjBench) -> None:
    """The note is brought up to date, stays one note, and the look-up tells its revision."""
    story = bench.story()
    written = await bench.write(story.note())
    story.close(_LATER)
    amended = await bench.amend(story.note(), written)
    _expect_said(await bench.held(amended.reference), _LATER)
    await bench.expect_notes(story.key, 1)
    await _expect_revision(bench, story.key, story.note().revision)


@GROUP.test("again", "EPJ-21", both("Samme endring to ganger er én endring", "The same amendment twice is one"))
async def again(bench: EpjBench) -> None:
    """An amendment whose answer was lost is sent again, and changes nothing more."""
    story = bench.story()
    written = await bench.write(story.note())
    story.close(_LATER)
    amended = await bench.amend(story.note(), written)
    await bench.amend(story.note(), written)
    held = await bench.held(amended.reference)
    times = sum(_LATER in line for line in held.lines)
    once = sum(_LATER in line for each in story.note().sections for line in each.lines)
    expect(
        times == once,
        expected=both("teksten står der så ofte som i notatet", "the text stands there as often as in the note"),
        seen=both(f"den står {times} ganger, ikke {once}", f"it stands there {times} times, not {once}"),
    )
    await bench.expect_notes(story.key, 1)


async def _locked(bench: EpjBench, state: State) -> None:
    story = bench.story().close(_FIRST)
    note = story.note()
    written = await bench.write(note)
    await bench.beside.mark(note, state)
    before = await bench.held(written.reference)
    story.close(_LATER)
    amended = await bench.amend(story.note(), written)
    held = await bench.held(amended.reference)
    expect(
        amended.reference == written.reference and held.lines[: len(before.lines)] == before.lines,
        expected=both("det som er lest, står som det sto", "what was read stands as it stood"),
        seen=both("det er endret", "it was changed"),
    )
    expect(
        len(held.lines) > len(before.lines),
        expected=both("det nye står som tillegg i samme notat", "what is new stands as an addendum in the same note"),
        seen=both("det er ikke der", "it is not there"),
    )
    await _expect_revision(bench, story.key, story.note().revision)


@GROUP.test("read", "EPJ-22", both("Et lest notat får et tillegg", "A note that was read gets an addendum"))
async def read(bench: EpjBench) -> None:
    """What a nurse has read stays as she read it."""
    await _locked(bench, "read")


@GROUP.test("signed", "EPJ-22", both("Et signert notat får et tillegg", "A signed note gets an addendum"))
async def signed(bench: EpjBench) -> None:
    """What was signed stays as it was signed."""
    await _locked(bench, "signed")


@GROUP.test(
    "addendum-again",
    "EPJ-21",
    both("Samme tillegg to ganger er ett tillegg", "The same addendum twice is one addendum"),
)
async def addendum_again(bench: EpjBench) -> None:
    """The note does not grow when the answer was lost and the addendum is sent again."""
    story = bench.story().close(_FIRST)
    written = await bench.write(story.note())
    await bench.beside.mark(story.note(), "read")
    story.close(_LATER)
    amended = await bench.amend(story.note(), written)
    once = await bench.held(amended.reference)
    await bench.amend(story.note(), written)
    twice = await bench.held(amended.reference)
    expect(
        once.lines == twice.lines,
        expected=both("ett tillegg", "one addendum"),
        seen=both("det vokser når det samme sendes igjen", "it grows when the same is sent again"),
    )


@GROUP.test(
    "unknown",
    "EPJ-23",
    both(
        "Et notat som ikke finnes, kan ikke endres, og blir ikke laget",
        "A note that isn't there is neither amended nor made",
    ),
)
async def unknown(bench: EpjBench) -> None:
    """A refusal that leaves no doubt, and no note."""
    note = bench.story().note()
    nowhere = Written(_NOWHERE, 1, "created")
    wanted = both(
        "endringen blir avvist med en feil i 400-rekken", "the amendment is refused with an error of the 400s"
    )
    call = bench.adapter.amend(note, note.key, reference=nowhere.reference, since=nowhere.revision)
    error = await refusal(call, expected=wanted)
    expect(
        not isinstance(error, (OutcomeUnknown, Unreachable)),
        expected=wanted,
        seen=both(f"utfallet er uvisst: {error}", f"it is in doubt: {type(error).__name__}"),
    )
    await bench.expect_notes(note.key, 0)


@GROUP.test("other-key", "EPJ-24", both("Et notat skifter ikke nøkkel", "A note doesn't change its key"))
async def other_key(bench: EpjBench) -> None:
    """Another case's note is not written over this one."""
    one, other = bench.story(), bench.story()
    written = await bench.write(one.note())
    body = orjson.dumps(bench.dialect.written(other.note(), reference=written.reference))
    headers = {"Content-Type": bench.dialect.content_type}
    answer = await bench.wire.ask(Asked("PUT", bench.dialect.replace_at(written.reference), body, headers))
    expect(
        400 <= answer.status < 500,
        expected=both(
            "å skrive et annet notat over dette blir avvist", "to write another note over this one is refused"
        ),
        seen=both(f"svar {answer.status}", f"answer {answer.status}"),
    )
    await bench.expect_notes(one.key, 1)


def _expect_said(held: HeldNote, text: str) -> None:
    expect(
        any(text in line for line in held.lines),
        expected=both("det nye står i notatet", "what is new stands in the note"),
        seen=both("det er ikke der", "it is not there"),
    )


async def _expect_revision(bench: EpjBench, key: str, revision: int) -> None:
    found = await bench.find(key)
    expect(
        found is not None and found.revision == revision,
        expected=both(f"oppslaget sier revisjon {revision}", f"the look-up says revision {revision}"),
        seen=both(
            f"det sier {found.revision if found else 'ingenting'}", f"it says {found.revision if found else 'nothing'}"
        ),
    )
