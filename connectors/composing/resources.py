"""The single resources: DetectedIssue, MedicationDispense, Encounter, Observation and Device."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from connectors.codes import Severity, SupervisionMode, SupervisionReason
from connectors.composing.elements import (
    Json,
    coded,
    device_reference,
    fhir_time,
    meta,
    number,
    operator,
    period,
    profile,
    says_something,
    subject,
    urn,
)
from connectors.composing.sender import Sender
from connectors.measurements import Measurement, Quantity
from connectors.words import AlertRaised, DispenseGiven, SupervisionDone
from hub.fhir import codes
from hub.model.person import PatientRef

_FHIR_SEVERITY = {
    Severity.NORMAL: "low",
    Severity.MODERATE: "moderate",
    Severity.SERIOUS: "high",
    Severity.CRITICAL: "high",
}
_SEVERITY_EXTENSION = profile("severity-level")
#: The published extension fixes the system to its value set's address.
_SEVERITY_SYSTEM = codes.SEVERITY_LEVEL.replace("/CodeSystem/", "/ValueSet/")
_VIRTUAL = {"system": codes.ACT_CODE, "code": "VR", "display": "virtual"}
_UNNAMED = "Ikke oppgitt"
_VITAL_SIGNS = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]
}


def detected_issue(alert: AlertRaised, sender: Sender, said_at: datetime) -> Json:
    """The alert itself."""
    issue: Json = {"resourceType": "DetectedIssue", "meta": meta(profile("DetectedIssue"), said_at)}
    if alert.severity is not Severity.NOT_REPORTED:
        level = coded(codes.SEVERITY_LEVEL, str(alert.severity.value))
        level["coding"][0]["system"] = _SEVERITY_SYSTEM
        issue["extension"] = [{"url": _SEVERITY_EXTENSION, "valueCodeableConcept": level}]
        issue["severity"] = _FHIR_SEVERITY[alert.severity]
    issue |= {
        "identifier": [{"system": sender.system("alarm"), "value": alert.number}],
        "status": "final",
        "code": coded(codes.ALERT_CODE, alert.code),
        "patient": subject(alert.patient),
        "identifiedDateTime": fhir_time(alert.at),
        "author": device_reference(sender, alert.device, alert.device_name),
    }
    return issue | ({"detail": alert.text} if says_something(alert.text) else {})


def medication_dispense(event: DispenseGiven, sender: Sender, uuid: str, said_at: datetime) -> Json:
    """Medication that came out of a dispenser."""
    return {
        "resourceType": "MedicationDispense",
        "meta": meta(profile("MedicationDispense"), said_at),
        "identifier": [urn(uuid)],
        "status": "completed",
        "category": coded(codes.MEDICATIONDISPENSE_EVENTS, event.kind),
        "medicationCodeableConcept": {"text": event.medication if says_something(event.medication) else _UNNAMED},
        "subject": subject(event.patient),
        "performer": [{"actor": device_reference(sender, event.device, event.device_name)}],
        "whenHandedOver": fhir_time(event.at),
    }


def encounter(event: SupervisionDone, sender: Sender, uuid: str, said_at: datetime) -> Json:
    """A planned or event-driven look-in."""
    device = device_reference(sender, event.device, event.device_name)
    who = operator(sender, event.by) if event.by else device
    return virtual_encounter(
        uuid,
        said_at=said_at,
        about=subject(event.patient),
        mode=event.mode,
        reason=event.reason,
        who=who,
        lasted=period(event.at, event.until),
    )


def virtual_encounter(
    uuid: str,
    *,
    said_at: datetime,
    about: Json,
    mode: SupervisionMode,
    reason: SupervisionReason,
    who: Json,
    lasted: Json,
) -> Json:
    """A meeting with the patient `about` from afar, by `who`, over the period `lasted`."""
    return {
        "resourceType": "Encounter",
        "meta": meta(profile("digital-Encounter"), said_at),
        "identifier": [urn(uuid)],
        "status": "finished",
        "class": _VIRTUAL,
        "subject": about,
        "participant": [{"type": [coded(codes.ENCOUNTER_MODE, mode)], "individual": who}],
        "period": lasted,
        "reasonCode": [coded(codes.ENCOUNTER_REASON, reason)],
    }


def observation(
    measured: Measurement, uuid: str, *, patient: PatientRef, device: Json, at: datetime, said_at: datetime
) -> Json:
    """One measurement, single or with components."""
    shape = measured.kind.value
    values: Sequence[Decimal] = measured.values
    resource: Json = {
        "resourceType": "Observation",
        "meta": meta(shape.profile, said_at),
        "identifier": [urn(uuid)],
        "status": "final",
        "category": [_VITAL_SIGNS],
        "code": _measured_code(shape.whole),
        "subject": subject(patient),
        "effectiveDateTime": fhir_time(at),
        "device": device,
    }
    if not shape.parts:
        return resource | {"valueQuantity": _quantity(shape.whole, values[0])}
    parts = zip(shape.parts, values, strict=True)
    return resource | {"component": [{"code": _measured_code(q), "valueQuantity": _quantity(q, v)} for q, v in parts]}


def device(sender: Sender, number_: str, name: str | None) -> Json:
    """Equipment as a resource of its own, for the entries of a Bundle."""
    resource: Json = {
        "resourceType": "Device",
        "identifier": [{"system": sender.system("device"), "value": number_}],
        "status": "active",
    }
    return resource | ({"deviceName": [{"name": name, "type": "user-friendly-name"}]} if says_something(name) else {})


def _measured_code(quantity: Quantity) -> Json:
    codings = [{"system": codes.LOINC, "code": quantity.loinc, "display": quantity.name}]
    if quantity.snomed:
        codings.insert(0, {"system": codes.SNOMED, "code": quantity.snomed, "display": quantity.name})
    return {"coding": codings, "text": quantity.name}


def _quantity(quantity: Quantity, value: Decimal) -> Json:
    return {"value": number(value), "unit": quantity.unit, "system": codes.UCUM, "code": quantity.ucum}
