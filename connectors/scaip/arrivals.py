"""When each unit's message first came, so that a message that is repeated is known from a number that is used anew."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from connectors.spool.writer import Writer
from hub.model.times import from_microseconds, microseconds

#: A unit repeats what was not answered within minutes. Later, its counter has begun again: after a power cut, say.
_REPEATED_WITHIN = timedelta(minutes=15)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS arrival (
    controller TEXT NOT NULL,
    reference TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (controller, reference, sha256)
) STRICT;
"""


class Arrivals:
    """The messages of the last quarter of an hour, in a SQLite file, so that a kill makes no repeat a new alarm."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path | None) -> AsyncIterator[Arrivals]:
        """The memory at `path` (in memory without one). Raises StoreUnavailable when another process has it."""
        writer = Writer(path)
        await writer.open(_SCHEMA)
        try:
            yield cls(writer)
        finally:
            await writer.close()

    async def first(self, controller: str, reference: str, body: bytes, now: datetime) -> datetime:
        """When this message first came: `now`, unless the same came within a quarter of an hour.

        A message without reference is always a new one. Raises StoreUnavailable.
        """
        if not reference:
            return now
        key = (controller, reference, hashlib.sha256(body).hexdigest())
        return from_microseconds(await self._writer.run(lambda c: _first(c, key, microseconds(now))))


def _first(connection: sqlite3.Connection, key: tuple[str, str, str], now: int) -> int:
    connection.execute("DELETE FROM arrival WHERE last_at < ?", (now - _REPEATED_WITHIN // timedelta(microseconds=1),))
    (first,) = connection.execute(
        "INSERT INTO arrival VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_at = excluded.last_at"
        " RETURNING first_at",
        (*key, now, now),
    ).fetchone()
    return int(first)
