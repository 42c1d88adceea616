"""When to do something: the machine's clock with an alarm in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Protocol

from hub.model.clock import SystemClock
from hub.model.ports import Clock


class Timer(Clock, Protocol):
    """A clock that can also call back. `connectors.testing` has one that a test moves by hand."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after `seconds` of machine time; the answer takes the order back."""
        ...


class SystemTimer(SystemClock):
    """The machine's own time, with alarms in the running event loop."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after `seconds`; the answer takes the order back."""
        return asyncio.get_running_loop().call_later(seconds, callback).cancel


def backoff(attempt: int, *, random: Random, first_s: float = 1.0, longest_s: float = 60.0) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 1): doubling, capped, and spread over its upper half.

    The spread keeps senders that failed together from returning together.
    """
    whole = min(longest_s, first_s * 2.0 ** min(attempt - 1, 40))
    return whole * (0.5 + random.random() / 2)


async def wait_for(event: asyncio.Event, timer: Timer, seconds: float | None) -> None:
    """Wait for `event` or until `seconds` have passed (None: however long); clears it."""
    cancel = timer.call_later(max(seconds, 0.0), event.set) if seconds is not None else None
    try:
        await event.wait()
    finally:
        if cancel is not None:
            cancel()
    event.clear()


async def pause(timer: Timer, seconds: float) -> None:
    """Do nothing for `seconds` of the timer's time."""
    await wait_for(asyncio.Event(), timer, seconds)
