"""How fast simulated time goes: as real time, so many times faster, or as fast as it can."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from hub.model.errors import ConfigurationError, ConfigurationFault


class Pace:
    """Waits until a simulated time is due. `factor` 1 is real time; None never waits."""

    def __init__(self, factor: float | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._factor = factor
        self._clock = clock
        self._first: tuple[datetime, float] | None = None

    async def until(self, at: datetime) -> None:
        """Return when `at` is due, counted from the first time that was asked for."""
        if self._factor is None:
            return
        if self._first is None:
            self._first = (at, self._clock())
        begun, real = self._first
        wait = (at - begun).total_seconds() / self._factor - (self._clock() - real)
        if wait > 0:
            await asyncio.sleep(wait)


def parse_speed(text: str) -> float | None:
    """The factor of `real`, `max` (None) or a number above 0, as in `60` or `60x`. Raises ConfigurationError."""
    if text == "max":
        return None
    if text == "real":
        return 1.0
    try:
        factor = float(text.removesuffix("x"))
    except ValueError:
        factor = 0.0
    if not 0 < factor < float("inf"):
        raise ConfigurationError([ConfigurationFault(0, "--speed", "må være real, max eller et tall over 0")])
    return factor
