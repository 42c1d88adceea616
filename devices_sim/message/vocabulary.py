"""Addresses and names of the code tables that senders use. Source: VKP R4 v0.9.0 (HL7 Norway)."""

from __future__ import annotations

from devices_sim.message.template import Json
from hub.fhir import codes

_BASE = "http://ehelse.no/fhir"
ALERT = codes.ALERT_CODE
COMPOSITION_EVENT = codes.COMPOSITION_EVENT
COMPOSITION_CATEGORY = codes.COMPOSITION_CATEGORY
COMPOSITION_SECTION = codes.COMPOSITION_SECTION
ENCOUNTER_MODE = codes.ENCOUNTER_MODE
ENCOUNTER_REASON = codes.ENCOUNTER_REASON
DISPENSE_EVENT = codes.MEDICATIONDISPENSE_EVENTS
ACT_CODE, LOINC, SNOMED, UCUM = codes.ACT_CODE, codes.LOINC, codes.SNOMED, codes.UCUM
SEVERITY_EXTENSION = f"{_BASE}/StructureDefinition/vkp-severity-level-v090"
#: The profile fixes the coding's system to the value set's address, as published.
SEVERITY = f"{_BASE}/ValueSet/vkp-severity-level-v090"
URI = "urn:ietf:rfc:3986"

#: The simulated vendors' own numbering of equipment and operators (example domains).
DEVICE_NUMBER = "https://utstyr.acme.example/serienummer"
CLOUD_NUMBER = "https://sky.acme.example/hendelse"
OPERATOR = "https://responssenter.example/operator"

ALERT_NAMES = codes.SYSTEMS[codes.ALERT_CODE]
STEP_NAMES = codes.SYSTEMS[codes.COMPOSITION_EVENT]
SECTION_NAMES = codes.SYSTEMS[codes.COMPOSITION_SECTION]
MODE_NAMES = codes.SYSTEMS[codes.ENCOUNTER_MODE]
REASON_NAMES = codes.SYSTEMS[codes.ENCOUNTER_REASON]
DISPENSE_NAMES = codes.SYSTEMS[codes.MEDICATIONDISPENSE_EVENTS]
CATEGORY_NAMES = codes.SYSTEMS[codes.COMPOSITION_CATEGORY]
SEVERITY_NAMES = codes.SYSTEMS[codes.SEVERITY_LEVEL]


def coded(system: str, code: str, display: str) -> Json:
    """A CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}]}


def profile(name: str) -> Json:
    """The `meta` of a resource that follows the VKP profile `name`."""
    return {"profile": [f"{_BASE}/StructureDefinition/vkp-{name}-v090"]}
