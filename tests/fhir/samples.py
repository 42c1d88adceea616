"""Messages of our own that keep to R4 and the national profiles, to be bent in the tests. Times are around NOW."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hub.fhir import codes

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TIME = "2026-03-10T11:58:30+01:00"
LATER = "2026-03-10T12:04:02.1234567+01:00"
TEST_PERSON = "13717404089"
SYSTEM = "urn:oid:2.16.578.1.12.4.1.4.1"
PATIENT: dict[str, Any] = {"identifier": {"system": SYSTEM, "value": TEST_PERSON}, "display": "Testperson"}


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}], "text": codes.name_of(system, code)}


OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "identifier": [{"system": "urn:acme:maaling", "value": "M-1001"}],
    "status": "final",
    "category": [
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}
    ],
    "code": {
        "coding": [
            {"system": codes.LOINC, "code": "8867-4", "display": "Heart rate"},
            {"system": codes.SNOMED, "code": "364075005", "display": "Heart rate"},
        ],
        "text": "Puls",
    },
    "subject": PATIENT,
    "effectiveDateTime": TIME,
    "issued": LATER,
    "valueQuantity": {"value": 72, "unit": "slag/min", "system": codes.UCUM, "code": "/min"},
    "device": {"identifier": {"system": "urn:acme:enhet", "value": "PM-77"}, "display": "Pulsmåler"},
    "note": [{"text": "Målt i hvile."}],
}

DISPENSE: dict[str, Any] = {
    "resourceType": "MedicationDispense",
    "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:6f1c54a6-6a1f-4c07-9d7c-2f3e8e5c1111"}],
    "status": "completed",
    "category": _concept(codes.MEDICATIONDISPENSE_EVENTS, "1.1"),
    "medicationCodeableConcept": {"text": "Multidose"},
    "subject": PATIENT,
    "performer": [{"actor": {"identifier": {"system": "urn:acme:enhet", "value": "MD-5"}, "display": "Dispenser"}}],
    "whenHandedOver": TIME,
}

ENCOUNTER: dict[str, Any] = {
    "resourceType": "Encounter",
    "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:0f1c54a6-6a1f-4c07-9d7c-2f3e8e5c2222"}],
    "status": "finished",
    "class": {"system": codes.ACT_CODE, "code": "VR", "display": "virtual"},
    "subject": PATIENT,
    "participant": [
        {
            "type": [_concept(codes.ENCOUNTER_MODE, "1")],
            "individual": {"identifier": {"system": "urn:acme:ansatt", "value": "a-1"}, "display": "Tilsynsvakt"},
        }
    ],
    "period": {"start": TIME, "end": LATER},
    "reasonCode": [_concept(codes.ENCOUNTER_REASON, "1")],
}

ALERT: dict[str, Any] = {
    "resourceType": "DetectedIssue",
    "identifier": [{"system": "urn:acme:alarm", "value": "A-1"}],
    "status": "final",
    "code": _concept(codes.ALERT_CODE, "3"),
    "severity": "high",
    "patient": PATIENT,
    "identifiedDateTime": TIME,
    "author": {"identifier": {"system": "urn:acme:enhet", "value": "TA-9"}, "display": "Trygghetsalarm"},
}

NOTE: dict[str, Any] = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"coding": [{"system": codes.LOINC, "code": "34133-9"}], "text": "Journalnotat"},
    "category": [_concept(codes.COMPOSITION_CATEGORY, "1")],
    "subject": PATIENT,
    "date": LATER,
    "author": [{"identifier": {"system": "urn:acme:ansatt", "value": "a-1"}, "display": "Operatør"}],
    "title": "Journalnotat for respons på hendelse",
    "event": [
        {"code": [_concept(codes.COMPOSITION_EVENT, "0")], "period": {"start": TIME}},
        {"code": [_concept(codes.COMPOSITION_EVENT, "3")], "period": {"start": LATER}},
    ],
    "section": [
        {
            "title": "Notat",
            "code": _concept(codes.COMPOSITION_SECTION, "1"),
            "text": {
                "status": "additional",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml">Bruker hadde falt. Hjulpet opp.</div>',
            },
            "entry": [{"reference": "urn:uuid:b0a4f3f0-5c15-4d8c-93c5-53f3c2d9aaaa"}],
        }
    ],
}

BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "identifier": {"system": "urn:acme:alarm", "value": "A-1"},
    "type": "document",
    "timestamp": LATER,
    "entry": [
        {"fullUrl": "urn:uuid:a0a4f3f0-5c15-4d8c-93c5-53f3c2d9bbbb", "resource": NOTE},
        {"fullUrl": "urn:uuid:b0a4f3f0-5c15-4d8c-93c5-53f3c2d9aaaa", "resource": ALERT},
        {
            "fullUrl": "urn:uuid:c0a4f3f0-5c15-4d8c-93c5-53f3c2d9cccc",
            "resource": {
                "resourceType": "Device",
                "identifier": [{"system": "urn:acme:enhet", "value": "TA-9"}],
                "serialNumber": "TA-9",
                "deviceName": [{"name": "Trygghetsalarm", "type": "user-friendly-name"}],
            },
        },
    ],
}

BLOOD_PRESSURE: dict[str, Any] = {
    **{k: v for k, v in OBSERVATION.items() if k != "valueQuantity"},
    "meta": {"profile": ["http://ehelse.no/fhir/StructureDefinition/vkp-Observation-Bloodpressure-v090"]},
    "code": {
        "coding": [{"system": codes.LOINC, "code": "85354-9"}, {"system": codes.SNOMED, "code": "75367002"}],
        "text": "Blodtrykk",
    },
    "component": [
        {
            "code": {"coding": [{"system": codes.LOINC, "code": loinc}, {"system": codes.SNOMED, "code": sct}]},
            "valueQuantity": {"value": value, "unit": "mmHg", "system": codes.UCUM, "code": "mm[Hg]"},
        }
        for loinc, sct, value in (("8480-6", "271649006", 131), ("8462-4", "271650006", 82))
    ],
}

ALL = {
    "observation": OBSERVATION,
    "blood-pressure": BLOOD_PRESSURE,
    "dispense": DISPENSE,
    "encounter": ENCOUNTER,
    "alert": ALERT,
    "note": NOTE,
    "bundle": BUNDLE,
}


def bent(resource: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of `resource` with `value` at `path` (`entry.1.resource.code`); `...` takes the element away."""
    copied = json.loads(json.dumps(resource))
    *steps, last = path.split(".")
    place: Any = copied
    for step in steps:
        place = place[int(step) if step.isdigit() else step]
    key = int(last) if last.isdigit() else last
    if value is ...:
        del place[key]
    elif isinstance(place, list) and key == len(place):
        place.append(value)
    else:
        place[key] = value
    return copied
