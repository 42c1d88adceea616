"""The response centre's memory of alerts: what has come, and what has been confirmed, by SHA-256."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import aiosqlite

from hub.model.times import from_microseconds, microseconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_SCHEMA = """
CREATE TABLE IF NOT EXISTS alert (
    number INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    payload BLOB,
    received_at INTEGER NOT NULL,
    confirmed_at INTEGER
) STRICT
"""


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """An alert in the inbox: its bytes, their SHA-256 in hex, and when it came."""

    payload: bytes
    sha256: str
    received_at: datetime


class AlertInbox:
    """Alerts by the SHA-256 of their bytes, in a SQLite file, or in memory when there is no path.

    A payload is kept until its alert is confirmed, the hash for good.
    """

    def __init__(self, store: aiosqlite.Connection) -> None:
        self._store = store

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path | None) -> AsyncIterator[AlertInbox]:
        """The inbox at `path`, made if it isn't there."""
        if path is not None:
            await asyncio.to_thread(path.touch, 0o600)  # it holds what patients have said and done
        async with aiosqlite.connect(path or ":memory:", isolation_level=None) as store:
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", _SCHEMA):
                await store.execute(statement)
            yield cls(store)

    async def put(self, alert: KeptAlert) -> Literal["new", "waiting", "confirmed"]:
        """Keep `alert` durably if it is new, and say what was known of it."""
        added = await self._store.execute(
            "INSERT INTO alert (sha256, payload, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (alert.sha256, alert.payload, microseconds(alert.received_at)),
        )
        if added.rowcount:
            return "new"
        rows = await self._store.execute_fetchall("SELECT confirmed_at FROM alert WHERE sha256 = ?", (alert.sha256,))
        return "waiting" if next(iter(rows))[0] is None else "confirmed"

    async def waiting(self) -> list[KeptAlert]:
        """The alerts that have come and are not confirmed, oldest first."""
        rows = await self._store.execute_fetchall(
            "SELECT payload, sha256, received_at FROM alert WHERE confirmed_at IS NULL ORDER BY number"
        )
        return list(_kept(rows))

    async def confirm(self, sha256: str, at: datetime) -> None:
        """Note that an alert is confirmed, and let go of its content."""
        await self._store.execute(
            "UPDATE alert SET confirmed_at = ?, payload = NULL WHERE sha256 = ?", (microseconds(at), sha256)
        )


def _kept(rows: object) -> Iterator[KeptAlert]:
    for payload, sha256, received_at in rows:  # type: ignore[attr-defined]  # rows of SQLite have no types
        yield KeptAlert(payload, sha256, from_microseconds(received_at))
