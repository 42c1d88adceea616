"""Group commit: what waits together is written together.

A call returns when the transaction that held its item is durable. The next batch is whatever came while the last
one was being committed, so the batch grows with the load and nobody waits for company when there is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from hub.model.errors import StoreUnavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class GroupCommit(Generic[Item, Answer]):
    """Gathers items and commits them in batches of at most `most` by `commit`, which answers in the same order."""

    def __init__(self, commit: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]], *, most: int) -> None:
        self._commit = commit
        self._most = most
        self._waiting: asyncio.Queue[tuple[Item, asyncio.Future[Answer]]] = asyncio.Queue()
        self._failure: StoreUnavailable | None = None
        self._has_ended = False

    def submit(self, item: Item) -> asyncio.Future[Answer]:
        """Queue `item`. The future is done when it is durable; it fails with StoreUnavailable when the store did.

        It is cancelled when `run` was, and nobody will write it any more.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if self._failure is not None:
            answer.set_exception(self._failure)
        elif self._has_ended:
            answer.cancel()
        else:
            self._waiting.put_nowait((item, answer))
        return answer

    async def run(self) -> None:
        """Commit until cancelled. Raises StoreUnavailable when the store fails; nothing is answered after that."""
        batch: list[tuple[Item, asyncio.Future[Answer]]] = []
        try:
            while True:
                batch = [await self._waiting.get()]
                while len(batch) < self._most and not self._waiting.empty():
                    batch.append(self._waiting.get_nowait())
                await self._write(batch)
        except asyncio.CancelledError:
            self._end(batch)
            raise

    async def _write(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._commit([item for item, _ in batch])
        except StoreUnavailable as error:
            self._fail(batch, error)
            raise
        except Exception as error:
            self._fail(batch, StoreUnavailable(f"what waited was not written: {type(error).__name__}"))
            raise
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    def _end(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        """Let nobody wait for a commit that will not be."""
        self._has_ended = True
        while not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        for _, future in batch:
            future.cancel()

    def _fail(self, batch: list[tuple[Item, asyncio.Future[Answer]]], error: StoreUnavailable) -> None:
        self._failure = error
        while not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        for _, future in batch:
            if not future.done():
                future.set_exception(error)
