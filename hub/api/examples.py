"""Worked examples for the OpenAPI pages. The people are synthetic."""

from __future__ import annotations

from typing import Any

_PERSON = {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": "13116900216"}}
_CODES = "http://ehelse.no/fhir/CodeSystem/vkp-{}-v090"

_NOTE: dict[str, Any] = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]},
    "category": [{"coding": [{"system": _CODES.format("composition-category"), "code": "1"}]}],
    "subject": _PERSON,
    "date": "2026-11-23T10:05:00+01:00",
    "author": [{"display": "Operatør 7"}],
    "title": "Journalnotat for respons på hendelse",
    "section": [
        {
            "code": {"coding": [{"system": _CODES.format("composition-section"), "code": "1"}]},
            "text": {
                "status": "additional",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml">Snakket med bruker. Alt i orden.</div>',
            },
        }
    ],
}
_ALARM: dict[str, Any] = {
    "resourceType": "DetectedIssue",
    "status": "final",
    "code": {"coding": [{"system": _CODES.format("alert-code"), "code": "3"}]},
    "patient": _PERSON,
    "identifiedDateTime": "2026-11-23T10:00:00+01:00",
}
DISPENSE: dict[str, Any] = {
    "resourceType": "MedicationDispense",
    "status": "completed",
    "category": {"coding": [{"system": _CODES.format("medicationdispense-events"), "code": "1.1"}]},
    "medicationCodeableConcept": {"text": "Multidose"},
    "subject": _PERSON,
    "performer": [{"actor": {"identifier": {"system": "https://acme.example/dispensere", "value": "D-1"}}}],
    "whenHandedOver": "2026-11-23T08:00:00+01:00",
}

BY_TYPE: dict[str, dict[str, Any]] = {
    "Bundle": {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": "https://acme.example/alarmer", "value": "A-2026-1"},
        "timestamp": "2026-11-23T10:06:00+01:00",
        "entry": [
            {
                "fullUrl": "urn:uuid:5f3c3b76-6a53-4f0e-9d42-0a4bb3f4d9a1",
                "resource": {
                    **_NOTE,
                    "section": [
                        {
                            **_NOTE["section"][0],
                            "entry": [{"reference": "urn:uuid:6b0c4a0e-1d27-4c55-8f7e-2f7f0d5a1c11"}],
                        }
                    ],
                },
            },
            {"fullUrl": "urn:uuid:6b0c4a0e-1d27-4c55-8f7e-2f7f0d5a1c11", "resource": _ALARM},
        ],
    },
    "Composition": _NOTE,
    "MedicationDispense": DISPENSE,
    "Encounter": {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "VR"},
        "subject": _PERSON,
        "participant": [
            {
                "type": [{"coding": [{"system": _CODES.format("encounter-mode"), "code": "1"}]}],
                "individual": {"display": "Nattevakt 2"},
            }
        ],
        "period": {"start": "2026-11-23T02:00:00+01:00", "end": "2026-11-23T02:01:00+01:00"},
        "reasonCode": [{"coding": [{"system": _CODES.format("encounter-reason"), "code": "1"}]}],
    },
    "Communication": {
        "resourceType": "Communication",
        "status": "completed",
        "subject": _PERSON,
        "sent": "2026-11-23T12:00:00+01:00",
        "payload": [{"contentString": "Pårørende er varslet."}],
    },
    "Patient": {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": "13116900216"}],
        "name": [{"family": "Danser", "given": ["Line"]}],
    },
    "Observation": {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Puls"},
        "subject": _PERSON,
        "effectiveDateTime": "2026-11-23T08:00:00+01:00",
        "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    },
}

RECEIPT: dict[str, Any] = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "information",
            "code": "informational",
            "details": {
                "coding": [{"system": "urn:knutepunkt:receipt", "code": "accepted"}],
                "text": "Mottatt og lagret",
            },
        }
    ],
}
SEARCHSET: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "searchset",
    "entry": [
        {
            "fullUrl": "urn:uuid:0b6f9a3c-50c6-4b63-9a6e-6a8b7d3c1f10",
            "resource": BY_TYPE["Patient"],
            "search": {"mode": "match"},
        }
    ],
}
