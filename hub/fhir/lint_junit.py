"""The linter's report as JUnit XML: a file is a suite, an error is a failed test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from hub.fhir.lint import Remark, Report


def as_junit(reports: Sequence[Report]) -> str:
    """All reports as one JUnit document. What is no error is told in the suite's output."""
    failures = sum(r.finding.is_error for report in reports for r in report.remarks)
    tests = sum(max(1, sum(r.finding.is_error for r in report.remarks)) for report in reports)
    head = f'<testsuites name="knutepunkt lint" tests="{tests}" failures="{failures}" errors="0">'
    body = [line for report in reports for line in _suite(report)]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *body, "</testsuites>"]) + "\n"


def _suite(report: Report) -> Iterator[str]:
    errors = [r for r in report.remarks if r.finding.is_error]
    counts = f'tests="{max(1, len(errors))}" failures="{len(errors)}" errors="0"'
    yield f"  <testsuite name={quoteattr(report.source)} {counts}>"
    for remark in errors:
        yield from _failure(report, remark)
    if not errors:
        yield f"    <testcase classname={quoteattr(report.source)} name={quoteattr(f'går gjennom {report.target}')}/>"
    told = [_line(r) for r in report.remarks if not r.finding.is_error]
    told += [f"JFT ville avvist: {_line(r)}" for r in report.blockers if report.target == "vkp"]
    if told:
        yield f"    <system-out>{escape(chr(10).join(told))}</system-out>"
    yield "  </testsuite>"


def _failure(report: Report, remark: Remark) -> Iterator[str]:
    name = f"{remark.finding.path} [{remark.finding.rule}]"
    yield f'    <testcase classname={quoteattr(report.source)} name={quoteattr(name)} line="{remark.position.line}">'
    message = quoteattr(remark.finding.advice)
    yield f"      <failure type={quoteattr(remark.finding.rule)} message={message}>{escape(_line(remark))}</failure>"
    yield "    </testcase>"


def _line(remark: Remark) -> str:
    finding = remark.finding
    return f"linje {remark.position.line}: {finding.path} [{finding.rule}] {finding.advice}"
