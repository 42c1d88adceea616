"""The linter's report for programs: one JSON object, also the answer of `POST /lint`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from hub.fhir.lint import Remark, Report


def as_json(reports: Sequence[Report], previews: Sequence[str] = ()) -> str:
    """All reports as one JSON document, with `previews` of their notes where there are any: one for each."""
    notes: Sequence[str | None] = previews or [None] * len(reports)
    files = [report_as_object(r, preview=note) for r, note in zip(reports, notes, strict=True)]
    document = {"ok": all(r.passes for r in reports), "files": files}
    return orjson.dumps(document, default=float, option=orjson.OPT_INDENT_2).decode() + "\n"


def report_as_object(report: Report, *, preview: str | None = None) -> dict[str, Any]:
    """One report as an object of plain JSON values, with the journal note's text where a `preview` was asked for."""
    told = {
        "file": report.source,
        "target": report.target,
        "resourceType": report.resource_type,
        "ok": report.passes,
        "passes": {"vkp": report.passes_vkp, "jft": report.passes_jft},
        "findings": [_remark(r) for r in report.remarks],
        "blocksJft": [_remark(r) for r in report.blockers],
        "patch": [step.as_json() for step in report.patch],
        "leftForJft": [{"path": f.path, "rule": f.rule, "advice": f.advice} for f in report.left],
    }
    return told if preview is None else {**told, "preview": preview}


def _remark(remark: Remark) -> dict[str, Any]:
    finding = remark.finding
    return {
        "severity": finding.severity,
        "path": finding.path,
        "rule": finding.rule,
        "advice": finding.advice,
        "found": finding.found,
        "expected": finding.expected,
        "code": finding.outcome_code,
        "line": remark.position.line,
        "column": remark.position.column,
    }
