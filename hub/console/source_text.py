"""A message as numbered lines, with each finding at the line of the element that it speaks of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from hub.fhir import verbatim
from hub.fhir.paths import place_of
from hub.fhir.positions import Positions
from hub.model.finding import Finding

_TOLD = re.compile(r"linje (\d+)")
#: Characters of one line that are shown; a message without line breaks that is no JSON could be very long.
_LINE_MOST = 2_000
#: Characters of a message that are shown, so that a page stays light. The rest is in the download.
_SHOWN_MOST = 60_000


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line, and the numbers (from 1) of the findings that point at it; `tone` is of the gravest.

    `differs` where the text is shown beside another that has no such line.
    """

    number: int
    text: str
    marks: tuple[int, ...] = ()
    tone: str = ""
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Pointed:
    """A finding with its number and the line that it points at (0 where it points at nothing)."""

    number: int
    finding: Finding
    line: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text, and what points into it. `is_cut` when the end is left out."""

    lines: tuple[SourceLine, ...]
    pointed: tuple[Pointed, ...]
    is_cut: bool = False


def beside(raw: bytes, other: bytes, findings: Sequence[Finding] = ()) -> SourceText:
    """`raw` laid out for reading beside `other`, with the lines marked that `other` has not, wherever they stand."""
    left = Counter(map(_said, readable(other).split("\n")))
    alone = source_text(raw, findings)
    lines = []
    for line in alone.lines:
        left[_said(line.text)] -= 1
        differs = left[_said(line.text)] < 0
        lines.append(replace(line, differs=differs, tone=line.tone or ("warning" if differs else "")))
    return replace(alone, lines=tuple(lines))


def _said(line: str) -> str:
    """What a line says, without what only its place asks for."""
    return line[:_LINE_MOST].strip(" ,")


def source_text(raw: bytes, findings: Sequence[Finding]) -> SourceText:
    """`raw` laid out for reading: JSON on many lines with its numbers as written; anything else as it came."""
    text = readable(raw)
    places = _places(text, findings)
    pointed = tuple(Pointed(i, f, places[i - 1]) for i, f in enumerate(findings, 1))
    shown = text[:_SHOWN_MOST]
    lines = tuple(_line(number, line, pointed) for number, line in enumerate(shown.split("\n"), 1))
    return SourceText(lines, pointed, is_cut=len(shown) < len(text))


def readable(raw: bytes) -> str:
    """The message with line breaks and indents, where it is JSON on one line; else as it came."""
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    if "\n" in text.strip() or _value(raw) is None:
        return text
    return verbatim.dumps_readable(verbatim.loads(raw.removeprefix(b"\xef\xbb\xbf"))).decode()


def _value(raw: bytes) -> object:
    try:
        return orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None


def _places(text: str, findings: Sequence[Finding]) -> list[int]:
    value = _value(text.encode("utf-8", "surrogatepass"))
    if value is None:
        return [int(m[1]) if (m := _TOLD.search(f.advice)) else 0 for f in findings]
    positions = Positions(text)
    return [positions.of(place_of(value, f.path)).line for f in findings]


def _line(number: int, text: str, pointed: Sequence[Pointed]) -> SourceLine:
    here = [p for p in pointed if p.line == number]
    tone = next((s for s in ("error", "warning", "information") if any(p.finding.severity == s for p in here)), "")
    return SourceLine(number, text[:_LINE_MOST], tuple(p.number for p in here), tone)
