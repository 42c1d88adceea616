"""The tests as a table for a spreadsheet: UTF-8 with a mark that says so, and no cell that a program would reckon."""

from __future__ import annotations

import csv
import io

from hub.conformance.report.seen import visible
from hub.conformance.results import RunReport, TestResult

_COLUMNS = (
    "id",
    "suite",
    "group",
    "way",
    "title_nb",
    "title_en",
    "result",
    "requirement",
    "level",
    "grade",
    "seconds",
    "reason_nb",
    "reason_en",
    "expected_nb",
    "expected_en",
    "expected_failure",
)
_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t")


def table(report: RunReport) -> str:
    """A line for each test, under a line of names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(value) for value in _row(test)] for test in report.tests)
    return _BYTE_ORDER_MARK + text.getvalue()


def _row(test: TestResult) -> tuple[str, ...]:
    reason, expected = test.reason, test.expected
    return (
        test.id,
        test.suite,
        test.group,
        test.way or "",
        test.title.nb,
        test.title.en,
        test.result.value,
        test.requirement,
        test.level.value,
        test.grade.value,
        f"{test.seconds:.3f}",
        reason.nb if reason else "",
        reason.en if reason else "",
        expected.nb if expected else "",
        expected.en if expected else "",
        "yes" if test.is_expected_failure else "no",
    )


def _cell(value: str) -> str:
    """`value` as text, also where a spreadsheet would take it for a formula."""
    shown = visible(value)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) or shown.startswith(_FORMULA) else shown
