"""The national profiles v0.9.0, one readable table each, in our own words.

Every table says what HL7 Norway's published profile demands (repository Velferdsteknologi, November 2025); the
tests compare the two. `BUILT_IN` is all of them with their value sets.
"""

from __future__ import annotations

from hub.fhir import codes
from hub.fhir.profiles import (
    addresses,
    composition,
    detected_issue,
    encounter,
    extensions,
    medication_dispense,
    message_header,
    observation,
    people,
    plans,
    vital_signs,
)
from hub.fhir.rules import Rulebook, ValueSet

NATIONAL = (
    detected_issue.DETECTED_ISSUE,
    composition.COMPOSITION,
    encounter.ENCOUNTER,
    encounter.DIGITAL_ENCOUNTER,
    medication_dispense.MEDICATION_DISPENSE,
    observation.OBSERVATION,
    observation.BLOOD_PRESSURE,
    observation.BODY_TEMPERATURE,
    observation.BODY_WEIGHT,
    observation.HEART_RATE,
    observation.OXYGEN_SATURATION,
    people.PATIENT,
    people.ADDRESS,
    plans.CAREPLAN,
    plans.QUESTIONNAIRE_RESPONSE,
    message_header.MESSAGE_HEADER,
    *extensions.EXTENSIONS,
)

UNDERLYING = (
    vital_signs.VITAL_SIGNS,
    vital_signs.HEART_RATE,
    vital_signs.OXYGEN_SATURATION,
    vital_signs.BODY_TEMPERATURE,
    vital_signs.BODY_WEIGHT,
    vital_signs.BLOOD_PRESSURE,
)

#: Which profile is meant when a resource names none.
DEFAULTS = {
    p.type: p.url
    for p in (
        detected_issue.DETECTED_ISSUE,
        composition.COMPOSITION,
        encounter.ENCOUNTER,
        medication_dispense.MEDICATION_DISPENSE,
        observation.OBSERVATION,
        people.PATIENT,
        plans.CAREPLAN,
        plans.QUESTIONNAIRE_RESPONSE,
        message_header.MESSAGE_HEADER,
    )
}


def _whole_system(url: str, system: str) -> ValueSet:
    return ValueSet(url, {system: frozenset(codes.SYSTEMS[system])})


_VALUE_SETS = (
    _whole_system(addresses.ALERT_CODE_VALUES, codes.ALERT_CODE),
    _whole_system(addresses.CAREPLAN_CATEGORY_VALUES, codes.CAREPLAN_CATEGORY),
    _whole_system(addresses.COMPOSITION_CATEGORY_VALUES, codes.COMPOSITION_CATEGORY),
    _whole_system(addresses.COMPOSITION_EVENT_VALUES, codes.COMPOSITION_EVENT),
    _whole_system(addresses.COMPOSITION_SECTION_VALUES, codes.COMPOSITION_SECTION),
    _whole_system(addresses.ENCOUNTER_CLASS_VALUES, codes.ENCOUNTER_CLASS),
    _whole_system(addresses.ENCOUNTER_MODE_VALUES, codes.ENCOUNTER_MODE),
    _whole_system(addresses.ENCOUNTER_REASON_VALUES, codes.ENCOUNTER_REASON),
    _whole_system(addresses.MEDICATIONDISPENSE_EVENTS_VALUES, codes.MEDICATIONDISPENSE_EVENTS),
    ValueSet(
        addresses.MEDICATIONDISPENSE_STATUS_VALUES,
        {"http://hl7.org/fhir/medication-dispense-status": frozenset({"in-progress", "completed"})},
    ),
    _whole_system(addresses.MESSAGE_EVENT_VALUES, codes.MESSAGE_EVENT),
    _whole_system(addresses.SEVERITY_LEVEL_VALUES, codes.SEVERITY_LEVEL),
)

BUILT_IN = Rulebook(
    profiles={p.url: p for p in (*NATIONAL, *UNDERLYING)},
    defaults=DEFAULTS,
    value_sets={**{v.url: v for v in _VALUE_SETS}, **vital_signs.UNITS},
)
