"""The notes that a hub holds to be in the EPJs, read from its store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson

from devices_sim.found_note import FoundNote, found_note
from hub.journal.compose import compose
from hub.model.errors import ConfigurationError, ConfigurationFault, StoreUnavailable
from hub.model.note import JournalNote
from hub.store.engine import STORE_FILE, open_engines
from hub.store.noted import noted_cases


def hub_notes(where: str) -> list[FoundNote]:
    """The notes of the hub whose data folder, store file or postgresql:// address is `where`.

    Raises ConfigurationError where there is no such store.
    """
    return asyncio.run(_read(_location(where)))


def _location(where: str) -> Path | str:
    if where.startswith("postgresql:"):
        return where
    path = Path(where)
    store = path / STORE_FILE if path.is_dir() else path
    if not store.is_file():
        raise ConfigurationError([ConfigurationFault(0, "--hub", f"{store} finnes ikke")])
    return store


async def _read(location: Path | str) -> list[FoundNote]:
    try:
        engines = await open_engines(location)
    except StoreUnavailable as error:
        raise ConfigurationError([ConfigurationFault(0, "--hub", "lageret kan ikke åpnes")]) from error
    try:
        async with engines.reading() as connection:
            return [_found(compose(case)) for case in await noted_cases(connection)]
    finally:
        await engines.aclose()


def _found(note: JournalNote) -> FoundNote:
    messages = [found_note(orjson.loads(message.raw)) for message in note.messages]
    return FoundNote(
        note.key,
        frozenset({note.patient.value}),
        frozenset(name for message in messages for name in message.names),
        " ".join(f"{note.title} {note.text}".split()),
        note.occurred_at,
    )
