"""Profiles that are asked for by name, and national extensions."""

from __future__ import annotations

import pytest

from hub.fhir.checking import check
from hub.fhir.drafts import Level
from tests.fhir.asking import errors, found
from tests.fhir.samples import (
    ALERT,
    BLOOD_PRESSURE,
    ENCOUNTER,
    NOTE,
    NOW,
    OBSERVATION,
    bent,
)


def test_a_missing_element_is_told_by_an_extension_that_says_why() -> None:
    absent = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    }
    told = bent(NOTE, "title", ...) | {"_title": absent}
    assert errors(told) == []


def test_a_national_profile_is_asked_for_by_name() -> None:
    pulse = bent(
        OBSERVATION, "meta", {"profile": ["http://hl7.no/fhir/StructureDefinition/vkp-Observation-Bodytemp-v090"]}
    )
    assert found(pulse)["Observation.code.coding"].rule == "r4-bodytemp-code-coding-bodytempcode-required"
    assert found(pulse)["Observation.code.coding"].severity == "warning"
    assert errors(pulse, "jft")


def test_a_profile_of_another_kind_of_resource_is_not_held_against_it() -> None:
    odd = bent(ALERT, "meta", {"profile": ["http://ehelse.no/fhir/StructureDefinition/vkp-Composition-v090", 7]})
    assert {p for p, _ in errors(odd)} == {"DetectedIssue.meta.profile[1]"}
    assert found(odd)["DetectedIssue.meta.profile[0]"].rule == "profile-of-other-type"


def test_a_national_profile_that_is_not_known_here_is_said_to_be_unchecked() -> None:
    urls = ["http://ehelse.no/fhir/StructureDefinition/vkp-Nytt-v100", "http://hl7.org/fhir/StructureDefinition/ukjent"]
    assert {p: f.severity for p, f in found(bent(ALERT, "meta", {"profile": urls})).items()} == {
        "DetectedIssue.meta.profile[0]": "information"
    }


def test_blood_pressure_needs_both_components() -> None:
    half = bent(BLOOD_PRESSURE, "component.1", ...)
    assert {(f.path, f.rule) for f in check(half, level="jft", now=NOW, mode="test")} == {
        ("Observation.component", "r4-bp-component-required"),
        ("Observation.component", "r4-bp-component-diastolicbp-required"),
    }
    assert errors(half) == []


def test_a_digital_encounter_is_virtual() -> None:
    named = bent(
        ENCOUNTER, "meta", {"profile": ["http://ehelse.no/fhir/StructureDefinition/vkp-digital-Encounter-v090"]}
    )
    assert errors(named) == []
    assert errors(bent(named, "class.code", "AMB")) == [
        ("Encounter.class.code", "vkp-digital-encounter-class-code-fixed")
    ]


def test_bindings_to_value_sets_that_were_never_published_are_not_checked() -> None:
    named = bent(
        ENCOUNTER, "meta", {"profile": ["http://ehelse.no/fhir/StructureDefinition/vkp-digital-Encounter-v090"]}
    )
    assert errors(bent(named, "participant.0.type.0.coding.0.system", "urn:hva:som:helst")) == []


@pytest.mark.parametrize(
    ("kind", "level", "severity"),
    [
        ("ValueSet", "vkp", None),
        ("ValueSet", "jft", None),
        ("CodeSystem", "vkp", "warning"),
        ("CodeSystem", "jft", "warning"),
    ],
)
def test_the_severity_extension_may_name_its_value_set_as_published(
    kind: str, level: Level, severity: str | None
) -> None:
    coding = {"system": f"http://ehelse.no/fhir/{kind}/vkp-severity-level-v090", "code": "30"}
    extension = {
        "url": "http://ehelse.no/fhir/StructureDefinition/vkp-severity-level-v090",
        "valueCodeableConcept": {"coding": [coding]},
    }
    findings = check(bent(ALERT, "extension", [extension]), level=level, now=NOW, mode="test")
    assert [f.severity for f in findings] == ([severity] if severity else [])


def test_an_extension_of_ours_has_one_type_of_value() -> None:
    extension = {"url": "http://ehelse.no/fhir/StructureDefinition/vkp-severity-level-v090", "valueString": "høy"}
    assert errors(bent(ALERT, "extension", [extension])) == [
        ("DetectedIssue.extension[0].value", "vkp-severity-level-value-type")
    ]


def test_the_device_extension_must_tell_its_parts() -> None:
    url = "http://ehelse.no/fhir/StructureDefinition/vkp-encounterDevice-v090"
    parts = [{"url": "identifier", "valueString": "K-1"}, {"url": "displayName", "valueString": "Kamera"}]
    told = bent(ENCOUNTER, "extension", [{"url": url, "extension": parts}])
    assert errors(told) == [("Encounter.extension[0].extension", "vkp-encounterdevice-extension-type-required")]
    parts.append({"url": "type", "valueCodeableConcept": {"text": "kamera"}})
    assert errors(bent(ENCOUNTER, "extension", [{"url": url, "extension": parts}])) == []
