"""All bills of an order: what each invoice holds, with adjustments for what became known since the last.

The rule: an invoice is made from what is known at its closing. For every earlier month, what the same rule now makes of
it, less what it made of it at the last closing, is an adjustment line. So everything that has been invoiced is at
any time what the ledger, as then known, comes to; and the last settlement brings it to what is known in the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.metering.bill import Bill, BillLine
from hub.metering.bill_lines import Cell, component_ore, month_lines
from hub.metering.billing_periods import BillingPeriod, billing_periods
from hub.metering.counting import GRACE_DAYS, CountedUse
from hub.metering.month import Month
from hub.metering.pot import Component
from hub.metering.run import Order, Run, run, run_on
from hub.model.errors import ConfigurationError, ConfigurationFault


@dataclass(frozen=True, slots=True)
class BillingTerms:
    """VAT in per cent of the sum, and how many days into the next month a month closes."""

    vat_percent: Decimal = Decimal(25)
    grace_days: int = GRACE_DAYS


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What a component's invoices so far were made of: the last run, the months, and what was known."""

    run: Run
    months: tuple[Month, ...]
    known_through: Month | None


@dataclass(frozen=True, slots=True)
class Step:
    """A billing period, the run by what is known then, and what was invoiced before."""

    period: BillingPeriod
    run: Run
    before: dict[Component, Invoiced]

    def invoiced_through(self, component: Component) -> Month | None:
        """The last month whose closing had passed when the component was last invoiced."""
        return self.before[component].known_through


class Billed:
    """Every invoice of an order over its whole period, made when asked for."""

    def __init__(self, order: Order, use: CountedUse | None, terms: BillingTerms) -> None:
        """`use` is the ledger's use by closing; None is an order on assumed use. Raises ConfigurationError."""
        if not 0 <= terms.vat_percent <= 100:
            raise ConfigurationError([ConfigurationFault(0, "--vat", f"{terms.vat_percent} er ikke fra 0 til 100")])
        self.terms = terms
        self.use = use
        self.last = run(replace(order, metered=use.known_at() if use else order.metered))
        self.steps = tuple(self._steps())

    def _steps(self) -> Iterator[Step]:
        months = self.last.world.months
        invoiced: dict[Component, Invoiced] = {}
        for period in billing_periods(self.last.model.billing, months, self.terms.grace_days):
            now = self._known(period)
            yield Step(period, now, dict(invoiced))
            if period.component is not None:
                done = invoiced[period.component].months if period.component in invoiced else ()
                invoiced[period.component] = Invoiced(now, (*done, *period.months), period.known_through)

    def _known(self, period: BillingPeriod) -> Run:
        if self.use is None or period.component is None:
            return self.last
        known = self.use.known_at(period.known_through)
        ground = replace(self.last.foundation, metered=known)
        order = replace(self.last.order, metered=known)
        return run_on(order, self.last.model, self.last.terms, ground)

    def bills(self, places: Sequence[int] | None = None) -> Iterator[Bill]:
        """The bills of the municipalities at `places` (None: all), in order of making; none without lines."""
        chosen = range(len(self.last.world.municipalities)) if places is None else places
        for step in self.steps:
            for place in chosen:
                bill = self.bill(step, place)
                if bill.lines:
                    yield bill

    def bill(self, step: Step, place: int) -> Bill:
        """The bill that `step` makes for the municipality at `place`."""
        municipality = self.last.world.municipalities[place]
        number = f"{municipality.number}-{step.period.label}"
        lines = (*_charges(step, place, number), *_adjustments(step, place, number))
        return Bill(number, municipality, step.period, lines, self.terms.vat_percent)

    def step_of(self, label: str) -> Step | None:
        """The step that makes the bills with this label (the part of a bill's number after the municipality's)."""
        return next((step for step in self.steps if step.period.label == label), None)


def _charges(step: Step, place: int, number: str) -> Iterator[BillLine]:
    months = step.run.world.months
    if step.period.component is not None:
        for month in step.period.months:
            cell = Cell(months.index(month), place)
            yield from month_lines(step.run, step.period.component, cell, number)


def _adjustments(step: Step, place: int, number: str) -> Iterator[BillLine]:
    components = ("fixed", "variable") if step.period.component is None else (step.period.component,)
    for component in components:
        if component not in step.before:
            continue
        before = step.before[component]
        for month in before.months:
            cell = Cell(step.run.world.months.index(month), place)
            ore = component_ore(step.run, component, cell) - component_ore(before.run, component, cell)
            if ore:
                title = f"Justering for {month.norwegian}: endret bruk siden forrige avregning"
                line_id = f"{number}.{month}.justering-{component}"
                yield BillLine(line_id, "adjustment", component, title, month, ore)
