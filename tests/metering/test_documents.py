import csv
import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from hub.metering.bills import Billed, BillingTerms
from hub.metering.comparison import compare
from hub.metering.documents.invoice_pages import invoice_page, statement_page
from hub.metering.documents.pdf import invoice_pdf, statement_pdf
from hub.metering.documents.report import comparison_report
from hub.metering.documents.tables import bills_csv, comparison_csv, run_csv
from hub.metering.documents.workbook import run_workbook
from hub.metering.kroner import kroner
from hub.metering.municipalities import read_municipalities
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import Run, run
from hub.metering.run_answer import run_answer
from hub.metering.yearly_statement import yearly_statements
from tests.metering.ledgers import a_year
from tests.metering.spreadsheet import Spreadsheet, shown
from tests.metering.test_bills import OSLO, order, use_of

KNOWN = read_municipalities()


def run_of(model: str = "nhn-2024", **fields: Any) -> Run:
    form = {"model": model, "total": "98765432.10", "from": "2025-03", "months": 3, **fields}
    return run(order_of(OrderForm.model_validate(form)))


def billed(model: str = "per-case", **fields: Any) -> Billed:
    return Billed(order(model, **fields), use_of(a_year(7, records=200)), BillingTerms())


CASES = [
    ("nhn-2024", {"connected": "50", "state_share": "33.3333333333"}),
    ("per-case", {"connected": "100", "settings": {"factor.ta": "0.7"}}),
    ("per-user", {"state_share": "40"}),
    ("per-inhabitant", {}),
    ("transition", {"connected": "30", "settings": {"start_year": "2024"}}),
]


@pytest.mark.parametrize(("model", "fields"), CASES, ids=[c[0] for c in CASES])
def test_the_workbooks_formulas_come_to_the_same_ore(model: str, fields: dict[str, Any]) -> None:
    one = run_of(model, months=2, **fields)
    book = Spreadsheet(BytesIO(run_workbook(one)))
    for place in range(len(KNOWN)):
        at = ("Kommuner", place + 2)
        assert book.value(*at, 4) == one.charges.fixed[0, :, place].sum()
        assert book.value(*at, 5) == one.charges.variable[0, :, place].sum()
    last = max(column for sheet, _, column in book.cells if sheet == "Måneder")
    assert [book.value("Måneder", row, last) for row in (2, 3)] == [0, 0]


def test_a_changed_total_share_and_connection_recalculate_to_what_the_engine_says(tmp_path: Path) -> None:
    book = Spreadsheet(BytesIO(run_workbook(run_of(connected="50"))))
    book.change("Forutsetninger", "B3", 1_234_567_891)
    book.change("Forutsetninger", "B2", 14.2857142857)
    # Utsira joins in the second month
    utsira = next(i for i, m in enumerate(KNOWN) if m.number == "1151")
    book.change("Tilknyttet", f"D{utsira + 2}", 1)
    largest = sorted(KNOWN, key=lambda m: -m.population)[:50]
    rows = [f"{m.number},2025-01," for m in largest] + ["1151,2025-04,2025-04"]
    connected = "number,from,to\n" + "\n".join(rows)
    other = run_of(total="12345678.91", state_share="14.2857142857", connected_csv=connected)
    for place in range(len(KNOWN)):
        assert book.value("Kommuner", place + 2, 6) == other.charges.municipal[0, :, place].sum()


def test_a_month_with_nobody_is_carried_in_the_workbook_too() -> None:
    connected = "number,from,to\n0301,2025-04,\n"
    one = run_of(connected_csv=connected)
    book = Spreadsheet(BytesIO(run_workbook(one)))
    assert book.value("Kommuner", 2, 5) == one.charges.variable[0, :, 0].sum()
    assert book.value("Måneder", 2, 9 + 6 + 6) == one.charges.carried[0, 0]


def test_what_cannot_be_a_formula_stands_as_values_and_says_so() -> None:
    for one in (run_of("base-cap-floor", months=1), run_of(state_rules=["first=5"], months=1)):
        book = Spreadsheet(BytesIO(run_workbook(one)))
        assert any("står som verdier" in str(value) for value in book.cells.values())
        assert book.value("Kommuner", 2, 6) == one.charges.municipal[0, :, 0].sum()


def test_the_workbook_shows_its_results_without_recalculation_and_says_which_key() -> None:
    one = run_of(months=1)
    content = run_workbook(one)
    book = Spreadsheet(BytesIO(content))
    assert shown(BytesIO(content), "Kommuner", 2, 6) == one.charges.municipal[0, :, 0].sum()
    for sheet in ("Forutsetninger", "Kommuner"):
        assert any("IKKE DEN VIRKELIGE" in str(v) for (name, _, _), v in book.cells.items() if name == sheet)


def test_csv_tables_sum_to_the_answer_and_say_which_key() -> None:
    answer = run_answer(run_of(state_share="40"))
    rows = list(csv.DictReader(StringIO(run_csv(answer))))
    assert sum(int(r["total_ore"]) for r in rows) == answer.municipal_ore
    assert sum(int(r["2025-04"]) for r in rows) == answer.months[1].fixed_ore + answer.months[1].variable_ore
    assert {r["cost_key"] for r in rows} == {"erstatning - ikke den virkelige kostnadsnøkkelen"}


def test_bill_lines_as_csv_sum_to_the_bills() -> None:
    bills = list(billed().bills([OSLO]))
    rows = list(csv.DictReader(StringIO(bills_csv(bills, is_stand_in=False))))
    assert sum(int(r["ore"]) for r in rows) == sum(b.net_ore for b in bills)
    assert {r["cost_key"] for r in rows} == {""}


def test_an_invoice_page_has_every_line_the_sums_the_rule_and_the_sources() -> None:
    found = billed()
    bill = next(iter(found.bills([OSLO])))
    page = invoice_page(bill, found.last, "faktura/run.json")
    for line in bill.lines:
        assert line.id in page
    for text in (kroner(bill.net_ore), kroner(bill.vat_ore), kroner(bill.gross_ore), "w(i)", "958935420", "07459"):
        assert text in page
    assert 'lang="nb"' in page
    assert not re.search(r'(src|href)="', page)


def test_documents_warn_of_the_stand_in_key_where_it_is_used_and_only_there() -> None:
    for model, warned in (("nhn-2024", True), ("transition", True), ("per-case", False), ("per-inhabitant", False)):
        found = billed(model, connected="metered")
        bills = list(found.bills([OSLO]))
        (statement,) = yearly_statements(found, OSLO, bills)
        for page in (invoice_page(bills[0], found.last, "run.json"), statement_page(statement, found.last)):
            assert ("IKKE DEN VIRKELIGE KOSTNADSNØKKELEN" in page) is warned


def test_a_credit_note_is_called_one() -> None:
    found = billed()
    credit = next(bill for bill in found.bills() if bill.net_ore < 0)
    assert "Kreditnota" in invoice_page(credit, found.last, "run.json")
    assert "Til gode" in invoice_page(credit, found.last, "run.json")


def test_a_yearly_statement_agrees_with_the_invoices() -> None:
    found = billed("nhn-2024", connected="metered")
    bills = list(found.bills([OSLO]))
    (statement,) = yearly_statements(found, OSLO, bills)
    assert statement.total_ore == statement.invoiced_net_ore
    assert statement.reconciliation == "Fakturaene er lik årets sum."
    page = statement_page(statement, found.last)
    assert "Årsoppgave 2025" in page
    assert page.count("<svg") == 1


def pdf_text(content: bytes) -> str:
    """The characters that the document shows, by its fonts' own tables."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    return "".join(chr(int(code, 16)) for s in streams for code in re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]{4})>", s))


def test_pdfs_hold_norwegian_letters_and_are_the_same_every_time() -> None:
    found = billed("nhn-2024", connected="metered")
    place = next(i for i, m in enumerate(KNOWN) if m.name == "Vågå")
    bills = list(found.bills([place]))
    (statement,) = yearly_statements(found, place, bills)
    for make in (lambda: invoice_pdf(bills[0], found.last), lambda: statement_pdf(statement, found.last)):
        content = make()
        assert content.startswith(b"%PDF-")
        assert len(content) > 10_000
        assert content == make()
    assert set("øåÅ–") <= set(pdf_text(invoice_pdf(bills[0], found.last)))


def test_the_comparison_report_is_one_page_with_charts_that_need_nothing_else() -> None:
    orders = [
        order_of(
            OrderForm.model_validate(
                {"model": m, "total": "1000000", "from": "2025-01", "months": 24, "adoption": "default"}
            )
        )
        for m in ("nhn-2024", "per-case", "base-cap-floor")
    ]
    answer = compare(orders, draws=8, seed=3)
    page = comparison_report(answer)

    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(charts) == 3 + 3
    for chart in charts:
        ET.fromstring(chart)
    assert "///" not in charts[1]
    assert "stroke-dasharray" in charts[1]
    assert "<pattern" in charts[0]
    for text in ("07459", "IKKE DEN VIRKELIGE", "8 trekninger med frø 3", "Gini", "w(i)", "Utsira"):
        assert text in page
    assert not re.search(r'(src|href)="(?!#)', re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL))
    assert comparison_report(compare(orders, draws=8, seed=3)) == page
    assert len(list(csv.reader(StringIO(comparison_csv(answer))))) == 1 + 3 * len(KNOWN)
