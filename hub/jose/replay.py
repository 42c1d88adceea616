"""A ReplayStore for one process: for tests, and for a hub that has no store to share."""

from __future__ import annotations

from collections.abc import Callable


class RememberedUses:
    """Remembers uses in memory until they expire, by `now` (seconds since 1970)."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until: dict[tuple[str, str], float] = {}
        self._sweep_at = 0.0

    async def first_use(self, kind: str, jti: str, expires_at: float) -> bool:
        """True exactly once for a `kind` and `jti` until `expires_at`."""
        now = self._now()
        self._sweep(now)
        if self._until.get((kind, jti), 0.0) > now:
            return False
        self._until[kind, jti] = expires_at
        return True

    def _sweep(self, now: float) -> None:
        if now >= self._sweep_at:
            self._until = {use: until for use, until in self._until.items() if until > now}
            self._sweep_at = now + 30
