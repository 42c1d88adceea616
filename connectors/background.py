"""A named task beside an `async with` block, whose failure reaches whoever waits for its work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Background:
    """Runs `work()` until it ends or `stop` is called, then calls `on_end` with the error that ended it, or None.

    `stop` raises that error too, unless the block is being left by another. A task group would do the same, but
    would also wrap the errors of the block itself, which are the caller's own.
    """

    def __init__(
        self,
        work: Callable[[], Coroutine[Any, Any, None]],
        *,
        name: str,
        on_end: Callable[[BaseException | None], None],
    ) -> None:
        async def run() -> None:
            await work()

        self._task = asyncio.create_task(run(), name=name)
        self._task.add_done_callback(lambda task: on_end(None if task.cancelled() else task.exception()))

    async def stop(self, leaving_by: BaseException | None) -> None:
        """End the work. Raises the error that it failed with, when nothing else is on its way up."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if self._task.cancelled():
            return
        error = self._task.exception()
        if error is not None and leaving_by is None:
            raise error
