"""The hub's own usage ledger in its data directory: read for the cost model, and corrected by counter-entries."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from hub.metering.ledger import UsageTable, usage_table_from
from hub.metering.usage import counter_entry
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.usage import UsageRecord
from hub.store.engine import STORE_FILE, open_engines
from hub.store.ledger import usage_records
from hub.store.settling import record_usage


def own_ledger(directory: Path) -> UsageTable:
    """All usage records in the data directory. Raises ConfigurationError where there is no store."""
    return asyncio.run(_read(_database(directory)))


def take_back(directory: Path, record_id: str, *, at: datetime) -> UsageRecord:
    """Write the counter-entry of a record, registered at `at`. Raises ConfigurationError where that can't be."""
    return asyncio.run(_take_back(_database(directory), record_id, at))


def _database(directory: Path) -> Path:
    database = directory / STORE_FILE
    if not database.is_file():
        text = f"er ingen datamappe: {STORE_FILE} finnes ikke der"
        raise ConfigurationError([ConfigurationFault(0, str(directory), text)])
    return database


async def _read(database: Path) -> UsageTable:
    engines = await open_engines(database)
    try:
        async with engines.reading() as connection:
            return await usage_table_from(usage_records(connection))
    finally:
        await engines.aclose()


async def _take_back(database: Path, record_id: str, at: datetime) -> UsageRecord:
    """Look and write in one transaction, so that no record is taken back twice."""
    engines = await open_engines(database)
    try:
        async with engines.writing() as connection:
            records = [record async for record in usage_records(connection)]
            entry = _counter_entry(records, record_id, at)
            await record_usage(connection, [entry])
            return entry
    finally:
        await engines.aclose()


def _counter_entry(records: list[UsageRecord], record_id: str, at: datetime) -> UsageRecord:
    original = next((record for record in records if record.id == record_id), None)
    if original is None or original.quantity != 1:
        raise ConfigurationError([ConfigurationFault(0, record_id, "det finnes ingen slik post å ta tilbake")])
    if any(record.corrects == record_id for record in records):
        raise ConfigurationError([ConfigurationFault(0, record_id, "posten er alt tatt tilbake")])
    return counter_entry(original, record_id=f"{record_id}-tilbake", recorded_at=at)
