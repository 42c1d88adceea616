"""Keeps rehearsals in the hub's store."""

from __future__ import annotations

from datetime import datetime

from hub.rehearsal.desk import Begun
from hub.rehearsal.entries import CONTENT, Entry
from hub.store import rehearsals
from hub.store.engine import Engines
from hub.store.rehearsals import Rehearsal, StoredEntry


class StoredJournal:
    """The desk's `Journal` over the store's tables."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def begin(self, municipality: str, course_id: str, *, name: str, at: datetime) -> Begun:
        """The rehearsal, begun now or before."""
        async with self._engines.writing() as connection:
            return _begun(await rehearsals.begin(connection, municipality, course_id, name=name, at=at))

    async def find(self, municipality: str, course_id: str) -> Begun | None:
        """The rehearsal, if it has begun."""
        async with self._engines.reading() as connection:
            found = await rehearsals.rehearsal(connection, municipality, course_id)
        return None if found is None else _begun(found)

    async def everything(self) -> list[Begun]:
        """Every rehearsal, by name and course."""
        async with self._engines.reading() as connection:
            return [_begun(found) for found in await rehearsals.all_rehearsals(connection)]

    async def entries(self, begun: Begun) -> list[Entry]:
        """Its entries, oldest first."""
        async with self._engines.reading() as connection:
            stored = await rehearsals.entries_of(connection, begun.id)
        return [Entry(at=e.at, who=e.who, content=CONTENT.validate_json(e.content)) for e in stored]

    async def write(self, begun: Begun, entry: Entry) -> None:
        """Add an entry."""
        async with self._engines.writing() as connection:
            content = CONTENT.dump_json(entry.content)
            await rehearsals.write_down(connection, begun.id, StoredEntry(entry.at, entry.who, content))


def _begun(found: Rehearsal) -> Begun:
    return Begun(found.id, found.municipality, found.course, found.name, found.started_at)
