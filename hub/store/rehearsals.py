"""Rehearsals: who takes which course, and the entries of each in the order of their writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import from_microseconds, microseconds
from hub.store.accepting import insert_into
from hub.store.schema_rehearsal import rehearsal_entries, rehearsals


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A municipality (organisation number) in a course."""

    id: int
    municipality: str
    course: str
    name: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """Something that was written down; `content` is JSON."""

    at: datetime
    who: str
    content: bytes


async def begin(connection: AsyncConnection, municipality: str, course: str, *, name: str, at: datetime) -> Rehearsal:
    """The municipality's rehearsal of `course`: begun now, or the one that was begun before."""
    values = {"municipality": municipality, "course": course, "name": name, "started_at": microseconds(at)}
    await connection.execute(insert_into(connection, rehearsals).on_conflict_do_nothing(), values)
    found = await rehearsal(connection, municipality, course)
    assert found is not None
    return found


async def rehearsal(connection: AsyncConnection, municipality: str, course: str) -> Rehearsal | None:
    """The municipality's rehearsal of `course`, if it has begun."""
    table = rehearsals
    row = (
        await connection.execute(select(table).where(table.c.municipality == municipality, table.c.course == course))
    ).one_or_none()
    return None if row is None else _rehearsal(row)


async def all_rehearsals(connection: AsyncConnection) -> list[Rehearsal]:
    """Every rehearsal, by name and course."""
    rows = await connection.execute(select(rehearsals).order_by(rehearsals.c.name, rehearsals.c.course))
    return [_rehearsal(row) for row in rows]


def _rehearsal(row: Any) -> Rehearsal:
    return Rehearsal(row.id, row.municipality, row.course, row.name, from_microseconds(row.started_at))


async def write_down(connection: AsyncConnection, rehearsal_id: int, entry: StoredEntry) -> None:
    """Add an entry to a rehearsal."""
    values = {
        "rehearsal": rehearsal_id,
        "at": microseconds(entry.at),
        "who": entry.who,
        "content": entry.content,
    }
    await connection.execute(insert(rehearsal_entries).values(**values))


async def entries_of(connection: AsyncConnection, rehearsal_id: int) -> list[StoredEntry]:
    """The entries of a rehearsal, oldest first."""
    table = rehearsal_entries
    rows = await connection.execute(select(table).where(table.c.rehearsal == rehearsal_id).order_by(table.c.id))
    return [StoredEntry(from_microseconds(row.at), row.who, bytes(row.content)) for row in rows]
