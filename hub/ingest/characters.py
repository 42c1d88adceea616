"""Control characters: FHIR allows none but tab and line breaks, and PostgreSQL can keep no NUL in a text. Pure.

In JSON they can only be written as escapes, so that most messages are cleared by a look at their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hub.model.errors import RejectedMessage
from hub.model.finding import Finding

_ESCAPED = re.compile(rb"\\(?:[bf]|u00[01])")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOST_FINDINGS = 10


def check_characters(resource: Mapping[str, Any], payload: bytes) -> None:
    """Raises RejectedMessage, with where they stand, when `resource`, which was written as `payload`, has any."""
    if not _ESCAPED.search(payload):
        return
    paths = _paths(resource, str(resource.get("resourceType") or "$this"))
    findings = [_finding(path) for path, _ in zip(paths, range(_MOST_FINDINGS), strict=False)]
    if findings:
        raise RejectedMessage(findings)


def _paths(value: object, path: str) -> Iterator[str]:
    """Where control characters stand, in document order; nesting is bounded by the parser."""
    if isinstance(value, str):
        if _FORBIDDEN.search(value):
            yield path
    elif isinstance(value, Mapping):
        for name, child in value.items():
            if _FORBIDDEN.search(name):
                yield path
            else:
                yield from _paths(child, f"{path}.{name}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _paths(item, f"{path}[{i}]")


def _finding(path: str) -> Finding:
    return Finding(
        severity="error",
        path=path,
        rule="control-character",
        advice="Teksten har et kontrolltegn. Ta det bort; bare tabulator og linjeskift er tillatt.",
        issue_type="value",
    )
