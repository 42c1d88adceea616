"""Reads from a checked message what accepting it needs: identity, patient, times, case keys. Pure.

The rules are those of docs/guarantees.md: identity is municipality, sender, resource type, identifier system and
value, whole; a message without identifier gets one from its canonical content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from hub.fhir.codes import ALERT_CODE
from hub.fhir.parsing import canonical_hash
from hub.ingest.references import alarm_references, case_references
from hub.model.codes import EventKind
from hub.model.errors import RejectedMessage
from hub.model.event import Event, Inbound
from hub.model.finding import Finding
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER, PatientRef
from hub.model.times import parse_time

#: Between the parts of a key, and before a part that is shortened. Neither can stand in a message that was let in.
_SEPARATOR = "\x1f"
_SHORTENED = "\x1e"
#: Keys are indexed, and PostgreSQL's index takes no more than 2,700 bytes.
_LONGEST_PART = 160
_LONGEST_PATIENT = 200
#: Systems that many senders number in, each for itself.
_SHARED_SYSTEMS = frozenset({"", "urn:ietf:rfc:3986", "urn:ietf:rfc:4122"})
_PREFERRED_SYSTEMS = (IDENTITY_NUMBER, D_NUMBER, HELP_NUMBER)
#: What a reference without a type may name, most likely first.
_CASE_TYPES = ("DetectedIssue", "Bundle", "Encounter", "Composition", "Observation", "MedicationDispense")
_HANDLED = frozenset({"3", "4", "5", "6", "7", "8", "9", "10"})
_SYSTEM_TEXT = "2"

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The resources of a message, sorted out."""

    top: Resource
    resources: tuple[Resource, ...]
    by_url: Mapping[str, Resource]

    def of(self, resource_type: str) -> Iterator[Resource]:
        return (r for r in self.resources if r.get("resourceType") == resource_type)

    def first(self, resource_type: str) -> Resource | None:
        return next(self.of(resource_type), None)


def identify(resource: Resource, inbound: Inbound) -> Event:
    """The event that `resource`, which came as `inbound`, tells of. Raises RejectedMessage without a patient."""
    parts = _parts(resource)
    resource_type = str(resource["resourceType"])
    system, value = _first_identifier(resource)
    content_hash = canonical_hash(resource)
    alert = parts.first("DetectedIssue")
    patient = _patient(parts, inbound)
    alert_code = _code(alert.get("code"), ALERT_CODE) if alert is not None else None
    occurred_at = _occurred_at(parts) or inbound.received_at
    names = _Names(inbound.municipality, inbound.sender)
    references = [r for resource in parts.resources for r in case_references(resource)]
    to_alarms = [r for resource in parts.resources for r in alarm_references(resource)]
    return Event(
        municipality=inbound.municipality,
        sender=inbound.sender,
        device=inbound.device,
        resource_type=resource_type,
        identifier_system=system,
        identifier_value=value,
        identity=names.identity(resource_type, system, value, content_hash),
        content_hash=content_hash,
        kind=_kind(parts),
        alert_code=alert_code,
        patient=patient,
        occurred_at=occurred_at,
        said_at=_said_at(parts),
        has_alert=alert is not None,
        is_follow_up=_is_follow_up(parts),
        alarm_keys=tuple(names.of("DetectedIssue", i) for r in parts.of("DetectedIssue") for i in _identifiers(r)),
        reference_keys=tuple(_reference_keys(references, parts, patient, names)),
        bundle_key=names.of("Bundle", (system, value)) if resource_type == "Bundle" and value else None,
        own_keys=tuple(_own_keys(parts, patient, names)),
        fingerprint=_fingerprint(parts, alert, alert_code, patient, inbound) if alert else None,
        alarm_numbers=tuple(_alarm_numbers(parts, inbound.sender)),
        alarm_reference_keys=tuple(_reference_keys(to_alarms, parts, patient, names)),
    )


def identifier_of(payload: bytes) -> tuple[str | None, str | None]:
    """System and value of the first identifier of a message that may be broken; None where there is none to read."""
    try:
        resource = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None, None
    return _first_identifier(resource) if isinstance(resource, dict) else (None, None)


@dataclass(frozen=True, slots=True)
class _Names:
    """Writes names as keys; an identifier without a system is the sender's own."""

    municipality: str
    sender: str

    def of(self, resource_type: str, identifier: tuple[str | None, str | None]) -> str:
        system, value = identifier
        own = system or f"{_SHORTENED}{self.sender}"
        return _joined(self.municipality, resource_type, own, value or "")

    def url(self, patient: PatientRef, url: str) -> str:
        return _joined(self.municipality, "url", patient.system, patient.value, url)

    def identity(self, resource_type: str, system: str | None, value: str | None, content_hash: str) -> str:
        named = ("id", system or "", value) if value else ("content", "", content_hash)
        return _joined(self.municipality, self.sender, resource_type, *named)


def _joined(*parts: str) -> str:
    """The parts as one key; different parts never give the same key."""
    return _SEPARATOR.join(part if len(part) <= _LONGEST_PART else _shortened(part) for part in parts)


def _shortened(part: str) -> str:
    return _SHORTENED + hashlib.sha256(part.encode()).hexdigest()


def _parts(resource: Resource) -> _Parts:
    if resource.get("resourceType") != "Bundle":
        return _Parts(resource, (resource,), {})
    found: list[Resource] = []
    by_url: dict[str, Resource] = {}
    for entry in _objects(resource.get("entry")):
        inner = entry.get("resource")
        if isinstance(inner, dict):
            found.append(inner)
            if isinstance(url := entry.get("fullUrl"), str):
                by_url[url] = inner
            if isinstance(own_id := inner.get("id"), str):
                by_url.setdefault(f"{inner.get('resourceType')}/{own_id}", inner)
    return _Parts(resource, tuple(found), by_url)


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects of a list, or the one object where a list belongs."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _identifiers(resource: Resource) -> Iterator[tuple[str | None, str]]:
    for identifier in _objects(resource.get("identifier")):
        value = identifier.get("value")
        if isinstance(value, str) and value:
            system = identifier.get("system")
            yield (system if isinstance(system, str) and system else None), value


def _first_identifier(resource: Resource) -> tuple[str | None, str | None]:
    return next(_identifiers(resource), (None, None))


def _code(concept: object, system: str) -> str | None:
    for one in _objects(concept):
        codings = list(_objects(one.get("coding")))
        for coding in (*(c for c in codings if c.get("system") == system), *codings):
            if isinstance(code := coding.get("code"), str):
                return code
    return None


def _kind(parts: _Parts) -> EventKind:
    types = {r.get("resourceType") for r in parts.resources}
    if "DetectedIssue" in types:
        return EventKind.ALERT
    if "MedicationDispense" in types:
        return EventKind.DISPENSE
    if types & {"Observation", "QuestionnaireResponse"}:
        return EventKind.MEASUREMENT
    return EventKind.SUPERVISION if "Encounter" in types else EventKind.NOTE


_PATIENT_FIELDS = ("patient", "subject")


def _patient(parts: _Parts, inbound: Inbound) -> PatientRef:
    found: dict[str, PatientRef] = {}
    for resource in parts.resources:
        for name in _PATIENT_FIELDS:
            for reference in _objects(resource.get(name)):
                if patient := _resolved_patient(reference, resource, parts, inbound):
                    found.setdefault(patient.system, patient)
                    if found[patient.system] != patient:
                        raise RejectedMessage([_ANOTHER_PATIENT])
    if not found:
        raise RejectedMessage([_NO_PATIENT])
    if any(len(p.value) > _LONGEST_PATIENT or len(p.system) > _LONGEST_PATIENT for p in found.values()):
        raise RejectedMessage([_PATIENT_TOO_LONG])
    return next((found[s] for s in _PREFERRED_SYSTEMS if s in found), next(iter(found.values())))


_ANOTHER_PATIENT = Finding(
    severity="error",
    path="Bundle.entry",
    rule="patient-differs",
    advice="Ressursene i meldingen gjelder ulike pasienter. Send én melding per pasient.",
    issue_type="business-rule",
    outcome_code="2.1",
)
_PATIENT_TOO_LONG = Finding(
    severity="error",
    path="$this",
    rule="patient-identifier-too-long",
    advice="Identifikatoren for pasienten er for lang. Grensen er 200 tegn for system og verdi.",
    issue_type="too-long",
    outcome_code="2.1",
)
_NO_PATIENT = Finding(
    severity="error",
    path="$this",
    rule="patient-missing",
    advice="Meldingen sier ikke hvem pasienten er. Oppgi subject eller patient med identifier.",
    issue_type="required",
    outcome_code="2.1",
)


def _resolved_patient(reference: Resource, resource: Resource, parts: _Parts, inbound: Inbound) -> PatientRef | None:
    for identifier in _objects(reference.get("identifier")):
        if isinstance(value := identifier.get("value"), str) and value:
            return PatientRef(str(identifier.get("system") or ""), value)
    target = reference.get("reference")
    if not isinstance(target, str) or not target:
        return None
    patient = parts.by_url.get(target) or _contained(resource, target)
    if patient is None:
        return PatientRef(f"reference:{inbound.sender}", target)
    known = sorted(_identifiers(patient), key=lambda i: _preference(i[0]))
    return PatientRef(known[0][0] or "", known[0][1]) if known else None


def _preference(system: str | None) -> int:
    return _PREFERRED_SYSTEMS.index(system) if system in _PREFERRED_SYSTEMS else len(_PREFERRED_SYSTEMS)


def _contained(resource: Resource, target: str) -> Resource | None:
    if not target.startswith("#"):
        return None
    return next((c for c in _objects(resource.get("contained")) if c.get("id") == target[1:]), None)


_TIME_FIELDS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("DetectedIssue", ("identifiedDateTime", "identifiedPeriod")),
    ("MedicationDispense", ("whenHandedOver", "whenPrepared")),
    ("Encounter", ("period",)),
    ("Observation", ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")),
    ("QuestionnaireResponse", ("authored",)),
    ("Composition", ("date",)),
    ("Communication", ("sent", "received")),
)


def _occurred_at(parts: _Parts) -> datetime | None:
    for resource_type, fields in _TIME_FIELDS:
        for resource in parts.of(resource_type):
            for name in fields:
                value = resource.get(name)
                if moment := parse_time(value.get("start") if isinstance(value, dict) else value):
                    return moment
    return parse_time(parts.top.get("timestamp"))


def _said_at(parts: _Parts) -> datetime | None:
    """The message's own time: Bundle timestamp, Composition date, meta.lastUpdated, the first that is there."""
    composition = parts.first("Composition")
    meta = parts.top.get("meta")
    written = (
        parts.top.get("timestamp"),
        composition.get("date") if composition else None,
        meta.get("lastUpdated") if isinstance(meta, dict) else None,
    )
    return next((moment for text in written if (moment := parse_time(text))), None)


def _is_follow_up(parts: _Parts) -> bool:
    """Whether somebody has dealt with the alarm: a handling step after "being handled", a visit, or a note of theirs.

    A Composition that only says that the event was reported (0) or is being handled (1) is no follow-up yet.
    """
    if parts.first("Encounter") is not None:
        return True
    for composition in parts.of("Composition"):
        steps = {
            str(c.get("code"))
            for event in _objects(composition.get("event"))
            for concept in _objects(event.get("code"))
            for c in _objects(concept.get("coding"))
        }
        if steps & _HANDLED or (not steps and _has_note(composition)):
            return True
    return False


def _has_note(composition: Resource) -> bool:
    for section in _objects(composition.get("section")):
        codes = {str(c.get("code")) for x in _objects(section.get("code")) for c in _objects(x.get("coding"))}
        if section.get("text") and codes != {_SYSTEM_TEXT}:
            return True
    return False


def _reference_keys(references: Sequence[Resource], parts: _Parts, patient: PatientRef, names: _Names) -> Iterator[str]:
    for reference in references:
        url = reference.get("reference")
        if isinstance(url, str) and url not in parts.by_url and ":" in url:
            yield names.url(patient, url)
        for identifier in _identifiers(reference):
            kind = reference.get("type")
            yield names.of(kind if isinstance(kind, str) and kind else "*", identifier)


def untyped_candidates(key: str) -> tuple[str, ...]:
    """The typed keys that an untyped reference (`*`) may mean, most likely first; a typed key means itself."""
    municipality, resource_type, *rest = key.split(_SEPARATOR)
    if resource_type != "*":
        return (key,)
    return tuple(_SEPARATOR.join((municipality, t, *rest)) for t in _CASE_TYPES)


def alarm_names(fingerprint: str) -> tuple[str, ...]:
    """The keys of all alarms with one fingerprint: one numbering series may have told several apart."""
    return (fingerprint, *(f"{fingerprint}{_SEPARATOR}{n}" for n in range(2, _MOST_OF_ONE_FINGERPRINT + 1)))


_MOST_OF_ONE_FINGERPRINT = 8


def wanted_names(key: str) -> tuple[str, ...]:
    """The keys under which an earlier message may have asked for what `key` names."""
    municipality, resource_type, *rest = key.split(_SEPARATOR)
    if resource_type == "url":
        return (key,)
    return (key, _SEPARATOR.join((municipality, "*", *rest)))


def _own_keys(parts: _Parts, patient: PatientRef, names: _Names) -> Iterator[str]:
    yield from (names.of(str(parts.top["resourceType"]), i) for i in _identifiers(parts.top))
    if parts.top.get("resourceType") != "Bundle":
        return
    for url, resource in parts.by_url.items():
        if ":" in url and resource.get("resourceType") in _CASE_TYPES:
            yield names.url(patient, url)
    for resource in parts.resources:
        if (kind := str(resource.get("resourceType"))) in _CASE_TYPES:
            yield from (names.of(kind, i) for i in _identifiers(resource))


def _alarm_numbers(parts: _Parts, sender: str) -> Iterator[tuple[str, str]]:
    """The alarm's numbers, each with its series: the system, or the sender's own share of a system for everybody."""
    numbers = [i for r in parts.of("DetectedIssue") for i in _identifiers(r)] or list(_identifiers(parts.top))
    for system, value in numbers:
        shared = (system or "") in _SHARED_SYSTEMS
        yield (f"{system or ''}{_SEPARATOR}{sender}" if shared else str(system)), value


def _fingerprint(parts: _Parts, alert: Resource, code: str | None, patient: PatientRef, inbound: Inbound) -> str | None:
    """Patient, device, code and second of the alarm; None when it doesn't say its second."""
    said = alert.get("identifiedDateTime")
    period = alert.get("identifiedPeriod")
    text = said or (period.get("start") if isinstance(period, dict) else None)
    at = parse_time(text)
    if at is None or len(str(text)) < _TO_THE_SECOND:
        return None
    device = _device(parts, alert) or inbound.device or ""
    second = at.replace(microsecond=0).isoformat()
    return _joined(inbound.municipality, "alarm", patient.system, patient.value, device, code or "", second)


_TO_THE_SECOND = len("2026-11-23T10:00:00")


def _device(parts: _Parts, alert: Resource) -> str | None:
    """The number of the device that raised the alarm: the author's, else that of the Bundle's only Device."""
    for author in _objects(alert.get("author")):
        target = parts.by_url.get(str(author.get("reference")))
        if target is not None and target.get("resourceType") == "Device":
            return next((value for _, value in _identifiers(target)), None)
        if value := next((v for _, v in _identifiers({"identifier": author.get("identifier")})), None):
            return value
    devices = list(parts.of("Device"))
    return next((v for _, v in _identifiers(devices[0])), None) if len(devices) == 1 else None
