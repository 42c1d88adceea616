"""A run as a workbook (XLSX) that recalculates.

Change the total, the state's share, the key, who is connected, the use or a price, and every øre follows, by the same
rule of the largest remainder.

Sheets: Forutsetninger (what may be changed, and the texts), Måneder (gross, state, pots, carried), one sheet per pot,
Kommuner (the sums, and a control that must be 0). Where a model's rule can't be said in a cell's formula (caps and
floors, rules on single bills), the sheet holds values and says so.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from hub.metering.documents.workbook_pots import PotSheet, Sheets, write_inputs, write_pot
from hub.metering.run import Run
from hub.metering.sharing import Ints


def run_workbook(run: Run) -> bytes:
    """The workbook's bytes."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"title": f"Kostnad etter {run.model.name}", "comments": run.model.title})
    sheets = Sheets(book, run)
    assumed, months, summary = sheets.add("Forutsetninger"), sheets.add("Måneder"), sheets.add("Kommuner")
    recalculates = not run.terms.state.takes_from_bills and run.terms.prices == "recover"
    write_inputs(sheets)
    pots = [write_pot(sheets, index, formulas=recalculates) for index in range(len(run.charges.pots))]
    _write_assumptions(sheets, assumed, recalculates and all(pot.recalculates for pot in pots))
    _write_months(sheets, months, pots)
    _write_summary(sheets, summary, pots)
    assumed.activate()
    book.close()
    return file.getvalue()


def _write_assumptions(sheets: Sheets, sheet: Any, recalculates: bool) -> None:
    run, bold = sheets.run, sheets.bold
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 20)
    sheet.write(0, 0, f"Prismodell {run.model.name}: {run.model.title}", bold)
    sheet.write(1, 0, "Statens andel, prosent")
    sheets.write_percent(sheet)
    for row, year in enumerate(sheets.years):
        sheet.write(2 + row, 0, f"Brutto kostnad i {year}, øre")
        sheet.write_number(2 + row, 1, int(run.world.yearly_gross[0, row]), sheets.input)
    row = sheets.first_price_row
    for service, rate in sheets.prices():
        sheet.write(row, 0, f"Pris for {service}, hundredels øre")
        sheet.write_number(row, 1, rate, sheets.input)
        row += 1
    kind = "Regnearket regner alt på nytt når du endrer de gule cellene."
    if not recalculates:
        kind = "Denne modellen med disse vilkårene står som verdier; bare summene regnes på nytt."
    for text in ("", kind, *run.warnings, "", *run.assumptions(), *run.sources()):
        sheet.write_string(row, 0, text)
        row += 1
    for line in ("", "Formelen:", *run.model.formula.strip().splitlines()):
        sheet.write_string(row, 0, line)
        row += 1


def _write_months(sheets: Sheets, sheet: Any, pots: list[PotSheet]) -> None:
    """One row per month. Amounts through the month, and through the one before, since January; then the month's own."""
    heading = ["Måned", "Nr.", "Årets brutto", "Brutto t.o.m.", "Brutto før", "Staten t.o.m.", "Staten før"]
    heading += ["Brutto", "Staten"]
    for pot in pots:
        heading += [f"{pot.name} t.o.m.", f"{pot.name} før", f"{pot.name}, måneden", "å fordele", "fordelt", "båret"]
    heading += ["Rest til staten", "Kontroll"]
    sheet.write_row(0, 0, heading, sheets.bold)
    sheet.set_column(0, len(heading), 16)
    for t, month in enumerate(sheets.run.world.months):
        _write_month(sheets, sheet, pots, t)
        sheet.write_string(t + 1, 0, str(month))


def _write_month(sheets: Sheets, sheet: Any, pots: list[PotSheet], t: int) -> None:
    run, row = sheets.run, t + 2
    month = run.world.months[t]
    charges = run.charges
    sheet.write_number(t + 1, 1, month.number)
    sheet.write_formula(t + 1, 2, f"=Forutsetninger!$B${3 + sheets.years.index(month.year)}")
    sheet.write_formula(t + 1, 3, f"=INT((2*C{row}*B{row}+12)/24)")
    sheet.write_formula(t + 1, 4, f"=INT((2*C{row}*(B{row}-1)+12)/24)")
    for column, source in ((5, "D"), (6, "E")):
        sheet.write_formula(t + 1, column, f"={sheets.state_part(f'{source}{row}')}")
    sheet.write_formula(t + 1, 7, f"=D{row}-E{row}", None, int(charges.gross[0, t]))
    sheet.write_formula(t + 1, 8, f"=F{row}-G{row}")
    through, before = f"D{row}-F{row}", f"E{row}-G{row}"
    for index, pot in enumerate(pots):
        first = 9 + 6 * index
        through, before = _write_pot_month(sheets, sheet, pot, t, first=first, through=through, before=before)
    last = 9 + 6 * len(pots)
    left = "+".join(f"{_at(9 + 6 * i + 3, row)}-{_at(9 + 6 * i + 4, row)}" for i in range(len(pots)))
    sheet.write_formula(t + 1, last, f"={left}")
    carried = "".join(_carried_change(9 + 6 * i + 5, row, t) for i in range(len(pots)))
    shared = "".join(f"-{_at(9 + 6 * i + 4, row)}" for i in range(len(pots)))
    sheet.write_formula(t + 1, last + 1, f"=H{row}-I{row}-{_at(last, row)}{shared}{carried}", None, 0)


def _carried_change(column: int, row: int, t: int) -> str:
    before = f"+{_at(column, row - 1)}" if t else ""
    return f"-{_at(column, row)}{before}"


def _write_pot_month(
    sheets: Sheets, sheet: Any, pot: PotSheet, t: int, *, first: int, through: str, before: str
) -> tuple[str, str]:
    """The pot's columns in a month's row; answers what is left for the next pot, through the month and before it."""
    row, charge = t + 2, sheets.run.charges.pots[pot.index]
    if pot.index == len(sheets.run.charges.pots) - 1:
        sheet.write_formula(t + 1, first, f"={through}")
        sheet.write_formula(t + 1, first + 1, f"={before}")
    else:
        share = charge.pot.share[t]
        for column, rest in ((first, through), (first + 1, before)):
            sheet.write_formula(t + 1, column, f"={_part(f'({rest})', share.numerator, share.denominator)}")
    sheet.write_formula(t + 1, first + 2, f"={_at(first, row)}-{_at(first + 1, row)}")
    carried = f"+{_at(first + 5, row - 1)}" if t else ""
    amount = f"({_at(first + 2, row)}{carried})"
    payable, shared = int(charge.payable[0, t]), int(charge.parts[0, t].sum())
    if not pot.recalculates:
        sheet.write_number(t + 1, first + 3, payable)
        sheet.write_formula(t + 1, first + 4, f"={pot.sum_of(t)}", None, shared)
        sheet.write_number(t + 1, first + 5, int(charge.carried[0, t]))
    else:
        sheet.write_formula(t + 1, first + 3, f"=IF({pot.weight_of(t)}>0,{amount},0)", None, payable)
        sheet.write_formula(t + 1, first + 4, f"={pot.sum_of(t)}", None, shared)
        sheet.write_formula(t + 1, first + 5, f"={amount}-{_at(first + 3, row)}", None, int(charge.carried[0, t]))
    return f"{through}-{_at(first, row)}", f"{before}-{_at(first + 1, row)}"


def _part(amount: str, upper: int, lower: int) -> str:
    """Amount * upper / lower, half an øre rounded up, without any product that a spreadsheet can't hold exactly."""
    whole = f"INT({amount}/{lower})"
    rest = f"({amount}-{whole}*{lower})"
    return f"{whole}*{upper}+INT((2*{rest}*{upper}+{lower})/{2 * lower})"


def _at(column: int, row: int) -> str:
    return f"{xl_col_to_name(column)}{row}"


def _write_summary(sheets: Sheets, sheet: Any, pots: list[PotSheet]) -> None:
    run = sheets.run
    heading = ["Nr.", "Kommune", "Innbyggere", "Fast, øre", "Variabelt, øre", "Sum, øre", "Kroner per innbygger"]
    sheet.write_row(0, 0, heading, sheets.bold)
    sheet.set_column(1, 6, 18)
    fixed, variable = (a[0].sum(axis=0) for a in (run.charges.fixed, run.charges.variable))
    for place, municipality in enumerate(run.world.municipalities):
        row = place + 2
        sheet.write_string(place + 1, 0, municipality.number)
        sheet.write_string(place + 1, 1, municipality.name)
        sheet.write_number(place + 1, 2, int(run.world.population[-1, place]))
        _write_sums(sheets, sheet, pots, place, fixed=fixed, variable=variable)
        sheet.write_formula(place + 1, 5, f"=D{row}+E{row}", None, int(fixed[place] + variable[place]))
        sheet.write_formula(place + 1, 6, f"=IF(C{row}>0,F{row}/C{row}/100,0)")
    last = len(run.world.municipalities) + 1
    sheet.write_string(last, 1, "Sum", sheets.bold)
    for column, amount in ((3, fixed), (4, variable), (5, fixed + variable)):
        letter = xl_col_to_name(column)
        sheet.write_formula(last, column, f"=SUM({letter}2:{letter}{last})", sheets.bold, int(amount.sum()))
    if run.warnings:
        sheet.write_string(last + 1, 1, run.warnings[0], sheets.bold)


def _write_sums(sheets: Sheets, sheet: Any, pots: list[PotSheet], place: int, *, fixed: Ints, variable: Ints) -> None:
    for column, component, amount in ((3, "fixed", fixed), (4, "variable", variable)):
        chosen = [pot for pot in pots if pot.component == component]
        if sheets.sums_by_pot:
            formula = "+".join(pot.row_sum(place) for pot in chosen) or "0"
            sheet.write_formula(place + 1, column, f"={formula}", None, int(amount[place]))
        else:
            sheet.write_number(place + 1, column, int(amount[place]))
