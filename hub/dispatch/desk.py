"""A desk: what is under way to one destination."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from hub.dispatch.backoff import Gate
from hub.dispatch.destination import Destination
from hub.store.delivering import WINDOW, Lane


@dataclass(slots=True)
class Desk:
    """What is under way to one destination. `look_real` is when the store may have more for it than is known here."""

    destination: Destination
    slots: asyncio.Semaphore
    ready: deque[Lane] = field(default_factory=deque)
    queued: set[str] = field(default_factory=set)
    loaded: int = 0
    gate: Gate = field(default_factory=Gate)
    is_held: bool = False
    look_real: float = 0.0
    window: int = WINDOW
    answered_real: float = 0.0

    def answered(self, real: float) -> None:
        """The destination took something, or said no: it is there."""
        self.answered_real = real
        self.gate.open()
