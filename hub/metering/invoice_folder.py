"""Invoices as a folder: every document, the lines as CSV and JSON, and the order that explains them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.metering.bill import Bill
from hub.metering.bill_answer import bill_answer
from hub.metering.billing_order import RUN_FILE, Billing, BillingForm
from hub.metering.bills import Billed
from hub.metering.documents.invoice_pages import invoice_page, statement_page
from hub.metering.documents.pdf import invoice_pdf, statement_pdf
from hub.metering.documents.tables import bills_csv
from hub.metering.municipalities import positions
from hub.metering.yearly_statement import yearly_statements
from hub.model.errors import ConfigurationError, ConfigurationFault

FORMATS = ("html", "pdf")


def write_folder(
    folder: Path, form: BillingForm, billing: Billing, *, places: Sequence[int], formats: Sequence[str]
) -> Iterator[Path]:
    """Write everything to `folder`, yielding each file as it is written. Raises ConfigurationError."""
    if unknown := [name for name in formats if name not in FORMATS]:
        text = f"ukjent: {', '.join(unknown)}; bruk {' og '.join(FORMATS)}"
        raise ConfigurationError([ConfigurationFault(0, "--format", text)])
    billed = billing.billed
    bills = list(billed.bills(places))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield _written(folder / RUN_FILE, form.model_dump_json(by_alias=True, indent=1))
        answers = ",\n".join(bill_answer(bill).model_dump_json() for bill in bills)
        yield _written(folder / "fakturaer.json", f"[{answers}]\n")
        yield _written(folder / "fakturalinjer.csv", bills_csv(bills, is_stand_in=bool(billed.last.warnings)))
        yield from _documents(folder, billed, bills, formats)
    except OSError as error:
        raise ConfigurationError([ConfigurationFault(0, str(folder), f"kan ikke skrives: {error.strerror}")]) from error


def _documents(folder: Path, billed: Billed, bills: Sequence[Bill], formats: Sequence[str]) -> Iterator[Path]:
    run_file = str(folder / RUN_FILE)
    for bill in bills:
        for form in formats:
            path = folder / "fakturaer" / f"{bill.number}.{form}"
            content = invoice_page(bill, billed.last, run_file) if form == "html" else invoice_pdf(bill, billed.last)
            yield _written(path, content)
    known = positions(billed.last.world.municipalities)
    for number in sorted({bill.municipality.number for bill in bills}):
        own = [bill for bill in bills if bill.municipality.number == number]
        for statement in yearly_statements(billed, known[number], own):
            for form in formats:
                path = folder / "arsoppgaver" / f"{number}-{statement.year}.{form}"
                make = statement_page if form == "html" else statement_pdf
                yield _written(path, make(statement, billed.last))


def _written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
