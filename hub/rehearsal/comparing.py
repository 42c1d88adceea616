"""Holds the note that came against the one that was expected, side by side, and proposes a grade. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from hub.model.language import Frozen

#: In an expected line, this stands for anything.
ANYTHING = "…"


class Grade(StrEnum):
    """How bad a deviation is: A and B must be fixed, C passes with a plan (shared standards, section 7)."""

    A = "A"
    B = "B"
    C = "C"


class Pair(Frozen):
    """One line of the comparison: expected and actual beside each other; None where there is nothing on that side."""

    expected: str | None
    actual: str | None

    @property
    def is_missing(self) -> bool:
        """Whether something was expected that did not come."""
        return self.expected is not None and self.actual is None


def matches(expected: str, actual: str) -> bool:
    """Whether `actual` is what was expected, without regard to spaces at the ends and in rows."""
    parts = (re.escape(_plain(part)) for part in expected.split(ANYTHING))
    return re.fullmatch(".*".join(parts), _plain(actual)) is not None


def _plain(text: str) -> str:
    return " ".join(text.split())


def side_by_side(expected: Sequence[str], actual: Sequence[str]) -> tuple[Pair, ...]:
    """Every line of the note in its order, with the expected line that it answers; what is missing stands at the end.

    A line of the note answers one expected line at the most, and the other way round.
    """
    left = list(expected)
    pairs = []
    for line in actual:
        found = next((e for e in left if matches(e, line)), None)
        if found is not None:
            left.remove(found)
        pairs.append(Pair(expected=found, actual=line))
    return (*pairs, *(Pair(expected=e, actual=None) for e in left))


def proposed_grade(pairs: Sequence[Pair], *, notes: int, wanted_notes: int = 1) -> Grade | None:
    """The grade that the comparison suggests, or None when all is well; a person may set another.

    A: the note did not come, or there is more than one. B: what was sent is not in the note whole. C is never
    proposed: that a fault can be lived with for a while is for the municipality to say.
    """
    if notes != wanted_notes:
        return Grade.A
    return Grade.B if any(pair.is_missing for pair in pairs) else None
