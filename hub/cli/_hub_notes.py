"""The notes that a hub holds to be in the EPJs, read from its store, in the order in which they were first settled.

The order of notes that an EPJ fetches is the EPJ's own, and not for a hub to know.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from devices_sim.found_note import FoundNote, found_note
from hub.journal.compose import compose
from hub.model.errors import ConfigurationError, ConfigurationFault, StoreUnavailable
from hub.model.note import JournalNote
from hub.model.versions import version_id
from hub.store.delivering import history_of
from hub.store.engine import Engines, open_engines
from hub.store.schema import deliveries, usage

_EPJ = "epj"
_CASE = "case:"


def hub_notes(where: str) -> list[FoundNote]:
    """The notes of the hub whose data folder, store file or postgresql:// address is `where`.

    Raises ConfigurationError where there is no such store.
    """
    return asyncio.run(_read(_location(where)))


def _location(where: str) -> Path | str:
    if where.startswith("postgresql:"):
        return where
    path = Path(where)
    store = path / "knutepunkt.sqlite" if path.is_dir() else path
    if not store.is_file():
        raise ConfigurationError([ConfigurationFault(0, "--hub", f"{store} finnes ikke")])
    return store


async def _read(location: Path | str) -> list[FoundNote]:
    try:
        engines = await open_engines(location)
    except StoreUnavailable as error:
        raise ConfigurationError([ConfigurationFault(0, "--hub", "lageret kan ikke åpnes")]) from error
    try:
        return [_found(note) for note in await _settled(engines)]
    finally:
        await engines.aclose()


async def _settled(engines: Engines) -> list[JournalNote]:
    async with engines.reading() as connection:
        held = select(deliveries).where(deliveries.c.destination == _EPJ, deliveries.c.settled > 0)
        rows = list(await connection.execute(held))
        counted = select(usage.c.id, usage.c.recorded_at).where(usage.c.id.startswith(_CASE))
        first = {row.id.removeprefix(_CASE): row.recorded_at for row in await connection.execute(counted)}
        rows.sort(key=lambda row: row.occurred_at if _is_fetched(row) else first.get(row.case_id, row.settled_at))
        histories = [await history_of(connection, row.case_id) for row in rows]
    return [compose(history) for history in histories if history is not None]


def _is_fetched(row: Any) -> bool:
    """Whether the EPJ fetched the note, in an order of its own: such notes are listed by the time of the event."""
    return bool(row.reference == version_id(row.case_id, row.settled))


def _found(note: JournalNote) -> FoundNote:
    messages = [found_note(orjson.loads(message.raw)) for message in note.messages]
    return FoundNote(
        note.key,
        frozenset({note.patient.value}),
        frozenset(name for message in messages for name in message.names),
        " ".join(f"{note.title} {note.text}".split()),
        note.occurred_at,
    )
