"""The report as PDF. The same report gives the same bytes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.fonts import FontFace

from hub.rehearsal.comparing import Pair
from hub.rehearsal.report import CaseBlock, CheckBlock, FormBlock, Report

_FONT = "DejaVu"
_LINE = 5
_MARKS = {"ok": "✓", "fail": "✗", "person": "?", "skip": "–"}


class _Sheet(FPDF):  # type: ignore[misc]  # mypy is set not to read fpdf2
    """A4 with the page number at the foot. The font (DejaVu, which comes with matplotlib) covers Sámi names too."""

    def __init__(self, title: str, *, language: str, made: datetime) -> None:
        super().__init__(format="A4")
        fonts = _fonts()
        self.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
        self.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
        self.set_title(title)
        self.set_lang("en" if language == "en" else "nb-NO")
        self.set_creation_date(made)
        self.set_auto_page_break(True, margin=18)
        self.add_page()
        self.set_font(_FONT, "B", 17)
        self.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
        self.ln(2)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(_FONT, "", 8)
        self.cell(0, 5, f"{self.page_no()}", align="R")

    def paragraph(self, text: str, style: str = "", size: int = 9) -> None:
        self.set_font(_FONT, style, size)
        self.multi_cell(0, _LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def heading(self, text: str, size: int = 13) -> None:
        self.ln(4 if size > 11 else 2)
        if self.will_page_break(40):
            self.add_page()
        self.paragraph(text, "B", size)
        self.ln(1)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and values in two columns."""
        self.set_font(_FONT, "", 9)
        style: Any = FontFace(emphasis="BOLD")
        with self.table(
            col_widths=(78, 112),
            text_align="LEFT",
            line_height=_LINE,
            borders_layout="NONE",
            first_row_as_headings=False,
        ) as table:
            for name, value in rows:
                row: Any = table.row()
                row.cell(name, style=style)
                row.cell(value)

    def rows(self, heading: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        self.set_font(_FONT, "", 8)
        with self.table(
            col_widths=tuple(widths), text_align="LEFT", line_height=4.5, borders_layout="HORIZONTAL_LINES"
        ) as table:
            for cells in (heading, *rows):
                row: Any = table.row()
                for cell in cells:
                    row.cell(cell)
        self.ln(1)


def _fonts() -> Path:
    """Where matplotlib keeps its fonts, found without paying for its import."""
    found = find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def pdf(report: Report) -> bytes:
    """The report as PDF bytes. Takes a second or two: not for an event loop."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    sheet = _Sheet(report.title, language=report.language.value, made=report.newest_at)
    _front(sheet, report)
    _deviations(sheet, report)
    sheet.heading(report.words["checks"])
    sheet.paragraph(report.words["synthetic"])
    for check in report.checks:
        _check(sheet, check, report)
    _steps(sheet, report)
    if report.forms:
        sheet.heading(report.words["forms"])
        for form in report.forms:
            _form(sheet, form)
    sheet.heading(report.words["sources"])
    for source in report.sources:
        sheet.paragraph(f"– {source}", size=8)
    return bytes(sheet.output())


def _front(sheet: _Sheet, report: Report) -> None:
    words = report.words
    sheet.facts(
        (
            (words["course"], report.course),
            (words["number"], report.number),
            (words["begun"], report.begun),
            (words["newest"], report.newest),
        )
    )
    sheet.heading(words["summary"])
    sheet.paragraph(f"{'✓' if report.readiness.is_ready else '✗'} {report.verdict}", "B", 11)
    for line in report.blocking:
        sheet.paragraph(f"– {line}")
    sheet.ln(2)
    sheet.facts(report.facts)


def _deviations(sheet: _Sheet, report: Report) -> None:
    words = report.words
    sheet.heading(words["deviations"])
    sheet.paragraph(words["grades"])
    if not report.deviations:
        sheet.paragraph(words["no_deviations"])
        return
    heading = [words[key] for key in ("deviation", "grade", "state", "plan", "responsible", "due")]
    rows = [
        (d.title, d.grade.value, words["closed" if d.closed else "open"], d.plan, d.responsible, d.due)
        for d in report.deviations
    ]
    sheet.rows(heading, rows, (52, 14, 18, 56, 28, 22))


def _check(sheet: _Sheet, check: CheckBlock, report: Report) -> None:
    sheet.heading(f"{_MARKS[check.mark]} {check.title}: {check.verdict}", 11)
    sheet.paragraph(check.at, size=8)
    for mark, text in check.said:
        sheet.paragraph(f"{_MARKS[mark]} {text}")
    for case in check.cases:
        _case(sheet, case, report)


def _case(sheet: _Sheet, case: CaseBlock, report: Report) -> None:
    words = report.words
    grade = f" ({words['grade'].lower()} {case.grade})" if case.grade else ""
    sheet.heading(f"{_MARKS[case.mark]} {case.title}: {case.verdict}{grade}", 9)
    sheet.paragraph(" ".join(case.said), size=8)
    if case.pairs:
        rows = [_pair(pair, words["missing"]) for pair in case.pairs]
        sheet.rows((words["expected"], words["actual"]), rows, (95, 95))


def _pair(pair: Pair, missing: str) -> tuple[str, str]:
    return pair.expected or "–", f"✗ {missing}" if pair.actual is None else pair.actual


def _steps(sheet: _Sheet, report: Report) -> None:
    words = report.words
    sheet.heading(words["steps"])
    heading = [words[key] for key in ("step", "tags", "state", "who", "source")]
    for phase in report.phases:
        sheet.heading(phase.title, 10)
        rows = [
            (f"{s.title}\n{s.evidence}".strip(), s.roles, f"{_MARKS[s.mark]} {s.state}", s.who, s.source)
            for s in phase.steps
        ]
        sheet.rows(heading, rows, (60, 26, 34, 32, 38))


def _form(sheet: _Sheet, form: FormBlock) -> None:
    sheet.heading(form.title, 11)
    sheet.facts(form.texts)
    for title, columns, rows in form.tables:
        sheet.heading(title, 9)
        if rows:
            sheet.rows(columns, rows, [190 // len(columns)] * len(columns))
