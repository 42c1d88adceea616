"""A rehearsal's journal in memory."""

from __future__ import annotations

from datetime import datetime

from hub.rehearsal.desk import Begun
from hub.rehearsal.entries import Entry


class MemoryJournal:
    def __init__(self) -> None:
        self._begun: dict[tuple[str, str], Begun] = {}
        self._entries: dict[int, list[Entry]] = {}

    async def begin(self, municipality: str, course_id: str, *, name: str, at: datetime) -> Begun:
        fresh = Begun(len(self._begun) + 1, municipality, course_id, name, at)
        return self._begun.setdefault((municipality, course_id), fresh)

    async def find(self, municipality: str, course_id: str) -> Begun | None:
        return self._begun.get((municipality, course_id))

    async def everything(self) -> list[Begun]:
        return list(self._begun.values())

    async def entries(self, begun: Begun) -> list[Entry]:
        return list(self._entries.get(begun.id, ()))

    async def write(self, begun: Begun, entry: Entry) -> None:
        self._entries.setdefault(begun.id, []).append(entry)
