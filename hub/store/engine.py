"""Opens the store: one implementation, two engines.

SQLite runs in WAL with `synchronous=FULL` and one writing connection, so a commit that returned survives a power
cut. PostgreSQL gives each writer a transaction, and order where it matters by advisory locks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_

from hub.model.errors import StoreUnavailable
from hub.store.migrating import migrate
from hub.store.plain import on_thread

#: The store's file in a data folder.
STORE_FILE = "knutepunkt.sqlite"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA foreign_keys=ON",
)
_STATEMENTS_KEPT = 512


@dataclass(frozen=True, slots=True)
class Engines:
    """The connections of an open store; on PostgreSQL `writer` and `reader` share them."""

    writer: AsyncEngine
    reader: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        """Whether there is one writer only, so that its transactions need no further locks."""
        return self.writer.dialect.name == "sqlite"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed, durably, when the block ends. Raises StoreUnavailable if it can't be."""
        try:
            async with self.writer.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            if _is_about_content(error):
                raise
            raise StoreUnavailable(f"the store did not commit: {type(error).__name__}") from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view for reading."""
        try:
            async with self.reader.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StoreUnavailable(f"the store did not answer: {type(error).__name__}") from error

    async def aclose(self) -> None:
        """Close every connection."""
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()


def is_contention(error: BaseException) -> bool:
    """Whether another process was first or in the way, so that the same transaction may succeed when done again."""
    return isinstance(error, IntegrityError) or _sqlstate(error) in _GIVE_WAY


def _is_about_content(error: Exception) -> bool:
    """Whether the transaction failed because of what it was to write, and the store is well."""
    if is_contention(error):
        return True
    if (state := _sqlstate(error)) is not None:
        return state[:2] in _CONTENT_CLASSES
    return isinstance(error, StatementError) and not isinstance(error, _STORE_ITSELF)


_STORE_ITSELF = (OperationalError, InterfaceError, InternalError)
#: SQLSTATE: serialization failure, deadlock. And the classes data exception, program limit exceeded.
_GIVE_WAY = frozenset({"40001", "40P01"})
_CONTENT_CLASSES = frozenset({"22", "54"})


def _sqlstate(error: BaseException) -> str | None:
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state if isinstance(state, str) else None


async def open_engines(location: Path | str) -> Engines:
    """Open the store at `location` (a file for SQLite, or a postgresql:// address), at the newest schema.

    Raises StoreUnavailable when it can't be opened.
    """
    url = _url(location)
    try:
        await migrate(url)
        if url.get_backend_name() == "sqlite":
            return Engines(_sqlite(url, begin="BEGIN IMMEDIATE", size=1), _sqlite(url, begin="BEGIN", size=4))
        engine = create_async_engine(url, hide_parameters=True, pool_size=12, max_overflow=4, pool_pre_ping=True)
        return Engines(engine, engine.execution_options(isolation_level="REPEATABLE READ"))
    except (DBAPIError, OSError) as error:
        raise StoreUnavailable(f"the store can't be opened: {type(error).__name__}") from error


def _url(location: Path | str) -> URL:
    if isinstance(location, Path):
        location.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        location.touch(mode=0o600)
        return URL.create("sqlite+aiosqlite", database=str(location))
    return make_url(location).set(drivername="postgresql+asyncpg")


def _sqlite(url: URL, *, begin: str, size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"cached_statements": _STATEMENTS_KEPT},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        await_(on_thread(connection, lambda sqlite: sqlite.execute(begin).close()))

    return engine
