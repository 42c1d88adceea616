"""Reads from a checked message what accepting it needs: identity, patient, times, case keys. Pure.

The rules are those of docs/guarantees.md: identity is municipality, sender, resource type, identifier system and
value, whole; a message without identifier gets one from its canonical content.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import orjson

from hub.fhir.codes import ALERT_CODE
from hub.fhir.parsing import canonical_hash
from hub.ingest.names import CASE_TYPES, SEPARATOR, Names, joined
from hub.ingest.parts import Parts, Resource, code_in, first_identifier, identifiers, objects, take_apart
from hub.ingest.patient import patient_of
from hub.ingest.references import alarm_references, case_references
from hub.model.codes import EventKind
from hub.model.event import Event, Inbound
from hub.model.person import PatientRef
from hub.model.times import parse_time

#: Systems that many senders number in, each for itself.
_SHARED_SYSTEMS = frozenset({"", "urn:ietf:rfc:3986", "urn:ietf:rfc:4122"})
_HANDLED = frozenset({"3", "4", "5", "6", "7", "8", "9", "10"})
_SYSTEM_TEXT = "2"


def identify(resource: Resource, inbound: Inbound) -> Event:
    """The event that `resource`, which came as `inbound`, tells of. Raises RejectedMessage without a patient."""
    parts = take_apart(resource)
    resource_type = str(resource["resourceType"])
    system, value = first_identifier(resource)
    content_hash = canonical_hash(resource)
    alert = parts.first("DetectedIssue")
    patient = patient_of(parts, inbound)
    alert_code = code_in(alert.get("code"), ALERT_CODE) if alert is not None else None
    occurred_at = _occurred_at(parts) or inbound.received_at
    names = Names(inbound.municipality, inbound.sender)
    references = [r for resource in parts.resources for r in case_references(resource)]
    to_alarms = [r for resource in parts.resources for r in alarm_references(resource)] if references else []
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
        alarm_keys=tuple(names.of("DetectedIssue", i) for r in parts.of("DetectedIssue") for i in identifiers(r)),
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
        resource = orjson.loads(payload.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError:
        return None, None
    return first_identifier(resource) if isinstance(resource, dict) else (None, None)


def _kind(parts: Parts) -> EventKind:
    types = parts.by_type.keys()
    if "DetectedIssue" in types:
        return EventKind.ALERT
    if "MedicationDispense" in types:
        return EventKind.DISPENSE
    if types & {"Observation", "QuestionnaireResponse"}:
        return EventKind.MEASUREMENT
    return EventKind.SUPERVISION if "Encounter" in types else EventKind.NOTE


_TIME_FIELDS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("DetectedIssue", ("identifiedDateTime", "identifiedPeriod")),
    ("MedicationDispense", ("whenHandedOver", "whenPrepared")),
    ("Encounter", ("period",)),
    ("Observation", ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")),
    ("QuestionnaireResponse", ("authored",)),
    ("Composition", ("date",)),
    ("Communication", ("sent", "received")),
)


def _occurred_at(parts: Parts) -> datetime | None:
    for resource_type, fields in _TIME_FIELDS:
        for resource in parts.of(resource_type):
            for name in fields:
                value = resource.get(name)
                if moment := parse_time(value.get("start") if isinstance(value, dict) else value):
                    return moment
    return parse_time(parts.top.get("timestamp"))


def _said_at(parts: Parts) -> datetime | None:
    """The message's own time: Bundle timestamp, Composition date, meta.lastUpdated, the first that is there."""
    composition = parts.first("Composition")
    meta = parts.top.get("meta")
    written = (
        parts.top.get("timestamp"),
        composition.get("date") if composition else None,
        meta.get("lastUpdated") if isinstance(meta, dict) else None,
    )
    return next((moment for text in written if (moment := parse_time(text))), None)


def _is_follow_up(parts: Parts) -> bool:
    """Whether somebody has dealt with the alarm: a handling step after "being handled", a visit, or a note of theirs.

    A Composition that only says that the event was reported (0) or is being handled (1) is no follow-up yet.
    """
    if parts.first("Encounter") is not None:
        return True
    for composition in parts.of("Composition"):
        steps = {
            str(c.get("code"))
            for event in objects(composition.get("event"))
            for concept in objects(event.get("code"))
            for c in objects(concept.get("coding"))
        }
        if steps & _HANDLED or (not steps and _has_note(composition)):
            return True
    return False


def _has_note(composition: Resource) -> bool:
    for section in objects(composition.get("section")):
        codes = {str(c.get("code")) for x in objects(section.get("code")) for c in objects(x.get("coding"))}
        if section.get("text") and codes != {_SYSTEM_TEXT}:
            return True
    return False


def _reference_keys(references: Sequence[Resource], parts: Parts, patient: PatientRef, names: Names) -> Iterator[str]:
    for reference in references:
        url = reference.get("reference")
        if isinstance(url, str) and url not in parts.by_url and ":" in url:
            yield names.url(patient, url)
        for identifier in identifiers(reference):
            kind = reference.get("type")
            yield names.of(kind if isinstance(kind, str) and kind else "*", identifier)


def _own_keys(parts: Parts, patient: PatientRef, names: Names) -> Iterator[str]:
    yield from (names.of(str(parts.top["resourceType"]), i) for i in identifiers(parts.top))
    if parts.top.get("resourceType") != "Bundle":
        return
    for url, resource in parts.by_url.items():
        if ":" in url and resource.get("resourceType") in CASE_TYPES:
            yield names.url(patient, url)
    for resource in parts.resources:
        if (kind := str(resource.get("resourceType"))) in CASE_TYPES:
            yield from (names.of(kind, i) for i in identifiers(resource))


def _alarm_numbers(parts: Parts, sender: str) -> Iterator[tuple[str, str]]:
    """The alarm's numbers, each with its series: the system, or the sender's own share of a system for everybody."""
    numbers = [i for r in parts.of("DetectedIssue") for i in identifiers(r)] or list(identifiers(parts.top))
    for system, value in numbers:
        shared = (system or "") in _SHARED_SYSTEMS
        yield (f"{system or ''}{SEPARATOR}{sender}" if shared else str(system)), value


def _fingerprint(parts: Parts, alert: Resource, code: str | None, patient: PatientRef, inbound: Inbound) -> str | None:
    """Patient, device, code and second of the alarm; None when it doesn't say its second."""
    said = alert.get("identifiedDateTime")
    period = alert.get("identifiedPeriod")
    text = said or (period.get("start") if isinstance(period, dict) else None)
    at = parse_time(text)
    if at is None or len(str(text)) < _TO_THE_SECOND:
        return None
    device = _device(parts, alert) or inbound.device or ""
    second = at.replace(microsecond=0).isoformat()
    return joined(inbound.municipality, "alarm", patient.system, patient.value, device, code or "", second)


_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TO_THE_SECOND = len("2026-11-23T10:00:00")


def _device(parts: Parts, alert: Resource) -> str | None:
    """The number of the device that raised the alarm: the author's, else that of the Bundle's only Device."""
    for author in objects(alert.get("author")):
        target = parts.by_url.get(str(author.get("reference")))
        if target is not None and target.get("resourceType") == "Device":
            return next((value for _, value in identifiers(target)), None)
        if value := next((v for _, v in identifiers({"identifier": author.get("identifier")})), None):
            return value
    devices = parts.of("Device")
    return next((v for _, v in identifiers(devices[0])), None) if len(devices) == 1 else None
