"""Rules that R4's profile for vital signs has beyond counts and codes: vs-1 to vs-3 in R4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.fhir.drafts import Check, Context, Draft, Drafts


def _day_precision(value: Any, context: Context) -> Drafts:
    when = value.get("effectiveDateTime")
    if type(when) is not str or len(when) >= len("2024-01-01"):
        return None
    return [Draft("underlying", "r4-vitalsigns-vs-1", path=".effective", expected="minst dag")]


def _has_value(value: Any, context: Context) -> Drafts:
    for key in value:
        if key.startswith("value") or key in _INSTEAD_OF_VALUE:
            return None
    return [Draft("underlying", "r4-vitalsigns-vs-2", path=".value")]


_INSTEAD_OF_VALUE = frozenset({"dataAbsentReason", "component", "hasMember"})


def _components_have_value(value: Any, context: Context) -> Drafts:
    components = value.get("component")
    drafts = [
        Draft("underlying", "r4-vitalsigns-vs-3", path=f".component[{index}].value")
        for index, part in enumerate(components if type(components) is list else ())
        if type(part) is dict and not any(k.startswith("value") or k == "dataAbsentReason" for k in part)
    ]
    return drafts or None


RULES: Mapping[str, Check] = {"vs-1": _day_precision, "vs-2": _has_value, "vs-3": _components_have_value}
