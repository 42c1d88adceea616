"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from math import ceil
from typing import TypeVar

T = TypeVar("T")

#: How long, in machine seconds, something may take that isn't waiting for the clock (a commit, an answer).
_BREATH_S = 0.01


class VirtualClock:
    """Time that starts at `start` and moves only when told to; alarms set with `call_later` ring as it passes them."""

    def __init__(self, start: datetime = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._alarms: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._cancelled: set[int] = set()

    def now(self) -> datetime:
        """The time, aware and UTC."""
        return self._now

    def real(self) -> float:
        """The same time in seconds since 1970: here even the machine's time stands still."""
        return self._now.timestamp()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when the clock has moved `seconds` on; the answer takes the order back."""
        number = next(self._order)
        heapq.heappush(self._alarms, (self._now + timedelta(microseconds=ceil(seconds * 1e6)), number, callback))
        return lambda: self._cancelled.add(number)

    async def advance(self, seconds: float) -> None:
        """Move `seconds` on, ringing every alarm on the way at its own time."""
        end = self._now + timedelta(seconds=seconds)
        while self._alarms and self._alarms[0][0] <= end:
            self._ring_next()
            await asyncio.sleep(0)
        self._now = end

    async def pass_until(self, done: Awaitable[T]) -> T:
        """Let time pass, from alarm to alarm as fast as the machine can, until `done` is; and answer with it."""
        waiting = asyncio.ensure_future(done)
        while not waiting.done():
            await asyncio.wait([waiting], timeout=_BREATH_S)
            if not waiting.done() and self._alarms:
                self._ring_next()
        return await waiting

    def _ring_next(self) -> None:
        at, number, callback = heapq.heappop(self._alarms)
        if number in self._cancelled:
            self._cancelled.discard(number)
            return
        self._now = max(self._now, at)
        callback()
