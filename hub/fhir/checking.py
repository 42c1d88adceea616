"""Checks a FHIR resource: R4's own rules, the national profiles, and what a hub must be able to believe.

`check` is in the path of every message. It walks the parsed JSON once with checks compiled from tables, builds
no model, and makes nothing when all is well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from hub.fhir import cases, profiles, references
from hub.fhir.compiling import Compiler
from hub.fhir.drafts import Context, Draft, Level, Mode
from hub.fhir.rules import Rulebook
from hub.model.finding import Finding

_ORDER = {"error": 0, "warning": 1, "information": 2}


class Checker:
    """Checks against one rulebook. Compiles at first need and keeps what it compiled."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._compiler = Compiler(rulebook)

    def check(self, resource: Any, *, level: Level, now: datetime, mode: Mode) -> tuple[Finding, ...]:
        """The findings on `resource`, errors first; see `check`."""
        context = Context(now, mode)
        root = _name(resource)
        if root == "Bundle":
            context.full_urls = references.full_urls(resource)
        try:
            drafts = self._compiler.check_resource(resource, context) or []
        except RecursionError:
            drafts = [Draft("too-deep", "nesting-too-deep")]
        drafts += cases.untied(resource) if root else ()
        findings = [draft.finding(root or "$this", level) for draft in drafts]
        return tuple(sorted(dict.fromkeys(findings), key=lambda f: _ORDER[f.severity]))


@cache
def built_in() -> Checker:
    """The checker of the project's own tables."""
    return Checker(profiles.BUILT_IN)


def check(resource: Mapping[str, Any], *, level: Level = "vkp", now: datetime, mode: Mode) -> tuple[Finding, ...]:
    """What is wrong with `resource`, or worth a remark, errors first. An error means that it must be rejected.

    Level `vkp` is as lenient as VKP: empty strings, empty objects, and an object where a list belongs are remarked
    on and read as meant; `jft` is as strict as JFT. `now` (aware) tells which times are absurd, `mode` which
    identity numbers may be used. Never raises, whatever the JSON value is.
    """
    return built_in().check(resource, level=level, now=now, mode=mode)


def _name(resource: Any) -> str:
    name = resource.get("resourceType") if isinstance(resource, dict) else None
    return name if isinstance(name, str) and name.isascii() and name.isalpha() and len(name) <= 40 else ""
