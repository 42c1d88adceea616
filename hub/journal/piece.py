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


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines for the section `part`; within it pieces stand by time `at`, and as they came where times are equal."""

    part: Part
    lines: tuple[str, ...]
    at: datetime = EARLY


def section(part: Part, lines: Iterable[str]) -> NoteSection:
    """The section `part` with `lines`, a line that is already there left out. The sender's notes have code 1."""
    return NoteSection(HEADINGS[part], tuple(dict.fromkeys(lines)), "1" if part is Part.NOTE else "2")


def sections(pieces: Sequence[Piece]) -> list[NoteSection]:
    """The sections of `pieces`, in reading order, without empty ones."""
    by_part: dict[Part, list[Piece]] = {}
    for piece in pieces:
        by_part.setdefault(piece.part, []).append(piece)
    return [_section(part, by_part[part]) for part in sorted(by_part)]


def _section(part: Part, pieces: list[Piece]) -> NoteSection:
    if len(pieces) > 1:
        pieces.sort(key=lambda p: p.at)
    if part is Part.NOTE:  # whole, as written: a line may well stand twice in a text
        blocks = dict.fromkeys(p.lines for p in pieces)
        return NoteSection(HEADINGS[part], tuple(line for block in blocks for line in block), "1")
    return section(part, (line for p in pieces for line in p.lines))


def labelled(label: str, said: str) -> tuple[str, ...]:
    """`label: said` as a line, or no line when nothing was said."""
    return (f"{label}: {said}",) if said else ()
