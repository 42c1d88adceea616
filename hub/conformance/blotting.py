"""No report shows an identity number: they are blotted when an exchange is recorded, and again when it is written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hub.conformance.results import RunReport
from hub.model.person import with_masked_identity_numbers


def blotted(text: str) -> str:
    """`text` with everything that looks like an identity number masked but for its first two digits."""
    return with_masked_identity_numbers(text)


def blotted_report(report: RunReport) -> RunReport:
    """`report` with every text in it blotted: keys, values, and numbers that would be read as one."""
    return RunReport.model_validate(_blotted(report.model_dump(mode="json")))


def _blotted(value: Any) -> Any:
    if isinstance(value, str):
        return blotted(value)
    if isinstance(value, Mapping):
        return {blotted(str(key)): _blotted(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_blotted(inner) for inner in value]
    if isinstance(value, int) and blotted(str(value)) != str(value):
        return blotted(str(value))
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no word for it
    return value
