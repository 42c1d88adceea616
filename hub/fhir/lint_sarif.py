"""The linter's report as SARIF 2.1.0, which code hosts show beside the lines of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import orjson

from hub.fhir.lint import Remark, Report

_LEVELS = {"error": "error", "warning": "warning", "information": "note"}


def as_sarif(reports: Sequence[Report], *, version: str) -> str:
    """All reports as one run of the tool `knutepunkt` of `version`."""
    remarks = [r for report in reports for r in report.remarks]
    rules = {r.finding.rule: r for r in remarks}
    driver = {
        "name": "knutepunkt",
        "version": version,
        "rules": [_rule(name, remark) for name, remark in sorted(rules.items())],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "results": [_result(report, remark) for report in reports for remark in report.remarks],
        "columnKind": "unicodeCodePoints",
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return orjson.dumps(document, default=float, option=orjson.OPT_INDENT_2).decode() + "\n"


def _rule(name: str, remark: Remark) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": remark.finding.advice},
        "defaultConfiguration": {"level": _LEVELS[remark.finding.severity]},
    }


def _result(report: Report, remark: Remark) -> dict[str, Any]:
    finding, position = remark.finding, remark.position
    compared = [f"Fant {finding.found}."] if finding.found else []
    compared += [f"Ventet {finding.expected}."] if finding.expected else []
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": " ".join([finding.advice, *compared])},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(report.source)},
                    "region": {"startLine": position.line, "startColumn": position.column},
                },
                "logicalLocations": [{"fullyQualifiedName": finding.path, "kind": "member"}],
            }
        ],
        "properties": {"target": report.target, "passesJft": report.passes_jft, "code": finding.outcome_code},
    }


def _uri(source: str) -> str:
    path = PurePath(source)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
