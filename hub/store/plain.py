"""Plain statements: SQL text with tuples of values, for what runs for every message.

SQLAlchemy makes each statement anew and visits the connection's thread several times for it; here a list of statements
is one visit. Many rows are one statement as well: SQLite lets go of Python's lock at every step, and getting it back
from a busy event loop can take milliseconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

Row = tuple[Any, ...]
Result = TypeVar("Result")
_MOST_VALUES = 16_384


@dataclass(frozen=True, slots=True)
class Many:
    """A statement for many rows of values: `head`, `row` once for each row with commas between, `tail`.

    A value is written `?`. With no rows the statement is not run.
    """

    head: str
    row: str
    tail: str = ""

    @property
    def width(self) -> int:
        """How many values a row has."""
        return self.row.count("?")


#: Names of columns, each with its type.
Columns = Sequence[tuple[str, str]]
Statement = tuple[Many, Sequence[Row]]


def insertion(table: str, columns: str, tail: str = "") -> Many:
    """An INSERT of whole rows into `table`, whose `columns` are given with commas between."""
    values = ", ".join("?" * (columns.count(",") + 1))
    return Many(f"INSERT INTO {table} ({columns}) VALUES ", f"({values})", tail)  # noqa: S608  names of our own


def changing(table: str, *, key: Columns, columns: Columns, tail: str = "") -> Many:
    """An UPDATE of the rows of `table` with these keys, no key twice; a row of values is the key's and the columns'."""
    everything = (*key, *columns)
    names = ", ".join(name for name, _ in everything)
    values = ", ".join(f"CAST(? AS {kind})" for _, kind in everything)
    changes = ", ".join(f"{name} = new.{name}" for name, _ in columns)
    same = " AND ".join(f"{table}.{name} = new.{name}" for name, _ in key)
    return Many(
        f"WITH new ({names}) AS (VALUES ",
        f"({values})",
        f") UPDATE {table} SET {changes} FROM new WHERE {same}{tail}",  # noqa: S608  names of our own
    )


async def write(connection: AsyncConnection, statements: Sequence[Statement]) -> None:
    """Run `statements` in order. Raises SQLAlchemy's errors."""
    asked = [(many, rows) for many, rows in statements if rows]
    if not asked:
        return
    if connection.dialect.name == "sqlite":
        await on_thread(_begun(connection), partial(_write, asked))
        return
    for many, rows in asked:
        await connection.exec_driver_sql(_numbered(many, 1), list(rows))


async def read(connection: AsyncConnection, statements: Sequence[Statement]) -> list[list[Row]]:
    """What each of `statements` gives; one with many rows may be run in portions. Raises SQLAlchemy's errors."""
    if connection.dialect.name == "sqlite":
        return await on_thread(_begun(connection), partial(_read, statements))
    return [await _fetched(connection, many, rows) for many, rows in statements]


async def on_thread(connection: Connection, act: Callable[[sqlite3.Connection], Result]) -> Result:
    """What `act` gives, run on the thread of SQLite's connection. Raises SQLAlchemy's errors."""
    driver: Any = connection.connection.driver_connection
    try:
        # aiosqlite has no public way to run more than one statement at a visit.
        found: Result = await driver._execute(act, driver._conn)
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            None, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
    return found


def _begun(connection: AsyncConnection) -> Connection:
    assert connection.sync_connection is not None
    return connection.sync_connection


def _write(statements: Sequence[Statement], connection: sqlite3.Connection) -> None:
    for many, rows in statements:
        for some in _portions(rows, many.width):
            connection.execute(_text(many, len(some)), tuple(chain.from_iterable(some))).close()


def _read(statements: Sequence[Statement], connection: sqlite3.Connection) -> list[list[Row]]:
    return [
        [
            found
            for some in _portions(rows, many.width)
            for found in connection.execute(_text(many, len(some)), tuple(chain.from_iterable(some))).fetchall()
        ]
        for many, rows in statements
    ]


async def _fetched(connection: AsyncConnection, many: Many, rows: Sequence[Row]) -> list[Row]:
    found: list[Row] = []
    most = _MOST_VALUES // many.width
    for i in range(0, len(rows), most):
        some = rows[i : i + most]
        given = tuple(chain.from_iterable(some))
        found += map(tuple, await connection.exec_driver_sql(_numbered(many, len(some)), given))
    return found


def _portions(rows: Sequence[Row], width: int) -> Iterator[Sequence[Row]]:
    """`rows` in portions whose sizes are powers of two, largest first, so that few different texts are prepared."""
    at, most = 0, _MOST_VALUES // width
    while at < len(rows):
        size = 1 << (min(len(rows) - at, most).bit_length() - 1)
        yield rows[at : at + size]
        at += size


@cache
def _text(many: Many, rows: int) -> str:
    return f"{many.head}{', '.join([many.row] * rows)}{many.tail}"


@lru_cache(maxsize=256)
def _numbered(many: Many, rows: int) -> str:
    """The statement with its values numbered, as PostgreSQL has them."""
    first, *others = _text(many, rows).split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(others, 1))
