"""SQLite with group commit: acts that arrive together share one commit, and each waits until it is on disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Act = Callable[[sqlite3.Connection], T]
_Waiting = tuple[Act[Any], "asyncio.Future[Any]"]
#: Seconds that a commit waits for more acts, where the last one had several: fewer, larger commits under load.
_COMPANY_S = 0.004


class GroupCommit:
    """One SQLite file, WAL, synced at every commit. Acts run on the event loop, commits in a thread of their own.

    An act that raises fails alone; the others of its group are kept, and so is what it wrote before it raised.
    """

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;")
        self._connection.executescript(schema)
        self._reader = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"commit-{path.stem}")
        self._waiting: list[_Waiting] = []
        self._has_company = False
        self._drain: asyncio.Task[None] | None = None

    def read(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Rows as they are on disk: nothing that waits for its commit is seen."""
        return self._reader.execute(sql, values).fetchall()

    async def run(self, act: Act[T]) -> T:
        """What `act` gives, once it is durably stored. Raises what `act` raises."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((act, future))
        if self._drain is None:
            self._drain = asyncio.create_task(self._commit_all(), name="group-commit")
        return await future

    async def aclose(self) -> None:
        """Finish what waits, and close."""
        if self._drain is not None:
            await self._drain
        self._thread.shutdown()
        self._connection.close()
        self._reader.close()

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                if self._has_company:
                    await asyncio.sleep(_COMPANY_S)
                group, self._waiting = self._waiting, []
                self._has_company = len(group) > 1
                await self._commit(group)
        finally:
            self._drain = None

    async def _commit(self, group: list[_Waiting]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        outcomes = [self._attempt(act) for act, _ in group]
        failed: Exception | None = None
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.commit)
        except sqlite3.Error as error:
            self._connection.rollback()
            failed = error
        for (_, future), outcome in zip(group, outcomes, strict=True):
            _settle(future, failed or outcome)

    def _attempt(self, act: Act[Any]) -> Any:
        try:
            return act(self._connection)
        except Exception as error:  # handed to whoever waits for this act
            return error


def _settle(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.cancelled():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
