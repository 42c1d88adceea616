"""What a check lets through at one level or both, with a remark."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.fhir import codes
from hub.fhir.checking import check
from tests.fhir.asking import Resource, errors, found
from tests.fhir.samples import (
    ALERT,
    BUNDLE,
    ENCOUNTER,
    NOTE,
    NOW,
    OBSERVATION,
    bent,
)


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


def test_an_old_time_is_remarked_on_once() -> None:
    old = json.loads(json.dumps(BUNDLE).replace("2026-03-10", "2024-07-03"))
    assert [f.rule for f in check(old, now=NOW, mode="test")] == ["time-old"]


def test_the_address_of_a_value_set_in_place_of_its_system_is_understood_and_remarked_on() -> None:
    coding = {"system": "http://ehelse.no/fhir/ValueSet/vkp-encounter-mode-v090", "code": "1"}
    meant = bent(ENCOUNTER, "participant.0.type.0.coding.0", coding)
    where = "Encounter.participant[0].type[0].coding[0].system"
    assert found(meant)[where].severity == "warning"
    assert errors(meant, "jft") == [(where, "vkp-code-system-address")]


def test_a_resource_that_r4_has_and_we_do_not_read_is_let_through_with_a_remark() -> None:
    entry = {"fullUrl": "urn:uuid:e0a4f3f0-5c15-4d8c-93c5-53f3c2d9eeee", "resource": {"resourceType": "Flag"}}
    assert found(bent(BUNDLE, "entry.3", entry))["Bundle.entry[3].resource.resourceType"].severity == "information"


def test_a_message_with_the_flaws_of_the_published_sample_passes_vkp_and_each_is_remarked_on() -> None:
    local = {"identifier": {"system": "http://cosdoc.dips.no/lopenummer", "value": "1302"}}
    kind = {"coding": [{"system": codes.ALERT_CODE, "code": "7"}], "text": "300 - Trygghetsalarm"}
    sample = bent(bent(BUNDLE, "entry.1.resource.code", kind), "entry.1.resource.patient", local)
    sample = bent(bent(sample, "entry.0.resource.type", kind), "entry.0.resource.subject", local)
    sample = bent(sample, "entry.2.resource.identifier.1", {"system": "urn:acme:imei", "value": ""})
    order = {"coding": [{"system": "urn:acme:tid", "code": "2026-03-10T11:58:30"}]}
    sample = bent(sample, "entry.0.resource.section.0.orderedBy", order)
    assert errors(sample) == []
    assert {(p, f.rule) for p, f in found(sample).items()} == {
        ("Bundle.entry[0].resource.type.text", "code-contradicts-text"),
        ("Bundle.entry[0].resource.type.coding[0].system", "composition-type-wrong-system"),
        ("Bundle.entry[1].resource.code.text", "code-contradicts-text"),
        ("Bundle.entry[2].resource.identifier[1].value", "r4-empty"),
    }
    assert [p for p, _ in errors(sample, "jft")] == ["Bundle.entry[2].resource.identifier[1].value"]
