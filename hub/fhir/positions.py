"""Where in a JSON text each element stands, so that a finding can name its line."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from hub.fhir.paths import Place

_TOKEN = re.compile(r'[\s,:]*("(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:{}\[\]"]+)')


@dataclass(frozen=True, slots=True)
class Position:
    """A line and a column, both from 1."""

    line: int
    column: int


class Positions:
    """The places of a JSON text. The text must be JSON."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._offsets: dict[Place, int] = {}
        #: Names that stand twice in one object: the later one is what a reader goes by.
        self.repeated: list[Place] = []
        self._read(text)

    def of(self, place: Place) -> Position:
        """The position of `place`, or of the nearest of what holds it."""
        while place and place not in self._offsets:
            place = place[:-1]
        offset = self._offsets.get(place, 0)
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def _read(self, text: str) -> None:
        holders: list[_Holder] = []
        place: Place = ()
        for match in _TOKEN.finditer(text):
            word = match[1]
            if word in "}]":
                place = holders.pop().place
                continue
            holder = holders[-1] if holders else None
            if holder and holder.awaits_name:
                place = (*holder.place, _unquoted(word))
                holder.awaits_name = False
                self._note(place, match.start(1))
                continue
            if holder and holder.index is not None:
                place = (*holder.place, holder.index)
                holder.index += 1
                self._offsets[place] = match.start(1)
            if holder and holder.index is None:
                holder.awaits_name = True
            if word in "{[":
                holders.append(_Holder(place, word == "{", None if word == "{" else 0))

    def _note(self, place: Place, offset: int) -> None:
        if place in self._offsets:
            self.repeated.append(place)
        self._offsets[place] = offset


@dataclass(slots=True)
class _Holder:
    """An object or array that is open: where it stands, and what is awaited in it."""

    place: Place
    awaits_name: bool
    index: int | None


def _unquoted(word: str) -> str:
    if "\\" not in word:
        return word[1:-1]
    import json

    return str(json.loads(word))
