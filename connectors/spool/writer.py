"""One thread that owns the SQLite file; all that waits to be written shares one commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from hub.model.errors import StoreUnavailable

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]


class Writer:
    """A SQLite file with one thread for it. What `run` answers has been committed to disk."""

    def __init__(self, path: Path | None) -> None:
        self._path = str(path) if path is not None else ":memory:"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._pending: list[tuple[Work, asyncio.Future[Any]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def open(self, schema: str) -> None:
        """Open the file and make it ours alone. Raises StoreUnavailable when another process has it."""
        try:
            self._connection = await self._in_thread(self._connect, schema)
        except StoreUnavailable:
            self._thread.shutdown()
            raise

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in the next transaction and answer when it is committed. Raises StoreUnavailable."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._pending.append((work, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush(), name="spool commit")
        return await done

    async def close(self) -> None:
        """Write what is pending and let go of the file."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing])
        await self._in_thread(self._connection.close)
        self._thread.shutdown()

    def _connect(self, schema: str) -> sqlite3.Connection:
        if self._path != ":memory:":
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
            Path(self._path).touch(mode=0o600)  # it holds what patients have said and done
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=2.0)
        try:
            # Exclusive: two senders on one spool would break the order per patient.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(schema)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    async def _flush(self) -> None:
        while self._pending:
            batch, self._pending = self._pending, []
            try:
                results = await self._in_thread(self._commit, [work for work, _ in batch])
            except StoreUnavailable as e:
                results = [e] * len(batch)
            for (_, done), result in zip(batch, results, strict=True):
                _settle(done, result)

    def _commit(self, batch: list[Work]) -> list[Any]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            results = [self._one(work) for work in batch]
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return results

    def _one(self, work: Work) -> Any:
        """What `work` answers, or its error; a failed work leaves nothing behind and spoils nobody else's."""
        self._connection.execute("SAVEPOINT one")
        try:
            result = work(self._connection)
        except Exception as e:
            self._connection.execute("ROLLBACK TO one")
            result = e
        self._connection.execute("RELEASE one")
        return result

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, function, *arguments)
        except (sqlite3.Error, OSError) as e:
            raise StoreUnavailable(f"the spool can't be used: {e}") from e


def _settle(done: asyncio.Future[Any], result: Any) -> None:
    if done.cancelled():
        return
    if isinstance(result, sqlite3.Error):
        result = StoreUnavailable(f"the spool can't be used: {result}")
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)
