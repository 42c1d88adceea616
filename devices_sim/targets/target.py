"""What every target can do, and what it counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from devices_sim.emission import Emission


@dataclass(slots=True)
class Tally:
    """What a target has done: messages sent, sent again, confirmed by receipt code, and given up."""

    sent: int = 0
    retried: int = 0
    given_up: int = 0
    receipts: Counter[str] = field(default_factory=Counter)


class Target(Protocol):
    """Takes emissions in the order in which they are due."""

    tally: Tally

    def fitted(self, emission: Emission) -> Emission:
        """The emission in the form in which this target takes it."""
        ...

    async def send(self, emission: Emission) -> bool:
        """Send it, waiting when too much is under way. False when this target has no place for it.

        Raises `Unreachable` when the target is gone for good, `AccessDenied` when it does not let the sender in.
        """
        ...

    def resent(self) -> list[Emission]:
        """What was sent again since the last call, because nothing confirmed it."""
        ...

    async def drain(self) -> None:
        """Wait until everything is confirmed or given up."""
        ...

    async def aclose(self) -> None:
        """Give back connections and files."""
        ...
