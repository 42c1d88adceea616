"""A calendar month, and how a year's amount falls on its months."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_NAMES = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year. `number` is 1 to 12."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month written as `YYYY-MM`. Raises ValueError on anything else."""
        found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip())
        if not found:
            raise ValueError(f"{text!r} er ikke en måned på formen ÅÅÅÅ-MM")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that `day` is in."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> Month:
        """The month that comes `months` after this one."""
        years, zero_based = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(years, zero_based + 1)

    @property
    def days(self) -> int:
        """How many days the month has."""
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return date(self.year, self.number, 1)

    @property
    def norwegian(self) -> str:
        """The month as people write it: `mars 2025`."""
        return f"{_NAMES[self.number - 1]} {self.year}"

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def months_from(start: Month, count: int) -> tuple[Month, ...]:
    """`count` months in calendar order, the first being `start`."""
    return tuple(start.plus(n) for n in range(count))


def years_of(months: Sequence[Month]) -> tuple[int, ...]:
    """The calendar years that `months` touch, in order."""
    return tuple(sorted({m.year for m in months}))
