"""A bill: what a municipality is invoiced, line by line, every line with an id that can be explained."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from hub.metering.billing_periods import BillingPeriod
from hub.metering.month import Month
from hub.metering.municipalities import Municipality
from hub.metering.pot import Component
from hub.model.codes import ServiceCode

LineKind = Literal["charge", "state", "adjustment"]


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line: what, for which month, how many (None where nothing is counted), and øre without VAT.

    `pot` names the rule of the price model; `service` is set where the line is one service's part of it.
    """

    id: str
    kind: LineKind
    component: Component
    title: str
    month: Month
    ore: int
    pot: str = ""
    service: ServiceCode | None = None
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice, or a credit note where the sum is negative. `vat_percent` of the sum is added, rounded to the øre."""

    number: str
    municipality: Municipality
    period: BillingPeriod
    lines: tuple[BillLine, ...]
    vat_percent: Decimal

    @property
    def net_ore(self) -> int:
        """The sum of the lines."""
        return sum(line.ore for line in self.lines)

    @property
    def vat_ore(self) -> int:
        """Value-added tax on the sum, half an øre rounded away from zero."""
        return vat(self.net_ore, self.vat_percent)

    @property
    def gross_ore(self) -> int:
        """What is to be paid."""
        return self.net_ore + self.vat_ore


def vat(net_ore: int, percent: Decimal) -> int:
    """`percent` of `net_ore`, half an øre rounded away from zero."""
    upper, lower = (percent / 100).as_integer_ratio()
    part = (2 * abs(net_ore) * upper + lower) // (2 * lower)
    return -part if net_ore < 0 else part
