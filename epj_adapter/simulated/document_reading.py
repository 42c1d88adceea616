"""What a simulated EPJ reads out of a document Bundle: the draft of a note, and whether one only adds to another."""

from __future__ import annotations

from typing import Any

import orjson

from epj_adapter.addendum import revision_in
from epj_adapter.simulated.store import Draft
from epj_adapter.slices import members, whole
from hub.model.codes import NOTE_KEY_SYSTEM
from hub.model.person import PatientRef


class NotADocument(ValueError):
    """The Bundle is no journal note. `where` is the element at fault, as FHIRPath."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__(text)
        self.where = where


def draft(body: bytes) -> Draft:
    """The note in a document Bundle. Raises NotADocument."""
    bundle = _bundle(body)
    identifier, composition = bundle.get("identifier"), _composition(bundle)
    if not isinstance(identifier, dict) or not identifier.get("value"):
        raise NotADocument("Bundle.identifier", "Et journalnotat må ha en nøkkel.")
    return Draft(
        key=full_key(identifier.get("system"), identifier["value"]),
        patient=_patient(composition),
        title=str(composition.get("title", "")),
        category=_coded(composition.get("category")),
        source=", ".join(a.get("display", "") for a in _dicts(composition.get("author"))),
        event_at=_event_at(composition),
        revision=revision_in(bundle) or 1,
        body=body,
    )


def full_key(system: object, value: object) -> str:
    """An identifier as a search parameter has it; the hub's own keys without their system."""
    return str(value) if system == NOTE_KEY_SYSTEM else f"{system or ''}|{value}"


def only_adds(old: bytes, new: bytes) -> bool:
    """Whether `new` leaves all that `old` says as it was: title, sections in order and resources."""
    before, after = _bundle(old), _bundle(new)
    first, second = _composition(before), _composition(after)
    sections = first.get("section", [])
    kept = second.get("section", [])[: len(sections)] == sections and first.get("title") == second.get("title")
    return kept and before["entry"][1:] == after["entry"][1 : len(before["entry"])]


def stored(body: bytes, *, number: int, version: int, updated: str) -> bytes:
    """`body` as the server gives it out: with its own id, version and time; all else as it came."""
    parts = members(whole(body))
    meta = {name: orjson.Fragment(part.raw) for name, part in members(parts["meta"]).items()} if "meta" in parts else {}
    meta |= {"versionId": str(version), "lastUpdated": updated}  # type: ignore[dict-item]  # JSON of any kind
    rest = {name: orjson.Fragment(p.raw) for name, p in parts.items() if name not in ("resourceType", "id", "meta")}
    return orjson.dumps({"resourceType": "Bundle", "id": str(number), "meta": meta, **rest})


def _bundle(body: bytes) -> dict[str, Any]:
    try:
        bundle = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotADocument("Bundle", "Innholdet er ikke JSON.") from error
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle" or bundle.get("type") != "document":
        raise NotADocument("Bundle.type", "Et journalnotat må være en Bundle av typen document.")
    return bundle


def _composition(bundle: dict[str, Any]) -> dict[str, Any]:
    first = next(iter(_dicts(bundle.get("entry"))), {})
    resource = first.get("resource")
    if not isinstance(resource, dict) or resource.get("resourceType") != "Composition":
        raise NotADocument("Bundle.entry[0].resource", "Det første i et journalnotat må være en Composition.")
    return resource


def _patient(composition: dict[str, Any]) -> PatientRef:
    subject = composition.get("subject")
    identifier = subject.get("identifier") if isinstance(subject, dict) else None
    if not isinstance(identifier, dict) or not identifier.get("value"):
        raise NotADocument("Bundle.entry[0].resource.subject", "Et journalnotat må ha en pasient.")
    return PatientRef(str(identifier.get("system", "")), str(identifier["value"]))


def _event_at(composition: dict[str, Any]) -> str:
    event = next(iter(_dicts(composition.get("event"))), {})
    period = event.get("period")
    start = period.get("start") if isinstance(period, dict) else None
    return str(start or composition.get("date", ""))


def _coded(category: object) -> str:
    coding = next((c for one in _dicts(category) for c in _dicts(one.get("coding"))), {})
    return str(coding.get("display") or coding.get("code") or "")


def _dicts(value: object) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
