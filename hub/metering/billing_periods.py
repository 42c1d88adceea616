"""When a part of the bill is invoiced: which months go on which invoice, and when it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from hub.metering.month import Month
from hub.metering.pot import Component
from hub.metering.price_model import Billing, Rhythm

DAYS_TO_PAY = 30
_MONTHS = {"monthly": 1, "quarterly_in_advance": 3, "half_yearly_in_arrears": 6}
_LETTERS = {"fixed": "F", "variable": "V"}


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """The months of one invoice, of one component; None is the settlement of both after the whole period.

    `known_through` is the last month whose closing has passed when it is made; None when there is none yet.
    """

    component: Component | None
    months: tuple[Month, ...]
    issued: date
    known_through: Month | None
    label: str

    @property
    def due(self) -> date:
        """The last day to pay."""
        return self.issued + timedelta(days=DAYS_TO_PAY)


def billing_periods(billing: Billing, months: Sequence[Month], grace_days: int) -> tuple[BillingPeriod, ...]:
    """All invoices over `months` in the order in which they are made, the settlement last."""
    made = [
        *_of_component("fixed", billing.fixed, months, grace_days),
        *_of_component("variable", billing.variable, months, grace_days),
    ]
    made.sort(key=lambda period: (period.issued, period.component))
    return (*made, _settlement(months))


def _of_component(
    component: Component, rhythm: Rhythm, months: Sequence[Month], grace_days: int
) -> list[BillingPeriod]:
    size = _MONTHS[rhythm]
    grouped = (tuple(group) for _, group in groupby(months, key=lambda m: (m.year, (m.number - 1) // size)))
    return [_period(component, rhythm, group, grace_days) for group in grouped]


def _period(component: Component, rhythm: Rhythm, months: tuple[Month, ...], grace_days: int) -> BillingPeriod:
    in_advance = rhythm == "quarterly_in_advance"
    known = months[0].plus(-1) if in_advance else months[-1]
    issued = months[0].first_day if in_advance else months[-1].plus(1).first_day + timedelta(days=grace_days)
    return BillingPeriod(component, months, issued, known, f"{_LETTERS[component]}-{_label(rhythm, months[-1])}")


def _label(rhythm: Rhythm, last: Month) -> str:
    part = (last.number - 1) // _MONTHS[rhythm] + 1
    names = {"monthly": str(last), "quarterly_in_advance": f"{last.year}K{part}"}
    return names.get(rhythm, f"{last.year}H{part}")


def _settlement(months: Sequence[Month]) -> BillingPeriod:
    """Everything that became known later than the last invoice of its component: made a year after the period."""
    last = months[-1]
    return BillingPeriod(None, (), last.plus(13).first_day, None, f"O-{last}")
