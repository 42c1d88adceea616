"""Whether what follows can be tied to a message: without an identifier, a follow-up finds no case to join."""

from __future__ import annotations

from typing import Any

from hub.fhir.drafts import Draft


def untied(resource: dict[str, Any]) -> list[Draft]:
    """A warning on an alert or a note that nothing later can point to; a remark on other events without identifier."""
    kind = resource.get("resourceType")
    if kind == "Bundle":
        return _bundle(resource)
    if _named(resource.get("identifier")):
        return []
    if kind == "DetectedIssue":
        return [Draft("no-case", "case-identifier-missing", path=".identifier")]
    if kind == "Composition" and not _points(resource):
        return [Draft("no-case", "case-identifier-missing", path=".identifier")]
    if kind in {"MedicationDispense", "Encounter", "Observation"}:
        return [Draft("untied", "event-identifier-missing", path=".identifier")]
    return []


def _bundle(bundle: dict[str, Any]) -> list[Draft]:
    if bundle.get("type") == "document" or _named(bundle.get("identifier")):
        return []
    entries = bundle.get("entry")
    resources = [e.get("resource") for e in (entries if type(entries) is list else ()) if type(e) is dict]
    alerts = [r for r in resources if type(r) is dict and r.get("resourceType") == "DetectedIssue"]
    if alerts and not any(_named(r.get("identifier")) for r in alerts):
        return [Draft("no-case", "case-identifier-missing", path=".identifier")]
    return []


def _named(identifier: Any) -> bool:
    for one in identifier if type(identifier) is list else [identifier]:
        if type(one) is dict and one.get("value"):
            return True
    return False


def _points(composition: dict[str, Any]) -> bool:
    sections = composition.get("section")
    return any(type(s) is dict and s.get("entry") for s in (sections if type(sections) is list else ()))
