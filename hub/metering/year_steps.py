"""How a year's money falls on its months, level by level, so that every level sums to the one above.

All is worked out as sums from January on: through month k, the year's total has fallen by k/12, the state has its per
cent of that, and each pot its part of what is left, each rounded to the øre. A month's amount is the difference
between two such sums. No rounding is ever carried along; a quarter is a quarter to the øre; nothing is negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from hub.metering.month import Month, years_of
from hub.metering.sharing import Ints, mul_div


@dataclass(frozen=True, slots=True)
class YearSums:
    """Amounts of each month's calendar year, summed through the month and through the one before: [draws, months]."""

    through: Ints
    before: Ints

    @property
    def in_month(self) -> Ints:
        """What falls on each month."""
        return self.through - self.before

    def part(self, share: Sequence[Fraction]) -> YearSums:
        """The given part of these sums, by month (the same all through a calendar year), half an øre rounded up."""
        upper = np.array([f.numerator for f in share], np.int64)
        lower = np.array([f.denominator for f in share], np.int64)
        return YearSums(_rounded(self.through, upper, lower), _rounded(self.before, upper, lower))

    def less(self, other: YearSums) -> YearSums:
        """What is left when `other` is taken out."""
        return YearSums(self.through - other.through, self.before - other.before)


def _rounded(amount: Ints, upper: Ints, lower: Ints | int) -> Ints:
    return mul_div(amount, 2 * upper, 2 * lower, add=lower)[0]


def year_sums(yearly: Ints, months: Sequence[Month]) -> YearSums:
    """`yearly` øre [draws, years], the years being those that `months` touch, as sums through each month."""
    years = years_of(months)
    place = [years.index(m.year) for m in months]
    number = np.array([m.number for m in months], np.int64)
    amounts = yearly[..., place]
    return YearSums(_rounded(amounts, number, 12), _rounded(amounts, number - 1, 12))


def month_amounts(yearly: Ints, months: Sequence[Month]) -> Ints:
    """Yearly øre [months, municipalities] (each month's yearly rate) as what falls on the month, without remainder."""
    number = np.array([m.number for m in months], np.int64)[:, None]
    amounts: Ints = _rounded(yearly, number, 12) - _rounded(yearly, number - 1, 12)
    return amounts
