"""A table of usage records to count in, whatever ledger they come from.

The hub's own ledger rows are written by `hub.store` in the transaction that settles a delivery. Whatever holds the
records, here they become one DuckDB table that is only ever read: a file ledger in place, another's records by copy.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Iterator
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from hub.metering.ledger_files import opened
from hub.model.codes import EventKind, ServiceCode
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.usage import UsageRecord

COLUMNS = tuple(field.name for field in fields(UsageRecord))
OWN_LEDGER = "Målt bruk fra knutepunktets egen måling."
_ROWS_AT_A_TIME = 50_000
_SCHEMA = (
    "id VARCHAR, usage_kind VARCHAR, municipality VARCHAR, sender VARCHAR, service_code VARCHAR, event_kind VARCHAR, "
    "day DATE, recorded_at TIMESTAMP, size BIGINT, pseudonym VARCHAR, quantity BIGINT, corrects VARCHAR"
)


class UsageTable:
    """Usage records in a DuckDB connection, as the relation `usage`. `recorded_at` is in UTC there.

    `source` says in Norwegian what it was read from.
    """

    def __init__(self, connection: Any, source: str) -> None:
        self.connection = connection
        self.source = source

    def rows(self, query: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of an SQL query over `usage`."""
        found: list[tuple[Any, ...]] = self.connection.execute(query, list(parameters)).fetchall()
        return found

    def records(self, where: str = "true", parameters: Iterable[Any] = ()) -> Iterator[UsageRecord]:
        """The records in order of registration, those that a condition in SQL picks."""
        query = f"SELECT {', '.join(COLUMNS)} FROM usage WHERE {where} ORDER BY recorded_at, id"  # noqa: S608 - own text
        cursor = self.connection.cursor().execute(query, list(parameters))
        while rows := cursor.fetchmany(_ROWS_AT_A_TIME):
            yield from (_record(row) for row in rows)

    def checked(self) -> UsageTable:
        """Itself, when no id stands twice and no record is taken back twice. Raises ConfigurationError otherwise."""
        faults = [self._fault("id", f"posten {i!r} står mer enn én gang") for i in self._doubled("id")]
        faults += [
            self._fault("corrects", f"posten {i!r} er rettet mer enn én gang") for i in self._doubled("corrects")
        ]
        if faults:
            raise ConfigurationError(faults)
        return self

    def _doubled(self, column: str) -> list[str]:
        if not self._hashes_meet(column):
            return []
        doubled = f"SELECT {column} FROM usage GROUP BY {column} HAVING count({column}) > 1 ORDER BY 1 LIMIT 20"  # noqa: S608
        return [row[0] for row in self.rows(doubled)]

    def _hashes_meet(self, column: str) -> bool:
        """Whether two values may be equal: sorting 64-bit hashes is several times as fast as counting texts."""
        query = f"SELECT hash({column}) AS hashed FROM usage WHERE {column} IS NOT NULL"  # noqa: S608 - own names
        hashes = np.sort(np.asarray(self.connection.execute(query).fetchnumpy()["hashed"]))
        return bool((hashes[1:] == hashes[:-1]).any())

    def _fault(self, column: str, text: str) -> ConfigurationFault:
        return ConfigurationFault(0, column, text)


def usage_table_from_file(path: Path) -> UsageTable:
    """The ledger in a file: CloudEvents (`.ndjson`, `.jsonl`), `.csv` or `.parquet`, checked.

    Raises ConfigurationError that names every row that isn't a usage record.
    """
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW usage AS {opened(connection, path)}")
    return UsageTable(connection, f"Målt bruk fra filen {path.name}.").checked()


def usage_table_of(records: Iterable[UsageRecord], source: str) -> UsageTable:
    """A table of records that are already at hand, checked."""
    table = _empty(source)
    batch: list[UsageRecord] = []
    for record in records:
        batch.append(record)
        if len(batch) == _ROWS_AT_A_TIME:
            _insert(table, batch)
            batch = []
    _insert(table, batch)
    return table.checked()


async def usage_table_from(records: AsyncIterable[UsageRecord], source: str = OWN_LEDGER) -> UsageTable:
    """A table of everything that a ledger (the hub's own: `hub.store.ledger`) holds now, checked."""
    table = _empty(source)
    batch: list[UsageRecord] = []
    async for record in records:
        batch.append(record)
        if len(batch) == _ROWS_AT_A_TIME:
            _insert(table, batch)
            batch = []
    _insert(table, batch)
    return table.checked()


def _empty(source: str) -> UsageTable:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE usage ({_SCHEMA})")
    return UsageTable(connection, source)


def _insert(table: UsageTable, records: list[UsageRecord]) -> None:
    """DuckDB reads whole columns far faster than rows."""
    if not records:
        return
    columns = {name: np.array(values, object) for name, values in zip(COLUMNS, _columns(records), strict=True)}
    table.connection.register("batch", columns)
    table.connection.execute(f"INSERT INTO usage SELECT {', '.join(COLUMNS)} FROM batch")  # noqa: S608 - own names
    table.connection.unregister("batch")


def _columns(records: list[UsageRecord]) -> Iterator[list[Any]]:
    rows = [astuple(record) for record in records]
    for index, name in enumerate(COLUMNS):
        values = [row[index] for row in rows]
        if name == "recorded_at":
            values = [value.astimezone(UTC).replace(tzinfo=None).isoformat() for value in values]
        elif name == "day":
            values = [value.isoformat() for value in values]
        elif name == "corrects":
            values = [None if value is None else str(value) for value in values]
        else:
            values = [str(value) for value in values]
        yield values


def _record(row: tuple[Any, ...]) -> UsageRecord:
    found = dict(zip(COLUMNS, row, strict=True))
    recorded: datetime = found["recorded_at"]
    found["recorded_at"] = recorded.replace(tzinfo=UTC)
    found["service_code"] = ServiceCode(found["service_code"])
    found["event_kind"] = EventKind(found["event_kind"])
    return UsageRecord(**found)
