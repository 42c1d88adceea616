"""A municipality's year: what it paid for month by month, what it used, and the invoices that it got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.metering.bill import Bill
from hub.metering.bills import Billed
from hub.metering.kroner import kroner
from hub.metering.month import Month
from hub.metering.municipalities import Municipality
from hub.metering.run import Run
from hub.model.codes import SERVICE_NAMES


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of the statement, in øre without VAT, by everything that is known now."""

    month: Month
    fixed_ore: int
    variable_ore: int
    cases: int


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """The year's cases of a service and its active users on average over the months, one decimal."""

    name: str
    cases: int
    users: float


@dataclass(frozen=True, slots=True)
class YearlyStatement:
    """The year of one municipality. `bills` are those whose period ends in the year, or that settle it."""

    year: int
    municipality: Municipality
    population: int
    months: tuple[MonthRow, ...]
    services: tuple[ServiceRow, ...]
    bills: tuple[Bill, ...]
    per_inhabitant_ore: int
    national_per_inhabitant_ore: int

    @property
    def fixed_ore(self) -> int:
        """The year's fixed part."""
        return sum(row.fixed_ore for row in self.months)

    @property
    def variable_ore(self) -> int:
        """The year's variable part."""
        return sum(row.variable_ore for row in self.months)

    @property
    def total_ore(self) -> int:
        """The year's sum."""
        return self.fixed_ore + self.variable_ore

    @property
    def cases(self) -> int:
        """The year's cases."""
        return sum(row.cases for row in self.months)

    @property
    def invoiced_net_ore(self) -> int:
        """What the listed invoices come to without VAT."""
        return sum(bill.net_ore for bill in self.bills)

    @property
    def invoiced_vat_ore(self) -> int:
        """The VAT of the listed invoices."""
        return sum(bill.vat_ore for bill in self.bills)

    @property
    def reconciliation(self) -> str:
        """How the invoices and the year agree, in Norwegian."""
        if self.invoiced_net_ore == self.total_ore:
            return "Fakturaene er lik årets sum."
        difference = self.total_ore - self.invoiced_net_ore
        return (
            f"Forskjell mellom årets sum og fakturaene: {kroner(difference)} kroner. Det er justeringer som hører til "
            "andre år eller faktureres senere."
        )


def yearly_statements(billed: Billed, place: int, bills: Sequence[Bill]) -> list[YearlyStatement]:
    """The statement of each calendar year of the municipality at `place`, whose `bills` are given."""
    months = billed.last.world.months
    return [_statement(billed, place, bills, year) for year in sorted({m.year for m in months})]


def _statement(billed: Billed, place: int, bills: Sequence[Bill], year: int) -> YearlyStatement:
    run = billed.last
    inside = [t for t, month in enumerate(run.world.months) if month.year == year]
    rows = tuple(_row(run, t, place) for t in inside)
    population = int(run.world.population[inside[-1], place])
    paid = sum(row.fixed_ore + row.variable_ore for row in rows)
    whole = int(run.charges.municipal[0, inside].sum())
    last_year = run.world.months[-1].year
    return YearlyStatement(
        year=year,
        municipality=run.world.municipalities[place],
        population=population,
        months=rows,
        services=_services(run, inside, place),
        bills=tuple(b for b in bills if (b.period.months[-1].year if b.period.months else last_year) == year),
        per_inhabitant_ore=round(paid / max(population, 1)),
        national_per_inhabitant_ore=round(whole / int(run.world.population[inside[-1]].sum())),
    )


def _row(run: Run, month: int, place: int) -> MonthRow:
    return MonthRow(
        month=run.world.months[month],
        fixed_ore=int(run.charges.fixed[0, month, place]),
        variable_ore=int(run.charges.variable[0, month, place]),
        cases=int(run.world.cases[0, month, place].sum()),
    )


def _services(run: Run, months: Sequence[int], place: int) -> tuple[ServiceRow, ...]:
    cases = run.world.cases[0, months, place].sum(axis=0).tolist()
    users = run.world.users[0, months, place].mean(axis=0).tolist()
    return tuple(
        ServiceRow(SERVICE_NAMES[service], count, round(active, 1))
        for service, count, active in zip(run.world.services, cases, users, strict=True)
    )
