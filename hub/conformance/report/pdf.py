"""The report as PDF, A4. The same report gives the same bytes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from hub.conformance.report.view import Line, View
from hub.conformance.report.view_errors import ErrorBlock, ExchangeBlock
from hub.rehearsal.documents.sheet import Sheet

_MARKS = {"good": "✓", "bad": "✗", "warn": "?", "quiet": "–"}
_MOST_TEXT, _MOST_MESSAGES = 600, 12


def pdf(view: View) -> bytes:
    """The report as PDF bytes, exchanges cut to what paper can carry. Takes a second or two: not for an event loop."""
    for name in ("fontTools", "fpdf"):
        logging.getLogger(name).setLevel(logging.ERROR)
    words = view.words
    sheet = Sheet(view.title, language=view.language.value, made=view.ended)
    _front(sheet, view)
    _errors(sheet, view)
    _tests(sheet, view)
    sheet.heading(words["coverage"])
    sheet.paragraph(view.covered)
    heading = [words[key] for key in ("requirement", "result", "source", "level", "said")]
    _rows(sheet, heading, ((f"{c[1]}: {c[2]}", r, *c[3:]) for r, c in _marked(view.coverage)), (64, 26, 32, 18, 50))
    sheet.heading(words["rules"])
    sheet.paragraph(words["rules_said"])
    heading = [words[key] for key in ("level", "rule", "met", "met_by", "because")]
    _rows(sheet, heading, ((c[1], c[2], r, c[3], c[4]) for r, c in _marked(view.rules)), (20, 66, 18, 22, 64))
    if view.declared_by:
        sheet.paragraph(view.declared_by)
    _surroundings(sheet, view)
    return bytes(sheet.output())


def _marked(lines: Iterable[Line]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The first cell of each line, which holds its result, with its mark; and all cells."""
    return ((f"{_MARKS[line.mark]} {line.cells[0]}", line.cells) for line in lines)


def _rows(sheet: Sheet, heading: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    if shown := [[_cut(cell) for cell in row] for row in rows]:
        sheet.rows(heading, shown, widths)


def _front(sheet: Sheet, view: View) -> None:
    words = view.words
    sheet.paragraph(f"{_MARKS['good' if view.has_passed else 'bad']} {view.verdict}", "B", 15)
    sheet.ln(2)
    sheet.paragraph(view.because, size=10)
    sheet.paragraph(f"{words['quality']}: {view.tier_title}", "B", 12)
    if not view.is_complete:
        sheet.paragraph(words["incomplete"], "B")
    sheet.ln(2)
    sheet.facts(view.facts)
    sheet.heading(words["counts"], 11)
    sheet.facts([(f"{_MARKS[line.mark]} {line.cells[0]}", line.cells[1]) for line in view.counts])


def _errors(sheet: Sheet, view: View) -> None:
    words = view.words
    sheet.heading(words["errors"])
    if view.off_the_list:
        sheet.paragraph(f"{words['off_the_list']} {', '.join(view.off_the_list)}")
    for block in view.grades:
        sheet.heading(f"{words['grade']} {block.grade}: {block.said}", 11)
        if not block.errors:
            sheet.paragraph(words["none_of_grade"])
        for error in block.errors:
            _error(sheet, error, view)


def _error(sheet: Sheet, error: ErrorBlock, view: View) -> None:
    words = view.words
    sheet.heading(f"{_MARKS['bad']} {error.title}: {error.result}", 10)
    sheet.paragraph(f"{error.id}, {words['level'].lower()}: {error.level}", size=8)
    if error.is_known:
        sheet.paragraph(f"{words['known']}: {_cut(error.known)}", "B", 8)
    rows = (
        (f"{words['requirement']} {error.requirement}", error.requirement_text),
        (words["expected"], error.expected),
        (words["seen"], error.seen),
        (words["source"], error.source),
    )
    sheet.facts([(name, _cut(value)) for name, value in rows if value])
    if error.exchange:
        count = words["exchange_count"].format(count=len(error.exchange))
        sheet.paragraph(f"{words['exchange']} ({count})", "B", 8)
    for one in error.exchange[-_MOST_MESSAGES:]:
        _exchange(sheet, one, view)


def _exchange(sheet: Sheet, one: ExchangeBlock, view: View) -> None:
    sheet.paragraph(_cut(f"{one.at} {one.way} {one.what}"), size=8)
    for name, text in ((view.words["body"], one.body), (view.words["answer"], one.answer)):
        if text:
            sheet.paragraph(_cut(f"{name}: {text}"), size=7)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]} …"


def _tests(sheet: Sheet, view: View) -> None:
    words = view.words
    if sheet.will_page_break(60):
        sheet.add_page()  # else the heading could stand alone at the foot
    sheet.heading(words["tests"])
    heading = [words[key] for key in ("test", "result", "requirement", "level", "said")]
    for suite in view.suites:
        for group in suite.groups:
            sheet.heading(f"{suite.title}: {group.title}", 10)
            rows = ((f"{c[1]}\n{c[2]}", r, c[3], c[4], c[6]) for r, c in _marked(group.tests))
            _rows(sheet, heading, rows, (72, 30, 22, 18, 48))


def _surroundings(sheet: Sheet, view: View) -> None:
    words = view.words
    sheet.heading(words["surroundings"])
    for name, facts in (("versions", view.versions), ("configuration", view.configuration)):
        sheet.heading(words[name], 11)
        if facts:
            sheet.facts([(_cut(key), _cut(value)) for key, value in facts])
        else:
            sheet.paragraph(words["nothing"])
    sheet.heading(words["signature"])
    sheet.paragraph(words["signed"])
    sheet.paragraph(words["command"], "B")
    sheet.paragraph(f"{words['thumbprint']} {view.thumbprint}")
    sheet.paragraph(words["synthetic"], size=8)
