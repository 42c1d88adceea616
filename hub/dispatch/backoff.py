"""How long to wait before the next attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass

_FIRST_S = 0.25
_LONGEST_S = 15.0


def delay_s(attempts: int, chance: random.Random, *, retry_after: float | None = None) -> float:
    """Seconds before attempt number `attempts` + 1: doubling from a quarter to 15, a random half of it off.

    `retry_after`, which the destination asked for, is never cut short.
    """
    grown = min(_LONGEST_S, _FIRST_S * 2.0 ** min(attempts, 10))
    jittered = grown * (0.5 + chance.random() / 2)
    return max(jittered, retry_after or 0.0)


@dataclass(slots=True)
class Gate:
    """Holds back a whole destination that can't be reached. Time-outs alone never close it."""

    failures: int = 0
    opens_real: float = 0.0

    def close(self, delay: float, *, real: float) -> None:
        """Hold back for `delay` seconds from `real`. Failures of calls already under way count once."""
        if real >= self.opens_real:
            self.failures += 1
        self.opens_real = max(self.opens_real, real + delay)

    def open(self) -> None:
        """The destination answered."""
        self.failures = 0
        self.opens_real = 0.0

    def is_open(self, *, real: float) -> bool:
        """Whether anything may be sent."""
        return real >= self.opens_real

    @property
    def is_probing(self) -> bool:
        """Whether the last that is known is a failure, so that one attempt is enough to find out."""
        return self.failures > 0
