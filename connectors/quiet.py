"""Until when the hub wants to be left alone: by all of us, and also if we are started anew meanwhile."""

from __future__ import annotations

from connectors.http.answers import LONGEST_PATIENCE_S
from connectors.spool import Spool
from connectors.timing import Timer


def not_too_late(due: float, timer: Timer) -> float:
    """An instant that an earlier run wrote down, no later than it can have meant: its clock may have been wrong."""
    return min(due, timer.real() + LONGEST_PATIENCE_S)


class Quiet:
    """A pause that everything which is sent to the hub keeps, deliveries and questions alike."""

    def __init__(self, spool: Spool, timer: Timer) -> None:
        self._spool = spool
        self._timer = timer
        self._until = 0.0

    async def load(self) -> None:
        """Take up the pause that an earlier run was asked for."""
        self._until = not_too_late(await self._spool.quiet_until(), self._timer)

    @property
    def left(self) -> float:
        """Seconds that are left of it; 0 when there is none."""
        return max(0.0, self._until - self._timer.real())

    def rest(self, seconds: float) -> None:
        """Keep quiet for `seconds` from now, by a decision of our own."""
        self._until = max(self._until, self._timer.real() + seconds)

    async def obey(self, seconds: float) -> None:
        """Keep quiet for `seconds` from now because the hub has asked for it (`Retry-After`)."""
        if seconds > self.left:
            self.rest(seconds)
            await self._spool.keep_quiet_until(self._until)
