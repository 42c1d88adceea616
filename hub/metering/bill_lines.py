"""The lines of one municipality's month: what each pot, and each service of it, makes of the charges of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hub.metering.bill import BillLine
from hub.metering.charges import PotCharge
from hub.metering.pot import Component, Pot
from hub.metering.run import Run
from hub.metering.sharing import Ints
from hub.model.codes import SERVICE_NAMES, ServiceCode
from hub.model.money import split

READS = "oppslag"
CARRIED = ", medregnet det som er båret hit fra måneder med ingen å dele på"


@dataclass(frozen=True, slots=True)
class Cell:
    """A month and a municipality, by position."""

    month: int
    place: int


def component_ore(run: Run, component: Component, cell: Cell) -> int:
    """What the municipality pays of the component in the month."""
    amounts = run.charges.fixed if component == "fixed" else run.charges.variable
    return int(amounts[0, cell.month, cell.place])


def month_lines(run: Run, component: Component, cell: Cell, prefix: str) -> Iterator[BillLine]:
    """The lines of a component, summing to `component_ore`; ids begin with `prefix`. None for what is 0."""
    month = run.world.months[cell.month]
    sum_of_lines = 0
    for one in run.charges.pots:
        amount = pot_ore(one, component, cell)
        carried = CARRIED if cell.month and one.carried[0, cell.month - 1] else ""
        for part in _parts(run, one.pot, component, cell, amount):
            sum_of_lines += part.ore
            if part.ore:
                yield BillLine(
                    id=f"{prefix}.{month}.{part.key}",
                    kind="charge",
                    component=component,
                    title=part.title + carried,
                    month=month,
                    ore=part.ore,
                    pot=one.pot.name,
                    service=part.service,
                    quantity=part.quantity,
                )
    covered = component_ore(run, component, cell) - sum_of_lines
    if covered:
        yield BillLine(f"{prefix}.{month}.staten", "state", component, "Statens dekning av regningen", month, covered)


def pot_ore(one: PotCharge, component: Component, cell: Cell) -> int:
    """What falls on the municipality from a pot, of the given component, before rules on single bills."""
    amount = at(one.parts, cell)
    if one.pot.base is None:
        return amount if one.pot.component == component else 0
    weight = at(one.pot.weights, cell)
    fixed = amount * at(one.pot.base, cell) // weight if weight else 0
    return fixed if component == "fixed" else amount - fixed


def at(amounts: Ints, cell: Cell) -> int:
    """The cell of an array [1, months, municipalities]."""
    return int(amounts[0, cell.month, cell.place])


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    title: str
    ore: int
    service: ServiceCode | None = None
    quantity: int | None = None


def _parts(run: Run, pot: Pot, component: Component, cell: Cell, amount: int) -> Iterator[_Part]:
    if pot.services is None or component == "fixed":
        title = f"{pot.title}: grunnbeløp" if pot.base is not None else pot.title
        key = f"{pot.name}.grunnbelop" if pot.base is not None and component == "fixed" else pot.name
        yield _Part(key, title if component == "fixed" else pot.title, amount)
        return
    units = pot.services.units[0, cell.month, cell.place].tolist()
    weights = [n * rate for n, rate in zip(units, pot.services.rates.tolist(), strict=True)]
    base = at(pot.base, cell) if pot.base is not None else 0
    reads = at(pot.weights, cell) - base - sum(weights)
    shares = split(amount, [*weights, max(reads, 0)]) if sum(weights) + reads > 0 else [0] * len(weights) + [amount]
    for service, count, ore in zip(run.world.services, units, shares, strict=False):
        yield _Part(f"{pot.name}.{service}", f"{pot.title}: {SERVICE_NAMES[service]}", ore, service, count)
    if shares[-1]:
        yield _reads(run, pot, cell, shares[-1])


def _reads(run: Run, pot: Pot, cell: Cell, ore: int) -> _Part:
    """What no case accounts for: measured reads where they have a price, else a floor or fee without use."""
    if at(run.world.reads, cell):
        return _Part(f"{pot.name}.{READS}", "Målte oppslag", ore, quantity=at(run.world.reads, cell))
    return _Part(f"{pot.name}.uten-bruk", f"{pot.title}: uten bruk i måneden", ore)
