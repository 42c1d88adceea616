"""Tables for a spreadsheet or a script as CSV. Amounts are whole øre; every row says by which key it was made."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from hub.metering.bill import Bill
from hub.metering.comparison import ComparisonAnswer
from hub.metering.run_answer import RunAnswer

_STAND_IN = "erstatning - ikke den virkelige kostnadsnøkkelen"


def _key(is_stand_in: bool) -> str:
    """What the column `cost_key` says: a key from a file, or none used, is nothing to warn of."""
    return _STAND_IN if is_stand_in else ""


def run_csv(answer: RunAnswer) -> str:
    """One row per municipality with a column per month."""
    months = [month.month for month in answer.months]
    heading = ["number", "name", "fixed_ore", "variable_ore", "total_ore", *months, "cost_key"]
    key = _key(bool(answer.warnings))
    rows = ([m.number, m.name, m.fixed_ore, m.variable_ore, m.total_ore, *m.months, key] for m in answer.municipalities)
    return _csv(heading, rows)


def comparison_csv(answer: ComparisonAnswer) -> str:
    """One row per municipality and model: the expected bill and its percentiles."""
    heading = ["number", "name", "population", "model", "total_ore", "p10_ore", "p50_ore", "p90_ore", "cost_key"]
    key = _key(bool(answer.warnings))
    rows = (
        [m.number, m.name, m.population, one.model, m.total_ore[i], m.p10_ore[i], m.p50_ore[i], m.p90_ore[i], key]
        for m in answer.municipalities
        for i, one in enumerate(answer.models)
    )
    return _csv(heading, rows)


def bills_csv(bills: Iterable[Bill], *, is_stand_in: bool) -> str:
    """One row per invoice line."""
    heading = ["bill", "line", "number", "name", "issued", "due", "title", "month", "quantity", "ore", "cost_key"]
    key = _key(is_stand_in)
    rows = (
        [
            bill.number,
            line.id,
            bill.municipality.number,
            bill.municipality.name,
            bill.period.issued,
            bill.period.due,
            line.title,
            line.month,
            "" if line.quantity is None else line.quantity,
            line.ore,
            key,
        ]
        for bill in bills
        for line in bill.lines
    )
    return _csv(heading, rows)


def _csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue()
