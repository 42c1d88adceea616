"""A piece of a note: the lines that one resource gives to one section, and the order of the sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from hub.model.note import NoteSection

EARLY = datetime.min.replace(tzinfo=UTC)


class Part(IntEnum):
    """The sections of a note, in reading order."""

    ATTENTION = 0
    EVENT = 1
    HANDLING = 2
    NOTE = 3
    MEASUREMENTS = 4
    FORM = 5
    LINKED = 6
    OTHER = 7
    REMARKS = 8
    SOURCE = 9
    HISTORY = 10


HEADINGS = {
    Part.ATTENTION: "Vær oppmerksom",
    Part.EVENT: "Hendelse",
    Part.HANDLING: "Håndtering",
    Part.NOTE: "Notat fra avsender",
    Part.MEASUREMENTS: "Målinger",
    Part.FORM: "Skjemabesvarelse",
    Part.LINKED: "Trolig samme hendelse, meldt en gang til",
    Part.OTHER: "Andre opplysninger",
    Part.REMARKS: "Merknader",
    Part.SOURCE: "Tid og kilde",
    Part.HISTORY: "Endringer i notatet",
}


#: Parts in which senders repeat themselves: what says no more than another piece says is left out.
_REPEATED = frozenset({Part.EVENT, Part.LINKED})


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines for the section `part`; within it pieces stand by time `at`, and as they came where times are equal."""

    part: Part
    lines: tuple[str, ...]
    at: datetime = EARLY


def section(part: Part, lines: Iterable[str]) -> NoteSection:
    """The section `part` with `lines`. The sender's notes have code 1."""
    return NoteSection(HEADINGS[part], tuple(lines), "1" if part is Part.NOTE else "2")


def sections(pieces: Sequence[Piece]) -> list[NoteSection]:
    """The sections of `pieces`, in reading order, without empty ones."""
    by_part: dict[Part, list[Piece]] = {}
    for piece in pieces:
        by_part.setdefault(piece.part, []).append(piece)
    return [_section(part, by_part[part]) for part in sorted(by_part)]


def _section(part: Part, pieces: list[Piece]) -> NoteSection:
    if len(pieces) == 1:
        return section(part, pieces[0].lines)
    pieces.sort(key=lambda p: p.at)
    blocks = list(dict.fromkeys(p.lines for p in pieces))
    if part in _REPEATED:
        blocks = [b for b in blocks if not any(b is not c and set(b) <= set(c) for c in blocks)]
    return section(part, (line for block in blocks for line in block))


def labelled(label: str, said: str) -> tuple[str, ...]:
    """`label: said` as a line, or no line when nothing was said."""
    return (f"{label}: {said}",) if said else ()
