"""Messages for tests, as a sender would write them. All people are synthetic."""

from __future__ import annotations

from typing import Any

import orjson

LINE = "13116900216"
GRY = "12057900499"
MUNICIPALITY = "314159265"
SENDER = "Acme_Alarm_Testvik"
SYSTEM = "urn:ietf:rfc:3986"
_ALERT = "http://ehelse.no/fhir/CodeSystem/vkp-alert-code-v090"
_EVENT = "http://ehelse.no/fhir/CodeSystem/vkp-composition-event-v090"
_CATEGORY = "http://ehelse.no/fhir/CodeSystem/vkp-composition-category-v090"
_SECTION = "http://ehelse.no/fhir/CodeSystem/vkp-composition-section-v090"

Json = dict[str, Any]


def person(number: str = LINE) -> Json:
    return {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": number}}


def uuid(name: str) -> str:
    import uuid as ids

    return f"urn:uuid:{ids.uuid5(ids.NAMESPACE_URL, name)}"


def named(name: str | None, system: str = SYSTEM) -> list[Json]:
    return [] if name is None else [{"system": system, "value": name}]


def alarm(
    name: str | None = "alarm-1",
    *,
    at: str = "2026-11-23T10:00:00+01:00",
    patient: str = LINE,
    code: str = "3",
    system: str = SYSTEM,
    **more: Any,
) -> Json:
    body: Json = {
        "resourceType": "DetectedIssue",
        "status": "final",
        "code": {"coding": [{"system": _ALERT, "code": code}]},
        "patient": person(patient),
        "identifiedDateTime": at,
    }
    if name is not None:
        body["identifier"] = named(name, system)
    return body | more


def observation(name: str | None = "obs-1", *, value: float = 72, patient: str = LINE, **more: Any) -> Json:
    body: Json = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Puls"},
        "subject": person(patient),
        "effectiveDateTime": "2026-11-23T08:00:00+01:00",
        "valueQuantity": {"value": value, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }
    if name is not None:
        body["identifier"] = named(name)
    return body | more


def composition(
    *, steps: tuple[str, ...] = ("0", "1", "3"), patient: str = LINE, text: str = "Snakket med bruker.", **more: Any
) -> Json:
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]},
        "category": [{"coding": [{"system": _CATEGORY, "code": "1"}]}],
        "subject": person(patient),
        "date": "2026-11-23T10:05:00+01:00",
        "author": [{"display": "Operatør 7"}],
        "title": "Journalnotat for respons på hendelse",
        "event": [
            {
                "code": [{"coding": [{"system": _EVENT, "code": step}]}],
                "period": {"start": f"2026-11-23T10:0{i}:00+01:00"},
            }
            for i, step in enumerate(steps)
        ],
        "section": [
            {
                "code": {"coding": [{"system": _SECTION, "code": "1"}]},
                "text": {
                    "status": "additional",
                    "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>',
                },
            }
        ],
    } | more


def document(name: str, *resources: Json, at: str = "2026-11-23T10:06:00+01:00", system: str = SYSTEM) -> Json:
    return {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": system, "value": name},
        "timestamp": at,
        "entry": [{"fullUrl": uuid(f"{name}-{i}"), "resource": r} for i, r in enumerate(resources)],
    }


def follow_up(name: str = "follow-up-1", *, of: str = "alarm-1", patient: str = LINE, **more: Any) -> Json:
    """A response centre's document: a note with the alarm by identifier."""
    note = composition(patient=patient)
    note["section"][0]["entry"] = [{"type": "DetectedIssue", "identifier": {"system": SYSTEM, "value": of}}]
    return document(name, note, **more)


def raw(resource: Json) -> bytes:
    return orjson.dumps(resource)
