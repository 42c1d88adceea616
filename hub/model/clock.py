"""Clocks. Time comes in as an argument; nothing below `hub.app` asks the machine for it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
#: The months as an English date names them, whatever the machine's language.
ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The hub's time of day, aware and UTC: for deadlines, registration times and ledgers."""
        return datetime.now(UTC)

    def real(self) -> float:
        """Seconds since 1970 by the machine: for leases, back-off and time-outs, which are never scaled."""
        return time.time()


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """A day that runs `factor` times as fast, from `start` at machine time `epoch` (seconds since 1970).

    Built from plain numbers so that several processes, and one that was killed and started again,
    agree on the time.
    """

    start: datetime
    epoch: float
    factor: float

    def now(self) -> datetime:
        """The scaled time, aware and UTC."""
        return self.start + timedelta(seconds=(time.time() - self.epoch) * self.factor)

    def real(self) -> float:
        """Seconds since 1970 by the machine, unscaled."""
        return time.time()

    @classmethod
    def parse(cls, text: str) -> ScaledClock:
        """A clock from `START/EPOCH/FACTOR`, the form in which `str` writes it."""
        start, epoch, factor = text.split("/")
        return cls(datetime.fromisoformat(start), float(epoch), float(factor))

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.epoch!r}/{self.factor!r}"
