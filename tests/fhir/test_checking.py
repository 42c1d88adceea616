"""What a check rejects, what it only remarks on, and where it says that the fault is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.fhir import codes
from hub.fhir.checking import check
from hub.fhir.drafts import Level
from hub.model.finding import Finding
from tests.fhir.samples import (
    ALERT,
    ALL,
    BLOOD_PRESSURE,
    BUNDLE,
    DISPENSE,
    ENCOUNTER,
    NOTE,
    NOW,
    OBSERVATION,
    SYSTEM,
    TIME,
    bent,
)

Resource = dict[str, Any]


def found(resource: Resource, level: Level = "vkp") -> dict[str, Finding]:
    return {f.path: f for f in check(resource, level=level, now=NOW, mode="test")}


def errors(resource: Resource, level: Level = "vkp") -> list[tuple[str, str]]:
    return [(f.path, f.rule) for f in check(resource, level=level, now=NOW, mode="test") if f.is_error]


@pytest.mark.parametrize("level", ["vkp", "jft"])
@pytest.mark.parametrize("name", ALL)
def test_a_message_that_keeps_to_the_rules_gives_no_finding(name: str, level: Level) -> None:
    assert check(ALL[name], level=level, now=NOW, mode="test") == ()


@pytest.mark.parametrize(
    ("resource", "path", "value", "where", "rule"),
    [
        # R4's own minima
        (ALERT, "status", ..., "DetectedIssue.status", "r4-detectedissue-status-required"),
        (DISPENSE, "status", ..., "MedicationDispense.status", "r4-medicationdispense-status-required"),
        (
            DISPENSE,
            "medicationCodeableConcept",
            ...,
            "MedicationDispense.medication",
            "r4-medicationdispense-medication-required",
        ),
        (NOTE, "author", ..., "Composition.author", "r4-composition-author-required"),
        (NOTE, "title", "", "Composition.title", "r4-composition-title-required"),
        (NOTE, "date", ..., "Composition.date", "r4-composition-date-required"),
        (NOTE, "type", ..., "Composition.type", "r4-composition-type-required"),
        (OBSERVATION, "code", ..., "Observation.code", "r4-observation-code-required"),
        (ENCOUNTER, "class", ..., "Encounter.class", "r4-encounter-class-required"),
        # the profiles
        (ALERT, "code", ..., "DetectedIssue.code", "vkp-detectedissue-code-required"),
        (ALERT, "patient", ..., "DetectedIssue.patient", "vkp-detectedissue-patient-required"),
        (ALERT, "code.coding.0.code", "9.9", "DetectedIssue.code.coding[0].code", "vkp-detectedissue-code-binding"),
        (
            ALERT,
            "code.coding.0.system",
            codes.LOINC,
            "DetectedIssue.code.coding[0].system",
            "vkp-detectedissue-code-binding",
        ),
        (ALERT, "code.coding", ..., "DetectedIssue.code", "vkp-detectedissue-code-binding"),
        (NOTE, "category", ..., "Composition.category", "vkp-composition-category-required"),
        (NOTE, "category", [{}], "Composition.category", "vkp-composition-category-required"),
        (NOTE, "subject", ..., "Composition.subject", "vkp-composition-subject-required"),
        (
            NOTE,
            "event.0.code.0.coding.0.code",
            "2",
            "Composition.event[0].code[0].coding[0].code",
            "vkp-composition-event-code-binding",
        ),
        (ENCOUNTER, "subject", ..., "Encounter.subject", "vkp-encounter-subject-required"),
        (ENCOUNTER, "participant", ..., "Encounter.participant", "vkp-encounter-participant-required"),
        (
            ENCOUNTER,
            "participant.0.type",
            ...,
            "Encounter.participant[0].type",
            "vkp-encounter-participant-type-required",
        ),
        (
            ENCOUNTER,
            "participant.0.type.1",
            ENCOUNTER["participant"][0]["type"][0],
            "Encounter.participant[0].type",
            "vkp-encounter-participant-type-most",
        ),
        (ENCOUNTER, "period", ..., "Encounter.period", "vkp-encounter-period-required"),
        (
            ENCOUNTER,
            "identifier.0.system",
            "urn:acme",
            "Encounter.identifier[0].system",
            "vkp-encounter-identifier-system-fixed",
        ),
        (
            ENCOUNTER,
            "reasonCode.1",
            ENCOUNTER["reasonCode"][0],
            "Encounter.reasonCode",
            "vkp-encounter-reasoncode-most",
        ),
        (DISPENSE, "category", ..., "MedicationDispense.category", "vkp-medicationdispense-category-required"),
        (
            DISPENSE,
            "subject.identifier",
            ...,
            "MedicationDispense.subject.identifier",
            "vkp-medicationdispense-subject-identifier-required",
        ),
        (
            DISPENSE,
            "subject.identifier.system",
            "urn:acme",
            "MedicationDispense.subject.identifier",
            "vkp-medicationdispense-subject-identifier-closed",
        ),
        (
            DISPENSE,
            "performer.0.actor.reference",
            "Device/1",
            "MedicationDispense.performer[0].actor.reference",
            "vkp-medicationdispense-performer-actor-reference-forbidden",
        ),
        (
            DISPENSE,
            "performer.0.actor.identifier.value",
            "",
            "MedicationDispense.performer[0].actor.identifier.value",
            "vkp-medicationdispense-performer-actor-identifier-value-required",
        ),
        (DISPENSE, "performer", ..., "MedicationDispense.performer", "vkp-medicationdispense-performer-required"),
        (OBSERVATION, "subject", ..., "Observation.subject", "vkp-observation-subject-required"),
        # codes
        (ALERT, "status", "ferdig", "DetectedIssue.status", "r4-code-not-allowed"),
        (ALERT, "severity", "kritisk", "DetectedIssue.severity", "r4-code-not-allowed"),
        # types
        (ALERT, "code", "3", "DetectedIssue.code", "r4-wrong-type"),
        (ALERT, "status", {"value": "final"}, "DetectedIssue.status", "r4-wrong-type"),
        (ALERT, "status", ["final"], "DetectedIssue.status", "r4-wrong-type"),
        (ALERT, "patient", [ALERT["patient"]], "DetectedIssue.patient", "r4-object-expected"),
        (OBSERVATION, "valueQuantity.value", "72", "Observation.value.value", "r4-wrong-type"),
        (OBSERVATION, "valueQuantity.value", True, "Observation.value.value", "r4-wrong-type"),
        (OBSERVATION, "valueString", "72", "Observation.value", "r4-two-values"),
        (BUNDLE, "entry", "tom", "Bundle.entry", "r4-wrong-type"),
        (BUNDLE, "entry.2", 7, "Bundle.entry[2]", "r4-wrong-type"),
        (BUNDLE, "entry.1.resource", "x", "Bundle.entry[1].resource", "r4-wrong-type"),
        # formats
        (OBSERVATION, "id", "æ ø å", "Observation.id", "r4-format-id"),
        (OBSERVATION, "code.coding.0.system", "med mellomrom", "Observation.code.coding[0].system", "r4-format-uri"),
        # invariants
        (
            OBSERVATION,
            "dataAbsentReason",
            {"text": "feil"},
            "Observation.dataAbsentReason",
            "r4-obs-6",
        ),
        (ENCOUNTER, "period.end", "2026-03-09T00:00:00Z", "Encounter.period.end", "r4-per-1"),
        (NOTE, "section.0", {"title": "Tom"}, "Composition.section[0]", "r4-cmp-1"),
        (OBSERVATION, "valueQuantity.system", ..., "Observation.value.system", "r4-qty-3"),
        (ALERT, "extension", [{"url": "urn:x"}], "DetectedIssue.extension[0]", "r4-ext-1"),
        # documents
        (BUNDLE, "identifier", ..., "Bundle.identifier", "r4-bdl-9"),
        (BUNDLE, "identifier.system", ..., "Bundle.identifier.system", "r4-bdl-9"),
        (BUNDLE, "timestamp", ..., "Bundle.timestamp", "r4-bdl-10"),
        (BUNDLE, "entry.0", ..., "Bundle.entry[0].resource", "r4-bdl-11"),
        (BUNDLE, "entry.1.fullUrl", ..., "Bundle.entry[1].fullUrl", "r4-bundle-entry-fullurl"),
        (BUNDLE, "entry.2.fullUrl", BUNDLE["entry"][0]["fullUrl"], "Bundle.entry[2].fullUrl", "r4-bdl-7"),
        (BUNDLE, "entry.2.resource", ..., "Bundle.entry[2].resource", "r4-bdl-5"),
        (BUNDLE, "entry.2.search", {"mode": "match"}, "Bundle.entry[2].search", "r4-bdl-2"),
        (BUNDLE, "total", 3, "Bundle.total", "r4-bdl-1"),
        (BUNDLE, "type", "dokument", "Bundle.type", "r4-code-not-allowed"),
        (BUNDLE, "entry.1.resource.code", ..., "Bundle.entry[1].resource.code", "vkp-detectedissue-code-required"),
        (BUNDLE, "entry.2.resource.resourceType", "Dings", "Bundle.entry[2].resource.resourceType", "resource-unknown"),
        # narrative
        (
            NOTE,
            "section.0.text.div",
            '<div xmlns="http://www.w3.org/1999/xhtml"><script>x()</script></div>',
            "Composition.section[0].text.div",
            "r4-txt-1-script",
        ),
        (
            NOTE,
            "section.0.text.div",
            '<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x()">a</p></div>',
            "Composition.section[0].text.div",
            "r4-txt-1-script",
        ),
        (NOTE, "section.0.text.div", "<p>Falt</p>", "Composition.section[0].text.div", "r4-txt-1"),
        # times
        (ALERT, "identifiedDateTime", "2026-02-30T10:00:00Z", "DetectedIssue.identified", "time-impossible"),
        (ALERT, "identifiedDateTime", "i går", "DetectedIssue.identified", "time-impossible"),
        (ALERT, "identifiedDateTime", 1773140310, "DetectedIssue.identified", "r4-wrong-type"),
        (ALERT, "identifiedDateTime", "1999-12-31T10:00:00Z", "DetectedIssue.identified", "time-absurd"),
        (ALERT, "identifiedDateTime", "2026-03-12T10:00:00Z", "DetectedIssue.identified", "time-absurd"),
        (ALERT, "identifiedDateTime", "0001-01-01T00:00:00Z", "DetectedIssue.identified", "time-absurd"),
        (OBSERVATION, "effectiveDateTime", "2036", "Observation.effective", "time-absurd"),
        (BUNDLE, "timestamp", "1970-01-01T00:00:00Z", "Bundle.timestamp", "time-absurd"),
        (BUNDLE, "timestamp", "2026-03-10", "Bundle.timestamp", "time-impossible"),
        (NOTE, "date", "2126-03-10", "Composition.date", "time-absurd"),
        (NOTE, "event.1.period.start", "2126-03-10", "Composition.event[1].period.start", "time-absurd"),
        (DISPENSE, "whenHandedOver", "1900-01-01", "MedicationDispense.whenHandedOver", "time-absurd"),
        (ENCOUNTER, "period.start", "1900-01-01", "Encounter.period.start", "time-absurd"),
        (ALERT, "meta", {"lastUpdated": "1980-01-01T00:00:00Z"}, "DetectedIssue.meta.lastUpdated", "time-absurd"),
    ],
)
def test_a_fault_is_an_error_at_its_element(resource: Resource, path: str, value: Any, where: str, rule: str) -> None:
    faulty = bent(resource, path, value)
    assert (where, rule) in errors(faulty)
    assert {p for p, _ in errors(faulty)} == {where}


@pytest.mark.parametrize(
    ("resource", "path", "value", "where", "rule"),
    [
        (ALERT, "author.display", "", "DetectedIssue.author.display", "r4-empty"),
        (ALERT, "author.display", None, "DetectedIssue.author.display", "r4-empty"),
        (ALERT, "author.display", "  ", "DetectedIssue.author.display", "r4-empty"),
        (ALERT, "evidence", [], "DetectedIssue.evidence", "r4-empty"),
        (ALERT, "evidence", [{}], "DetectedIssue.evidence[0]", "r4-empty"),
        (ALERT, "meta", {}, "DetectedIssue.meta", "r4-empty"),
        (ALERT, "identifier", ALERT["identifier"][0], "DetectedIssue.identifier", "r4-list-expected"),
        (NOTE, "category", NOTE["category"][0], "Composition.category", "r4-list-expected"),
        (ALERT, "alvor", "høy", "DetectedIssue.alvor", "r4-unknown-element"),
        (ALERT, "identifiedDateTime", "2026-03-10T11:58+01:00", "DetectedIssue.identified", "time-without-seconds"),
        (ALERT, "author", {"reference": "Patient/1"}, "DetectedIssue.author.reference", "r4-reference-target"),
        (
            BUNDLE,
            "entry.0.resource.section.0.entry.0.reference",
            "urn:uuid:d0a4f3f0-5c15-4d8c-93c5-53f3c2d9dddd",
            "Bundle.entry[0].resource.section[0].entry[0].reference",
            "bundle-reference-unresolved",
        ),
        (ALERT, "author", {"reference": "#enhet"}, "DetectedIssue.author.reference", "r4-ref-1"),
        (
            NOTE,
            "section.0.text.div",
            "<div>Bruker hadde falt</div>",
            "Composition.section[0].text.div",
            "r4-txt-1-namespace",
        ),
    ],
)
def test_what_vkp_lets_through_is_remarked_on_and_is_an_error_for_jft(
    resource: Resource, path: str, value: Any, where: str, rule: str
) -> None:
    loose = bent(resource, path, value)
    assert errors(loose) == []
    assert found(loose)[where].rule == rule
    assert found(loose)[where].severity == "warning"
    assert (where, rule) in errors(loose, "jft")


@pytest.mark.parametrize(
    ("resource", "path", "value", "where", "rule"),
    [
        (ALERT, "code.text", "Sykesignalanlegg", "DetectedIssue.code.text", "code-contradicts-text"),
        (OBSERVATION, "code.text", "Blodtrykk", "Observation.code.text", "code-contradicts-text"),
        (
            OBSERVATION,
            "code.coding.0.display",
            "Body weight",
            "Observation.code.coding[0].display",
            "code-contradicts-text",
        ),
        (ALERT, "identifiedDateTime", "2026-03-10T11:58:30", "DetectedIssue.identified", "time-without-offset"),
        (ALERT, "identifiedDateTime", "2025-12-10T11:58:30Z", "DetectedIssue.identified", "time-old"),
        (
            NOTE,
            "type.coding.0.system",
            codes.ALERT_CODE,
            "Composition.type.coding[0].system",
            "composition-type-wrong-system",
        ),
        (
            NOTE,
            "section.0.code.coding.0.code",
            "77",
            "Composition.section[0].code.coding[0].code",
            "vkp-composition-section-code-binding",
        ),
        (ALERT, "identifier", ..., "DetectedIssue.identifier", "case-identifier-missing"),
    ],
)
def test_what_may_be_wrong_is_a_warning_at_both_levels(
    resource: Resource, path: str, value: Any, where: str, rule: str
) -> None:
    doubtful = bent(resource, path, value)
    for level in ("vkp", "jft"):
        assert errors(doubtful, level) == []
        assert found(doubtful, level)[where].rule == rule
        assert found(doubtful, level)[where].severity == "warning"


@pytest.mark.parametrize(
    ("resource", "path", "where"),
    [
        (ALERT, "identifiedDateTime", "DetectedIssue.identified"),
        (ALERT, "author", "DetectedIssue.author"),
        (NOTE, "event.0.period", "Composition.event[0].period"),
        (ENCOUNTER, "reasonCode", "Encounter.reasonCode"),
        (OBSERVATION, "identifier", "Observation.identifier"),
    ],
)
def test_what_only_the_guide_recommends_is_information(resource: Resource, path: str, where: str) -> None:
    for level in ("vkp", "jft"):
        assert {f.severity for f in found(bent(resource, path, ...), level).values()} == {"information"}
        assert where in found(bent(resource, path, ...), level)


@pytest.mark.parametrize(
    "time",
    ["2026-03-10T10:58:30.1234567Z", "2026-03-10T11:58:30.1+01:00", "2026-03-10", "2026-03", "2026-02-28T23:59:60Z"],
)
def test_every_form_that_r4_has_for_a_time_is_taken(time: str) -> None:
    assert check(bent(ALERT, "identifiedDateTime", time), now=NOW, mode="test") == ()


def test_an_old_time_is_remarked_on_once() -> None:
    old = json.loads(json.dumps(BUNDLE).replace("2026-03-10", "2024-07-03"))
    assert [f.rule for f in check(old, now=NOW, mode="test")] == ["time-old"]


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


def test_the_address_of_a_value_set_in_place_of_its_system_is_understood_and_remarked_on() -> None:
    coding = {"system": "http://ehelse.no/fhir/ValueSet/vkp-encounter-mode-v090", "code": "1"}
    meant = bent(ENCOUNTER, "participant.0.type.0.coding.0", coding)
    where = "Encounter.participant[0].type[0].coding[0].system"
    assert found(meant)[where].severity == "warning"
    assert errors(meant, "jft") == [(where, "vkp-code-system-address")]


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


def test_a_resource_that_r4_has_and_we_do_not_read_is_let_through_with_a_remark() -> None:
    entry = {"fullUrl": "urn:uuid:e0a4f3f0-5c15-4d8c-93c5-53f3c2d9eeee", "resource": {"resourceType": "Flag"}}
    assert found(bent(BUNDLE, "entry.3", entry))["Bundle.entry[3].resource.resourceType"].severity == "information"


def test_contained_resources_are_checked_as_r4_has_them() -> None:
    inside = bent(ALERT, "contained", [{"resourceType": "Device", "id": "enhet", "serialNumber": 7}])
    inside["author"] = {"reference": "#enhet"}
    assert errors(inside) == [("DetectedIssue.contained[0].serialNumber", "r4-wrong-type")]


def test_sections_within_sections_are_checked_all_the_way_down() -> None:
    deep = {"title": "a", "section": [{"title": "b", "section": [{"title": "c", "entry": {"reference": 7}}]}]}
    paths = found(bent(NOTE, "section.1", deep))
    assert "Composition.section[1].section[0].section[0].entry.reference" in paths


@pytest.mark.parametrize(
    ("number", "mode", "rule"),
    [
        ("13717404089", "test", None),
        ("13116900216", "test", None),
        ("13717404089", "production", "person-number-synthetic"),
        ("13116900216", "production", "person-number-synthetic"),
        ("13717404080", "test", "person-number-invalid"),
        ("1371740408", "test", "person-number-invalid"),
        ("30027404089", "production", "person-number-invalid"),
    ],
)
def test_identity_numbers_are_judged_by_the_mode(number: str, mode: Any, rule: str | None) -> None:
    findings = check(bent(ALERT, "patient.identifier.value", number), now=NOW, mode=mode)
    assert [(f.rule, f.outcome_code) for f in findings] == ([(rule, "2.1")] if rule else [])
    assert number not in repr(findings)


def _real() -> str:
    """A number that is valid and not marked as synthetic, made here so that none is written down."""
    from hub.model.person import check_digits

    return next(f"01015{n:04}{c}" for n in range(1000, 9999) if (c := check_digits(f"01015{n:04}")))


@pytest.mark.parametrize("system", [SYSTEM, "http://cosdoc.dips.no/lopenummer", None])
def test_a_real_number_is_refused_in_test_whatever_system_it_is_put_under(system: str | None) -> None:
    identifier = {k: v for k, v in (("system", system), ("value", _real())) if v}
    findings = check(bent(ALERT, "patient.identifier", identifier), now=NOW, mode="test")
    assert [(f.rule, f.path) for f in findings] == [("person-number-real", "DetectedIssue.patient.identifier.value")]
    assert _real() not in repr(findings)
    assert check(bent(ALERT, "patient.identifier", identifier), now=NOW, mode="production") == ()


def test_a_real_number_is_refused_in_the_address_of_the_patient_too() -> None:
    findings = check(bent(ALERT, "patient", {"reference": f"Patient/{_real()}"}), now=NOW, mode="test")
    assert [f.rule for f in findings] == ["person-number-real"]


def test_a_local_number_and_a_help_number_are_let_through() -> None:
    assert (
        check(
            bent(ALERT, "patient.identifier", {"system": "http://cosdoc.dips.no/lopenummer", "value": "1302"}),
            now=NOW,
            mode="test",
        )
        == ()
    )


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, {"resourceType": 3}, {"resourceType": "Bundle", "entry": 7}])
def test_anything_at_all_gets_an_answer(value: Any) -> None:
    assert any(f.is_error for f in check(value, now=NOW, mode="test"))


def test_errors_come_first() -> None:
    mixed = bent(bent(ALERT, "author.display", ""), "status", ...)
    assert [f.severity for f in check(mixed, now=NOW, mode="test")] == ["error", "warning"]


def test_findings_never_repeat_what_a_person_wrote() -> None:
    told = bent(bent(ALERT, "status", "Kari falt på kjøkkenet"), "detail", {"x": "Kari falt"})
    assert "Kari" not in repr(check(told, now=NOW, mode="test"))


def test_a_collection_of_measurements_is_no_document() -> None:
    batch = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": OBSERVATION}]}
    assert errors(batch) == []
    assert [f.rule for f in check(bent(batch, "type", "batch"), now=NOW, mode="test")] == ["r4-bdl-3"]


def test_the_time_of_a_plan_may_lie_ahead() -> None:
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": OBSERVATION["subject"],
        "category": [{"coding": [{"system": codes.CAREPLAN_CATEGORY, "code": "3"}]}],
        "period": {"start": TIME, "end": "2027-01-01"},
    }
    assert check(plan, now=NOW, mode="test") == ()
