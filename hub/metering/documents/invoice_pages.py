"""Invoices and yearly statements as HTML pages, in Norwegian."""

from __future__ import annotations

from hub.metering.bill import Bill
from hub.metering.documents.charts import months_chart
from hub.metering.documents.pages import chart, page
from hub.metering.run import Run
from hub.metering.yearly_statement import YearlyStatement

_SCOPES = {"fixed": "Fast del", "variable": "Variabel del", None: "Sluttoppgjør"}


def invoice_page(bill: Bill, run: Run, run_file: str) -> str:
    """The invoice, or credit note, as a page. `run_file` is what `cost explain` needs to explain its lines."""
    return page(
        "faktura.html",
        bill=bill,
        kind=kind(bill),
        scope=scope(bill),
        model=run.model,
        run_file=run_file,
        warnings=run.warnings,
        assumptions=run.assumptions(),
        sources=run.sources(),
    )


def statement_page(statement: YearlyStatement, run: Run) -> str:
    """The yearly statement as a page with a chart of the months."""
    months = [str(row.month) for row in statement.months]
    fixed = [row.fixed_ore for row in statement.months]
    variable = [row.variable_ore for row in statement.months]
    return page(
        "arsoppgave.html",
        statement=statement,
        model=run.model,
        chart=chart(months_chart(months, fixed, variable), "Fast og variabel del måned for måned, kroner uten mva."),
        warnings=run.warnings,
        assumptions=run.assumptions(),
        sources=run.sources(),
    )


def kind(bill: Bill) -> str:
    """What the document is called."""
    return "Kreditnota" if bill.gross_ore < 0 else "Faktura"


def scope(bill: Bill) -> str:
    """What the bill is for: the part, and the months."""
    part = _SCOPES[bill.period.component]
    if not bill.period.months:
        return f"{part} for det som ble kjent etter siste faktura"
    first, last = bill.period.months[0].norwegian, bill.period.months[-1].norwegian
    return f"{part}, {first}" if first == last else f"{part}, {first} til {last}"
