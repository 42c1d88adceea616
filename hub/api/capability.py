"""CapabilityStatements: what each national door can do, for FHIR clients to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_PUBLISHED = "2026-11-23"


@dataclass(frozen=True, slots=True)
class Interaction:
    """A resource with what can be done to it, and its search parameters as (name, type). `profile` where it has one."""

    resource: str
    does: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...] = ()
    profile: str | None = None


def capability_statement(
    name: str, description: str, base: str, interactions: Sequence[Interaction], *, system: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The statement of the door called `name` at `base`; `system` are interactions with the whole of it."""
    rest: dict[str, Any] = {
        "mode": "server",
        "security": {"cors": False, "description": "HelseID: se tokentjenestens discovery-dokument."},
        "resource": [_resource(one) for one in interactions],
    }
    if system:
        rest["interaction"] = [{"code": code} for code in system]
    return {
        "resourceType": "CapabilityStatement",
        "name": f"Knutepunkt{name}",
        "title": f"Knutepunkt: {name}",
        "status": "active",
        "date": _PUBLISHED,
        "kind": "instance",
        "description": description,
        "implementation": {"description": "Knutepunkt, en simulator", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [rest],
    }


def _resource(one: Interaction) -> dict[str, Any]:
    told: dict[str, Any] = {"type": one.resource, "interaction": [{"code": code} for code in one.does]}
    if one.profile:
        told["profile"] = one.profile
    if one.parameters:
        told["searchParam"] = [{"name": name, "type": kind} for name, kind in one.parameters]
    return told
