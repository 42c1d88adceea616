"""The linter's report for people: plain Norwegian text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from hub.fhir.lint import Remark, Report

_WORDS = {"error": "feil", "warning": "advarsel", "information": "merknad"}


def as_text(reports: Sequence[Report]) -> str:
    """All reports, file by file, with a last line that sums up where there are several."""
    lines = [line for report in reports for line in _report(report)]
    if len(reports) > 1:
        failed = sum(not r.passes for r in reports)
        lines.append(f"{len(reports)} filer: {len(reports) - failed} går gjennom, {failed} blir avvist.")
    return "\n".join(lines) + "\n"


def _report(report: Report) -> Iterator[str]:
    verdict = "går gjennom" if report.passes else "blir avvist av"
    yield f"{report.source}: {verdict} {report.target.upper()} ({_counts(report.remarks)})"
    for remark in report.remarks:
        yield from _remark(remark)
    if report.target == "vkp" and report.passes_vkp and not report.passes_jft:
        yield from _would_fail(report)
    elif report.patch:
        yield from _patch(report)
    yield ""


def _would_fail(report: Report) -> Iterator[str]:
    yield "  Går gjennom VKP, men ville blitt avvist av JFT:"
    for remark in report.blockers:
        yield f"    linje {remark.position.line}: {remark.finding.path} [{remark.finding.rule}]"
    yield from _patch(report)


def _patch(report: Report) -> Iterator[str]:
    if report.patch:
        yield "  Forslag til rettelse (JSON Patch; skriv den med --fix):"
        for step in report.patch:
            yield f"    {orjson.dumps(step.as_json(), default=float).decode()}"
    if report.left and report.patch:
        yield "  Etter rettelsen står dette igjen:"
    elif report.left and not report.passes:
        return
    for finding in report.left:
        yield f"    {finding.path} [{finding.rule}]: {finding.advice}"


def _remark(remark: Remark) -> Iterator[str]:
    finding = remark.finding
    yield f"  {_WORDS[finding.severity]} linje {remark.position.line}: {finding.path} [{finding.rule}]"
    yield f"      {finding.advice}"
    compared = [f"fant {finding.found}"] if finding.found else []
    compared += [f"ventet {finding.expected}"] if finding.expected else []
    if compared:
        yield f"      {'; '.join(compared)}"


def _counts(remarks: Sequence[Remark]) -> str:
    counts = {s: sum(r.finding.severity == s for r in remarks) for s in _WORDS}
    plural = {"error": "feil", "warning": "advarsler", "information": "merknader"}
    told = [f"{n} {_WORDS[s] if n == 1 else plural[s]}" for s, n in counts.items() if n]
    return ", ".join(told) or "ingen merknader"
