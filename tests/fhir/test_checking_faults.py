"""What a check rejects, and where it says that the fault is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hub.fhir import codes, drafts
from hub.fhir.checking import check
from hub.fhir.drafts import Level
from hub.fhir.kinds import KINDS
from tests.fhir.asking import Resource, errors, found
from tests.fhir.samples import (
    ALERT,
    ALL,
    BUNDLE,
    DISPENSE,
    ENCOUNTER,
    NOTE,
    NOW,
    OBSERVATION,
    TIME,
    bent,
)


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
    "time",
    ["2026-03-10T10:58:30.1234567Z", "2026-03-10T11:58:30.1+01:00", "2026-03-10", "2026-03", "2026-02-28T23:59:60Z"],
)
def test_every_form_that_r4_has_for_a_time_is_taken(time: str) -> None:
    assert check(bent(ALERT, "identifiedDateTime", time), now=NOW, mode="test") == ()


def test_contained_resources_are_checked_as_r4_has_them() -> None:
    inside = bent(ALERT, "contained", [{"resourceType": "Device", "id": "enhet", "serialNumber": 7}])
    inside["author"] = {"reference": "#enhet"}
    assert errors(inside) == [("DetectedIssue.contained[0].serialNumber", "r4-wrong-type")]


def test_sections_within_sections_are_checked_all_the_way_down() -> None:
    deep = {"title": "a", "section": [{"title": "b", "section": [{"title": "c", "entry": {"reference": 7}}]}]}
    paths = found(bent(NOTE, "section.1", deep))
    assert "Composition.section[1].section[0].section[0].entry.reference" in paths


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


def test_every_kind_of_fault_has_its_row_in_the_table_and_every_row_is_used() -> None:
    sources = "".join(p.read_text(encoding="utf-8") for p in Path(drafts.__file__).parent.glob("*.py"))
    used = set(re.findall(r'Draft\(\s*"([a-z-]+)"', sources)) | set(re.findall(r'held\([^,()]+, "([a-z-]+)"', sources))
    used |= {"binding", "binding-hint", "underlying", "repeated-name"}  # chosen by an expression
    assert used == set(KINDS)
