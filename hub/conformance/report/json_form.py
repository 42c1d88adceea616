"""`report.json`: the whole report for machines, and the way back from it. The other forms say the same to people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.conformance.results import RunReport

FORMAT = "knutepunkt-conformance-1"
_RENAMED = {"is_expected_failure": "expected_failure"}


def report_object(report: RunReport) -> dict[str, Any]:
    """The report as one JSON object: its fields, and the result and counts that follow from them."""
    fields = report.model_dump(mode="json")
    fields["tests"] = [_test(test) for test in fields["tests"]]
    head = {"format": FORMAT, "result": report.result.value, "quality": fields.pop("quality")}
    return head | fields | {"counts": {result.value: count for result, count in report.counts.items()}}


def _test(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {_RENAMED.get(name, name): value for name, value in fields.items()}


def report_of(content: Mapping[str, Any]) -> RunReport:
    """The report in `content`, as `report_object` made it. Raises ValueError when it is no such report."""
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise ValueError(f"not a report of the form {FORMAT}")
    fields = {name: value for name, value in content.items() if name not in {"format", "result", "counts"}}
    names = {told: kept for kept, told in _RENAMED.items()}
    tests = fields.get("tests")
    if isinstance(tests, list):
        fields["tests"] = [
            {names.get(name, name): value for name, value in test.items()} if isinstance(test, dict) else test
            for test in tests
        ]
    return RunReport.model_validate(fields)


def read_report(path: Path) -> RunReport:
    """The report in the file, or in the folder that holds `report.json`. Raises OSError, ValueError."""
    file = path / "report.json" if path.is_dir() else path
    return report_of(json.loads(file.read_text(encoding="utf-8")))


def canonical(content: object) -> bytes:
    """`content` as JSON in one spelling: names in order, no white space, UTF-8. What is signed."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def readable(content: object) -> str:
    """`content` as JSON for a file that somebody may open."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
