"""The report as PDF. The same report gives the same bytes."""

from __future__ import annotations

import logging

from hub.rehearsal.comparing import Pair
from hub.rehearsal.documents.sheet import Sheet
from hub.rehearsal.report import CaseBlock, CheckBlock, FormBlock, Report

_MARKS = {"ok": "✓", "fail": "✗", "person": "?", "skip": "–"}


def pdf(report: Report) -> bytes:
    """The report as PDF bytes. Takes a second or two: not for an event loop."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    sheet = Sheet(report.title, language=report.language.value, made=report.newest_at)
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


def _front(sheet: Sheet, report: Report) -> None:
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


def _deviations(sheet: Sheet, report: Report) -> None:
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


def _check(sheet: Sheet, check: CheckBlock, report: Report) -> None:
    sheet.heading(f"{_MARKS[check.mark]} {check.title}: {check.verdict}", 11)
    sheet.paragraph(check.at, size=8)
    for mark, text in check.said:
        sheet.paragraph(f"{_MARKS[mark]} {text}")
    for case in check.cases:
        _case(sheet, case, report)


def _case(sheet: Sheet, case: CaseBlock, report: Report) -> None:
    words = report.words
    grade = f" ({words['grade'].lower()} {case.grade})" if case.grade else ""
    sheet.heading(f"{_MARKS[case.mark]} {case.title}: {case.verdict}{grade}", 9)
    sheet.paragraph(" ".join(case.said), size=8)
    if case.pairs:
        rows = [_pair(pair, words["missing"]) for pair in case.pairs]
        sheet.rows((words["expected"], words["actual"]), rows, (95, 95))


def _pair(pair: Pair, missing: str) -> tuple[str, str]:
    return pair.expected or "–", f"✗ {missing}" if pair.actual is None else pair.actual


def _steps(sheet: Sheet, report: Report) -> None:
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


def _form(sheet: Sheet, form: FormBlock) -> None:
    sheet.heading(form.title, 11)
    sheet.facts(form.texts)
    for title, columns, rows in form.tables:
        sheet.heading(title, 9)
        if rows:
            sheet.rows(columns, rows, [190 // len(columns)] * len(columns))
