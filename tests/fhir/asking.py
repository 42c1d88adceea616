"""Short ways of asking for findings in the tests."""

from __future__ import annotations

from typing import Any

from hub.fhir.checking import check
from hub.fhir.drafts import Level
from hub.model.finding import Finding
from tests.fhir.samples import NOW

Resource = dict[str, Any]


def found(resource: Resource, level: Level = "vkp") -> dict[str, Finding]:
    """The findings by path, in test mode at NOW."""
    return {f.path: f for f in check(resource, level=level, now=NOW, mode="test")}


def errors(resource: Resource, level: Level = "vkp") -> list[tuple[str, str]]:
    """Path and rule of the errors, in test mode at NOW."""
    return [(f.path, f.rule) for f in check(resource, level=level, now=NOW, mode="test") if f.is_error]
