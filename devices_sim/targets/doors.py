"""What the national doors take: a resource that has no door of its own goes in a document Bundle, as VKP asks.

The resource stands in the Bundle byte for byte; the Bundle's and the note's own names follow from its content.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from devices_sim.emission import Emission
from devices_sim.message import vocabulary as v
from devices_sim.message.document import relative
from devices_sim.message.template import Json
from devices_sim.message.vocabulary import coded, profile
from devices_sim.randomness import uuid_of

#: Types with a door of their own, by the way in. Source: NHN developer portal (ta-i-bruk-vkp; JFT API).
VKP = frozenset({"Bundle", "Encounter", "MedicationDispense", "Composition", "Communication"})
JFT = frozenset({"Bundle", "MedicationDispense", "Composition"})

_TITLES = {"DetectedIssue": "Varsel fra utstyr", "Observation": "Måling", "Encounter": "Digitalt tilsyn"}
_TIMES = ("identifiedDateTime", "effectiveDateTime", "authored")


def through_door(emission: Emission, own_doors: frozenset[str]) -> Emission:
    """The emission as it goes through a door: unchanged, or its resource in a Bundle."""
    if emission.kind == "status" or emission.fault or emission.resource_type in own_doors:
        return emission
    try:
        resource = orjson.loads(emission.payload)
    except orjson.JSONDecodeError:
        return emission
    if not isinstance(resource, dict) or resource.get("resourceType") in own_doors:
        return emission
    uuid = uuid_of(int.from_bytes(sha256(emission.payload).digest()[:8], "big"))
    payload = orjson.dumps(_document(resource, emission, uuid))
    return emission._replace(payload=payload, identifier=f"urn:uuid:{uuid}", resource_type="Bundle")


def _document(resource: Json, emission: Emission, uuid: str) -> Json:
    own = next((i["value"] for i in resource.get("identifier", ()) if i.get("system") == v.URI), "")
    resource_url = own if own.startswith("urn:uuid:") else f"urn:uuid:{relative(uuid, 2)}"
    note = {"fullUrl": f"urn:uuid:{relative(uuid, 1)}", "resource": _note(resource, resource_url, relative(uuid, 1))}
    return {
        "resourceType": "Bundle",
        "identifier": {"system": v.URI, "value": f"urn:uuid:{uuid}"},
        "type": "document",
        "timestamp": _time(resource),
        "entry": [note, {"fullUrl": resource_url, "resource": orjson.Fragment(emission.payload)}],
    }


def _note(resource: Json, resource_url: str, uuid: str) -> Json:
    """The Composition that a document must begin with: it says what is beneath, and that nobody has dealt with it."""
    kind = resource["resourceType"]
    category = "2" if kind == "Observation" else "1"
    note: Json = {
        "resourceType": "Composition",
        "meta": profile("Composition"),
        "identifier": {"system": v.URI, "value": f"urn:uuid:{uuid}"},
        "status": "final",
        "type": {"coding": [{"system": v.LOINC, "code": "34133-9", "display": "Summarization of Episode Note"}]},
        "category": [coded(v.COMPOSITION_CATEGORY, category, v.CATEGORY_NAMES[category])],
        "subject": resource.get("patient") or resource.get("subject"),
        "date": _time(resource),
        "author": [_author(resource)],
        "title": _TITLES.get(kind, kind),
    }
    if kind == "DetectedIssue":
        note["event"] = [
            {"code": [coded(v.COMPOSITION_EVENT, "0", v.STEP_NAMES["0"])], "period": {"start": _time(resource)}}
        ]
    note["section"] = [
        {
            "title": v.SECTION_NAMES["2"].capitalize(),
            "code": coded(v.COMPOSITION_SECTION, "2", v.SECTION_NAMES["2"]),
            "text": {
                "status": "additional",
                "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{note["title"]}</div>',
            },
            "entry": [{"reference": resource_url}],
        }
    ]
    return note


def _author(resource: Json) -> Any:
    participants = resource.get("participant") or [{}]
    return resource.get("author") or resource.get("device") or participants[0].get("individual")


def _time(resource: Json) -> str:
    """When the resource says that it happened."""
    period = resource.get("period") or {}
    return str(next((resource[name] for name in _TIMES if name in resource), period.get("end", "")))
