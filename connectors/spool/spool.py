"""The spool: a SQLite file of events that were told, with what became of each."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from connectors.spool.entry import Fate, Kept, Report, SpoolEntry, Waiting
from connectors.spool.writer import Writer
from hub.model.times import from_microseconds, microseconds

_SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    device TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    payload BLOB,
    fate TEXT NOT NULL DEFAULT 'waiting',
    at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    receipt TEXT,
    text TEXT NOT NULL DEFAULT '',
    reference TEXT,
    bundle BLOB
) STRICT;
CREATE TABLE IF NOT EXISTS quiet (one INTEGER PRIMARY KEY CHECK (one = 1), until REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS event_unfinished ON event (number) WHERE fate IN ('waiting', 'registered');
"""
_REPORT = "number, fate, at, attempts, receipt, text, reference"
_KEPT = timedelta(days=30)


class Spool:
    """Events on disk, in a file of this process's own, or in memory when there is no path.

    Content is kept until the hub has it, and where it was refused until a person has dealt with it; the rest of a
    finished event is kept for 30 days, so that the same event told again is known.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path | None) -> AsyncIterator[Spool]:
        """The spool at `path`, made if it isn't there. Raises StoreUnavailable when another process has it."""
        writer = Writer(path)
        await writer.open(_SCHEMA)
        await writer.run(_bring_up_to_date)
        try:
            yield cls(writer)
        finally:
            await writer.close()

    async def add(self, entries: Sequence[SpoolEntry], at: datetime) -> list[Kept]:
        """Keep `entries`, all or none; what is known keeps its number and fate."""
        return await self._writer.run(lambda c: [_add(c, entry, at) for entry in entries])

    async def unfinished(self, fate: Fate) -> list[Waiting]:
        """The entries with a fate that is not final, in the order told."""

        def work(connection: sqlite3.Connection) -> list[Waiting]:
            rows = connection.execute(
                "SELECT number, lane, attempts, due, reference FROM event"
                " WHERE fate = ? AND fate IN ('waiting', 'registered') ORDER BY number",
                (fate,),
            )
            return [Waiting(*row) for row in rows]

        return await self._writer.run(work)

    async def entry(self, number: int) -> SpoolEntry:
        """The entry `number` with its content. Raises KeyError when it is gone."""

        def work(connection: sqlite3.Connection) -> SpoolEntry:
            found = connection.execute(
                "SELECT resource_type, payload, device, lane, bundle FROM event"
                " WHERE number = ? AND payload IS NOT NULL",
                (number,),
            ).fetchone()
            if found is None:
                raise KeyError(number)
            return SpoolEntry(*found)

        return await self._writer.run(work)

    async def postpone(self, waiting: Waiting) -> None:
        """Note how often an entry was tried and when it is due again."""
        await self._change(
            "UPDATE event SET attempts = ?, due = ? WHERE number = ?", waiting.attempts, waiting.due, waiting.number
        )

    async def settle(self, report: Report) -> None:
        """Note what became of an entry; its content is let go of when the hub or the service has it."""
        is_kept = report.fate in (Fate.REFUSED, Fate.WAITING)
        await self._change(
            "UPDATE event SET fate = ?, at = ?, attempts = ?, receipt = ?, text = ?, reference = ?, due = 0,"
            " payload = CASE WHEN ? THEN payload END, bundle = CASE WHEN ? THEN bundle END WHERE number = ?",
            report.fate,
            microseconds(report.at),
            report.attempts,
            report.receipt,
            report.text,
            report.reference,
            is_kept,
            is_kept,
            report.number,
        )

    async def report(self, number: int) -> Report:
        """What is known of the event `number`. Raises KeyError when nothing is."""
        found = await self._reports("number = ?", number)
        if not found:
            raise KeyError(number)
        return found[0]

    async def with_fate(self, fate: Fate) -> list[Report]:
        """What is known of every event with this fate, in the order told."""
        return await self._reports("fate = ?", fate)

    async def take_up_again(self, number: int) -> Waiting:
        """Let a refused entry wait once more, at the end of its lane. Raises KeyError when it is not refused."""

        def work(connection: sqlite3.Connection) -> Waiting:
            found = connection.execute(
                "UPDATE event SET fate = 'waiting', due = 0 WHERE number = ? AND fate = 'refused'"
                " RETURNING number, lane, attempts",
                (number,),
            ).fetchone()
            if found is None:
                raise KeyError(number)
            return Waiting(*found)

        return await self._writer.run(work)

    async def keep_quiet_until(self, until: float) -> None:
        """Note until when the hub wants to be left alone, in seconds since 1970."""
        await self._change("INSERT INTO quiet VALUES (1, ?) ON CONFLICT DO UPDATE SET until = excluded.until", until)

    async def quiet_until(self) -> float:
        """Until when the hub wanted to be left alone, in seconds since 1970; 0 when it has never said so."""
        rows = await self._writer.run(lambda c: c.execute("SELECT until FROM quiet").fetchall())
        return float(rows[0][0]) if rows else 0.0

    async def forget_before(self, now: datetime) -> int:
        """Let go of events that have been finished for 30 days at `now`, but for the refused; answers how many."""
        return await self._change(
            "DELETE FROM event WHERE fate IN ('taken', 'journaled', 'failed', 'let go') AND at < ?",
            microseconds(now - _KEPT),
        )

    async def _change(self, statement: str, *values: object) -> int:
        return await self._writer.run(lambda c: c.execute(statement, values).rowcount)

    async def _reports(self, condition: str, value: object) -> list[Report]:
        def work(connection: sqlite3.Connection) -> list[Report]:
            query = f"SELECT {_REPORT} FROM event WHERE {condition} ORDER BY number"  # noqa: S608 — both our own texts
            return [_report(row) for row in connection.execute(query, (value,))]

        return await self._writer.run(work)


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Spools of earlier versions kept no Bundles."""
    if all(name != "bundle" for _, name, *_ in connection.execute("PRAGMA table_info(event)")):
        connection.execute("ALTER TABLE event ADD COLUMN bundle BLOB")


def _add(connection: sqlite3.Connection, entry: SpoolEntry, at: datetime) -> Kept:
    added = connection.execute(
        "INSERT INTO event (key, lane, device, resource_type, payload, bundle, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (key) DO NOTHING",
        (entry.key, entry.lane, entry.device, entry.resource_type, entry.payload, entry.bundle, microseconds(at)),
    )
    number, fate = connection.execute("SELECT number, fate FROM event WHERE key = ?", (entry.key,)).fetchone()
    return Kept(number, Fate(fate), is_new=added.rowcount == 1)


def _report(row: tuple[int, str, int, int, str | None, str, str | None]) -> Report:
    number, fate, at, attempts, receipt, text, reference = row
    return Report(number, Fate(fate), from_microseconds(at), attempts, receipt, text, reference)
