"""Invoices and yearly statements as PDF, in Norwegian. The same bill gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import matplotlib
from fpdf import FPDF

from hub.metering.bill import Bill
from hub.metering.documents.invoice_pages import kind, scope
from hub.metering.kroner import decimal_comma, grouped, kroner
from hub.metering.run import Run
from hub.metering.yearly_statement import YearlyStatement

_FONT = "DejaVu"
_LINE = 5
_NOT_A_CLAIM = "Beregnet av kostnadsmodellen i Knutepunkt. Ikke et betalingskrav."


class _Page(FPDF):  # type: ignore[misc]  # mypy is set not to read fpdf2
    """A4 with the page number at the foot. The font (DejaVu, which comes with matplotlib) covers Sámi names too."""

    def __init__(self, title: str, made: datetime) -> None:
        super().__init__(format="A4")
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
        self.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
        self.set_title(title)
        self.set_lang("nb-NO")
        self.set_creation_date(made)
        self.set_auto_page_break(True, margin=18)
        self.add_page()
        self.set_font(_FONT, "B", 17)
        self.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(_FONT, "", 8)
        self.cell(0, 5, f"Side {self.page_no()}", align="R")

    def paragraph(self, text: str, style: str = "", size: int = 9) -> None:
        self.set_font(_FONT, style, size)
        self.multi_cell(0, _LINE, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def heading(self, text: str) -> None:
        self.ln(3)
        self.paragraph(text, "B", 12)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        for name, value in rows:
            self.set_font(_FONT, "B", 9)
            self.cell(45, _LINE, name)
            self.set_font(_FONT, "", 9)
            self.multi_cell(0, _LINE, value, new_x="LMARGIN", new_y="NEXT")
        self.ln(2)

    def rows(self, heading: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """A table; the first column is text, the last ones amounts to the right."""
        self.set_font(_FONT, "", 8)
        right = [width < 35 for width in widths]
        with self.table(
            col_widths=tuple(widths),
            text_align=tuple("RIGHT" if r else "LEFT" for r in right),
            line_height=_LINE,
            borders_layout="HORIZONTAL_LINES",
        ) as table:
            for cells in (heading, *rows):
                row: Any = table.row()
                for cell in cells:
                    row.cell(cell)

    def ending(self, run: Run) -> None:
        self.heading("Slik regnes det")
        self.paragraph(run.model.formula.strip(), size=8)
        for title, texts in (("Forutsetninger", run.assumptions()), ("Kilder", run.sources())):
            self.heading(title)
            for text in texts:
                self.paragraph(f"– {text}", size=8)


def invoice_pdf(bill: Bill, run: Run) -> bytes:
    """The invoice, or credit note, as PDF."""
    title = f"{kind(bill)} {bill.number}"
    pdf = _Page(title, datetime.combine(bill.period.issued, time(), UTC))
    pdf.paragraph(_NOT_A_CLAIM, "B")
    for text in run.warnings:
        pdf.paragraph(text, "B", 8)
    pdf.facts(
        (
            ("Til", f"{bill.municipality.name} kommune ({bill.municipality.number})"),
            ("Organisasjonsnummer", bill.municipality.organisation_number),
            ("Gjelder", scope(bill)),
            ("Fakturadato", f"{bill.period.issued:%d.%m.%Y}"),
            ("Forfall", f"{bill.period.due:%d.%m.%Y}"),
            ("Prismodell", f"{run.model.title} ({run.model.name})"),
        )
    )
    lines = [_invoice_line(line.title, line.month.norwegian, line.id, line.quantity, line.ore) for line in bill.lines]
    pdf.rows(("Hva", "Linje", "Antall", "Kroner"), lines, (82, 62, 20, 26))
    for text, ore in (
        ("Sum uten merverdiavgift", bill.net_ore),
        (f"Merverdiavgift {decimal_comma(bill.vat_percent)} %", bill.vat_ore),
        ("Til gode" if bill.gross_ore < 0 else "Å betale", bill.gross_ore),
    ):
        _sum(pdf, text, ore)
    pdf.ending(run)
    return bytes(pdf.output())


def _invoice_line(title: str, month: str, line_id: str, quantity: int | None, ore: int) -> tuple[str, str, str, str]:
    return f"{title}, {month}", line_id, "" if quantity is None else grouped(quantity), kroner(ore)


def _sum(pdf: _Page, text: str, ore: int) -> None:
    pdf.set_font(_FONT, "B", 9)
    pdf.cell(140, 6, text)
    pdf.cell(0, 6, kroner(ore), align="R", new_x="LMARGIN", new_y="NEXT")


def statement_pdf(statement: YearlyStatement, run: Run) -> bytes:
    """The yearly statement as PDF."""
    made = datetime(statement.year, 12, 31, tzinfo=UTC)
    pdf = _Page(f"Årsoppgave {statement.year}, {statement.municipality.name}", made)
    pdf.paragraph(_NOT_A_CLAIM, "B")
    for text in run.warnings:
        pdf.paragraph(text, "B", 8)
    head = f"{kroner(statement.per_inhabitant_ore)} kroner (alle: {kroner(statement.national_per_inhabitant_ore)})"
    pdf.facts(
        (
            ("Kommune", f"{statement.municipality.name} ({statement.municipality.number})"),
            ("Organisasjonsnummer", statement.municipality.organisation_number),
            ("Prismodell", f"{run.model.title} ({run.model.name})"),
            ("Sum uten mva.", f"{kroner(statement.total_ore)} kroner"),
            ("Per innbygger", head),
        )
    )
    _months_table(pdf, statement)
    pdf.heading("Bruk etter tjeneste")
    services = [(s.name, grouped(s.cases), decimal_comma(s.users)) for s in statement.services]
    pdf.rows(("Tjeneste", "Saker", "Brukere/mnd."), services, (80, 30, 30))
    pdf.heading("Fakturaer")
    bills = [(b.number, kroner(b.net_ore), kroner(b.vat_ore), kroner(b.gross_ore)) for b in statement.bills]
    pdf.rows(("Faktura", "Uten mva.", "Mva.", "Sum"), bills, (60, 30, 30, 30))
    pdf.paragraph(statement.reconciliation)
    pdf.ending(run)
    return bytes(pdf.output())


def _months_table(pdf: _Page, statement: YearlyStatement) -> None:
    pdf.heading("Måned for måned, kroner uten merverdiavgift")
    rows = [
        (row.month.norwegian, *map(kroner, (row.fixed_ore, row.variable_ore, row.fixed_ore + row.variable_ore)))
        for row in statement.months
    ]
    last = ("Sum", *map(kroner, (statement.fixed_ore, statement.variable_ore, statement.total_ore)))
    pdf.rows(("Måned", "Fast", "Variabelt", "Sum"), [*rows, last], (60, 30, 30, 30))
