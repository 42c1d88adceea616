"""The workbook's inputs (key, connected, use) and one sheet per pot, where the money is shared by formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from hub.metering.pot import Pot
from hub.metering.run import Run
from hub.metering.sharing import Ints

_PER_MONTH = 4
_FIRST = 2
_EXACT = 2**53


class PlainSheet(Worksheet):  # type: ignore[misc]  # mypy is set not to read xlsxwriter
    """A sheet whose formulas are written as they are.

    The library looks through every formula for functions newer than the file format, which takes most of the time of
    writing a workbook. Ours use none. Should the method get another name, only the time is lost.
    """

    def _prepare_formula(self, formula: str, *_: object, **__: object) -> str:
        return formula.removeprefix("=")


class Sheets:
    """What all sheets of a workbook share: the run, the formats, and where things stand."""

    def __init__(self, book: Any, run: Run) -> None:
        self.book = book
        self.run = run
        self.bold = book.add_format({"bold": True, "text_wrap": True})
        self.input = book.add_format({"bg_color": "#FFF2AB", "border": 1})
        self.hidden = book.add_format({"num_format": ";;;"})
        self.years = sorted({m.year for m in run.world.months})
        self.first_price_row = 2 + len(self.years)
        self.last_row = len(run.world.municipalities) + 1
        self.sums_by_pot = not run.terms.state.takes_from_bills and all(p.pot.base is None for p in run.charges.pots)

    def add(self, name: str) -> Any:
        """A new sheet."""
        return self.book.add_worksheet(name, worksheet_class=PlainSheet)

    def prices(self) -> Iterator[tuple[str, int]]:
        """Each service's price, where the model has prices by service: reduced by what all have in common."""
        rates = next((p.pot.services.rates for p in self.run.charges.pots if p.pot.services is not None), None)
        if rates is not None:
            yield from zip(self.run.world.services, reduced(rates).tolist(), strict=True)

    def price_range(self) -> str:
        """The cells with the prices."""
        first = self.first_price_row + 1
        return f"Forutsetninger!$B${first}:$B${first + len(self.run.world.services) - 1}"

    def state_part(self, amount: str) -> str:
        """The state's per cent of the amount in a cell, half an øre rounded up; the per cent has ten decimals.

        Per cent and amount are multiplied as numbers with two digits, the base being a million, as one does by hand: a
        spreadsheet's number can't hold the product.
        """
        upper, lower = "Forutsetninger!$C$2", "Forutsetninger!$D$2"
        millions = f"INT({amount}/1000000)"
        rest = f"({amount}-{millions}*1000000)"
        middle = f"({millions}*{lower}+{rest}*{upper})"
        carried = f"INT({middle}/1000000)"
        last = f"(({middle}-{carried}*1000000)*1000000+{rest}*{lower}+500000000000)"
        return f"{millions}*{upper}+{carried}+INT({last}/1000000000000)"

    def write_percent(self, sheet: Any) -> None:
        """The state's per cent and, beside it, its two digits for `state_part`."""
        percent = self.run.terms.state.percent
        whole = round(percent * 10**10)
        ten_decimals = "INT($B$2*10000000000+0.5)"
        sheet.write_number(1, 1, float(percent), self.input)
        sheet.write_formula(1, 2, f"=INT({ten_decimals}/1000000)", self.hidden, whole // 10**6)
        sheet.write_formula(1, 3, f"={ten_decimals}-$C$2*1000000", self.hidden, whole % 10**6)

    def names(self, sheet: Any) -> None:
        """Numbers and names of the municipalities in a sheet's first two columns."""
        sheet.write_row(0, 0, ["Nr.", "Kommune"], self.bold)
        sheet.set_column(1, 1, 22)
        for place, municipality in enumerate(self.run.world.municipalities):
            sheet.write_string(place + 1, 0, municipality.number)
            sheet.write_string(place + 1, 1, municipality.name)


@dataclass(frozen=True, slots=True)
class PotSheet:
    """A pot's sheet: four columns per month (weight, whole part, remainder, øre)."""

    index: int
    name: str
    component: str
    recalculates: bool
    months: int
    last_row: int

    def column(self, month: int, which: int) -> str:
        """The letter of one of a month's four columns."""
        return str(xl_col_to_name(_FIRST + _PER_MONTH * month + which))

    def _range(self, month: int, which: int) -> str:
        letter = self.column(month, which)
        return f"'{self.name}'!{letter}$2:{letter}${self.last_row}"

    def weight_of(self, month: int) -> str:
        """The sum of the month's weights."""
        return f"SUM({self._range(month, 0)})"

    def sum_of(self, month: int) -> str:
        """The sum of the month's øre."""
        return f"SUM({self._range(month, 3)})"

    def row_sum(self, place: int) -> str:
        """A municipality's øre over all months."""
        return "+".join(f"'{self.name}'!{self.column(t, 3)}{place + 2}" for t in range(self.months))


def reduced(weights: Ints) -> Ints:
    """The weights divided by what all have in common: they share alike, and a spreadsheet can hold the products."""
    common = int(np.gcd.reduce(weights, axis=None))
    return weights // max(common, 1)


def write_inputs(sheets: Sheets) -> None:
    """The sheets Nøkkel, Tilknyttet, Innbyggere and, where it counts, use by service: all may be changed."""
    world = sheets.run.world
    for name, amounts in (("Nøkkel", reduced(world.key)), ("Tilknyttet", world.connected[0].astype(np.int64))):
        _write_by_month(sheets, name, amounts)
    _write_by_month(sheets, "Innbyggere", world.population)
    used = {one.pot.services.unit for one in sheets.run.charges.pots if one.pot.services is not None}
    for index, service in enumerate(world.services):
        for unit, sheet, amounts in (("sak", "saker", world.cases), ("bruker", "brukere", world.users)):
            if unit in used:
                _write_by_month(sheets, f"{service} {sheet}", amounts[0, :, :, index])


def _write_by_month(sheets: Sheets, name: str, amounts: Ints) -> None:
    sheet = sheets.add(name)
    sheets.names(sheet)
    for t, month in enumerate(sheets.run.world.months):
        sheet.write_string(0, _FIRST + t, str(month), sheets.bold)
        sheet.write_column(1, _FIRST + t, amounts[t].tolist(), sheets.input)


@dataclass(frozen=True, slots=True)
class StatedWeights:
    """A pot's weights [months, municipalities] as its sheet states them: by a formula of the inputs, or as values."""

    amounts: Ints
    formula: Callable[[str, int], str] | None

    @property
    def fit(self) -> bool:
        """Whether remainders by these weights are held exactly by a spreadsheet's number."""
        largest = self.amounts.sum(axis=-1).astype(np.float64) * self.amounts.max(axis=-1)
        return bool((largest < _EXACT).all())


def stated_weights(sheets: Sheets, pot: Pot) -> StatedWeights:
    """How the pot's weights come about from what the workbook's user may change."""
    world, key = sheets.run.world, reduced(sheets.run.world.key)
    if pot.services is not None and np.array_equal(pot.services.units @ pot.services.rates, pot.weights):
        amounts = pot.services.units[0] @ reduced(pot.services.rates)
        return StatedWeights(np.asarray(amounts, np.int64), _priced_use(sheets, pot.services.unit))
    if np.array_equal(pot.weights, world.key[None]):
        return StatedWeights(key, lambda month, row: f"'Nøkkel'!{month}{row}")
    if np.array_equal(pot.weights, world.key[None] * world.connected):
        formula = "'Nøkkel'!{0}{1}*'Tilknyttet'!{0}{1}".format
        return StatedWeights(np.asarray(key * world.connected[0], np.int64), formula)
    if np.array_equal(pot.weights, world.population[None]):
        return StatedWeights(world.population, lambda month, row: f"'Innbyggere'!{month}{row}")
    return StatedWeights(reduced(pot.weights[0]), None)


def _priced_use(sheets: Sheets, unit: str) -> Callable[[str, int], str]:
    sheet = "saker" if unit == "sak" else "brukere"
    first = sheets.first_price_row + 1
    services = list(enumerate(sheets.run.world.services))
    return lambda month, row: "+".join(
        f"'{service} {sheet}'!{month}{row}*Forutsetninger!$B${first + i}" for i, service in services
    )


def write_pot(sheets: Sheets, index: int, *, formulas: bool) -> PotSheet:
    """One pot's sheet, with formulas where its rule can be said in them."""
    one = sheets.run.charges.pots[index]
    weights = stated_weights(sheets, one.pot)
    pot = PotSheet(
        index=index,
        name=f"{one.pot.title.split(':', maxsplit=1)[0][:25]} {index + 1}",
        component=one.pot.component,
        recalculates=formulas and one.pot.most is None and one.pot.base is None and weights.fit,
        months=len(sheets.run.world.months),
        last_row=sheets.last_row,
    )
    sheet = sheets.add(pot.name)
    sheets.names(sheet)
    for t, month in enumerate(sheets.run.world.months):
        heading = [f"{month} vekt", f"{month} hele", f"{month} rest", f"{month} øre"]
        sheet.write_row(0, _FIRST + _PER_MONTH * t, heading, sheets.bold)
        _write_weights(sheet, weights, t)
        _write_shares(sheet, pot, t, one.parts[0, t].tolist())
    return pot


def _write_weights(sheet: Any, weights: StatedWeights, t: int) -> None:
    column, month = _FIRST + _PER_MONTH * t, xl_col_to_name(_FIRST + t)
    for place, weight in enumerate(weights.amounts[t].tolist()):
        if weights.formula is None:
            sheet.write_number(place + 1, column, weight)
        else:
            sheet.write_formula(place + 1, column, f"={weights.formula(month, place + 2)}", None, weight)


def _write_shares(sheet: Any, pot: PotSheet, t: int, amounts: Sequence[int]) -> None:
    """The øre of each municipality: by the largest remainder, or as values."""
    column = _FIRST + _PER_MONTH * t
    if not pot.recalculates:
        sheet.write_column(1, column + 3, amounts)
        return
    w, part, rest = (pot.column(t, which) for which in range(3))
    payable = f"Måneder!${xl_col_to_name(9 + 6 * pot.index + 3)}${t + 2}"
    whole = f"SUM({w}$2:{w}${pot.last_row})"
    each = f"INT({payable}/{whole})"
    over = f"({payable}-{each}*{whole})"
    left = f"{payable}-SUM({part}$2:{part}${pot.last_row})"
    for row, amount in enumerate(amounts, start=2):
        product = f"{over}*{w}{row}"
        sheet.write_formula(row - 1, column + 1, f"=IF({whole}>0,{each}*{w}{row}+INT({product}/{whole}),0)")
        sheet.write_formula(row - 1, column + 2, f"=IF({whole}>0,{product}-INT({product}/{whole})*{whole},0)")
        before = f"SUMPRODUCT(--({rest}$2:{rest}${pot.last_row}>{rest}{row}))"
        equal = f"SUMPRODUCT(--({rest}$2:{rest}{row}={rest}{row}))"
        sheet.write_formula(row - 1, column + 3, f"={part}{row}+IF({before}+{equal}<={left},1,0)", None, amount)
