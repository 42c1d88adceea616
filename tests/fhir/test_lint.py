"""The linter: lines, the difference between VKP and JFT, patches, and four ways of writing a report."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.fhir import verbatim
from hub.fhir.checking import check
from hub.fhir.fixing import Operation, fix
from hub.fhir.lint import Linter, Report
from hub.fhir.lint_json import as_json
from hub.fhir.lint_junit import as_junit
from hub.fhir.lint_sarif import as_sarif
from hub.fhir.lint_text import as_text
from hub.fhir.paths import pointer
from hub.fhir.positions import Position, Positions
from hub.model.finding import Finding
from tests.fhir.samples import ALERT, ALL, BUNDLE, NOW, bent
from tests.fhir.test_checking_anything import ANYTHING, bent_messages

LOOSE = bent(
    bent(BUNDLE, "entry.2.resource.serialNumber", ""),
    "entry.0.resource.category",
    BUNDLE["entry"][0]["resource"]["category"][0],
)
WRONG = bent(LOOSE, "entry.1.resource.code", ...)


def linted(resource: Any, target: Any = "vkp", **options: Any) -> Report:
    raw = json.dumps(resource, indent=2).encode() if not isinstance(resource, bytes) else resource
    return Linter(target, NOW, "test", **options).lint(raw, "melding.json")


def test_a_right_message_passes_both_and_needs_no_patch() -> None:
    report = linted(BUNDLE)
    assert (report.passes_vkp, report.passes_jft, report.patch, report.fixed) == (True, True, (), None)
    assert as_text([report]) == "melding.json: går gjennom VKP (ingen merknader)\n\n"


def test_what_passes_vkp_and_would_fail_jft_is_said_with_a_patch_that_makes_it_pass() -> None:
    report = linted(LOOSE)
    assert (report.passes_vkp, report.passes_jft, report.left) == (True, False, ())
    assert {r.finding.rule for r in report.blockers} == {"r4-empty", "r4-list-expected"}
    assert report.fixed is not None
    assert linted(report.fixed).passes_jft
    assert {pointer(o.place): o.op for o in report.patch} == {
        "/entry/2/resource/serialNumber": "remove",
        "/entry/0/resource/category": "replace",
    }


def test_what_a_patch_cannot_mend_is_told() -> None:
    report = linted(WRONG, "jft")
    assert [f.rule for f in report.left] == ["vkp-detectedissue-code-required"]
    assert "Etter rettelsen står dette igjen" in as_text([report])


def test_a_patch_keeps_every_number_as_it_was_written() -> None:
    raw = json.dumps(bent(ALL["observation"], "note", [])).replace('"value": 72,', '"value": 36.50,').encode()
    fixed = linted(raw, "jft").fixed
    assert fixed is not None
    assert b'"value":36.50' in fixed


def _patched(resource: Any, operations: tuple[Operation, ...]) -> Any:
    """The resource after the patch, by RFC 6902 and nothing of ours."""
    resource = copy.deepcopy(resource)
    for step in operations:
        told = step.as_json()
        *holders, last = [s.replace("~1", "/").replace("~0", "~") for s in told["path"].split("/")[1:]]
        place = resource
        for name in holders:
            place = place[int(name) if isinstance(place, list) else name]
        key = int(last) if isinstance(place, list) else last
        if told["op"] == "remove":
            del place[key]
        else:
            place[key] = told["value"]
    return resource


def test_a_later_step_of_a_patch_does_not_change_an_earlier_one() -> None:
    """An object where a list belongs, with something empty in it: first the list, then what was empty."""
    resource = bent(ALL["dispense"], "performer", {"id": None})

    def findings(value: Any) -> tuple[Finding, ...]:
        return check(value, level="jft", now=NOW, mode="test")

    fixed = fix(resource, findings)
    assert fixed.operations[0].as_json()["value"] == [{"id": None}]
    assert _patched(resource, fixed.operations) == fixed.resource


@settings(max_examples=200, deadline=None)
@given(bent_messages())
def test_a_patch_does_what_it_says_and_leaves_no_fault_that_it_could_mend(resource: Any) -> None:
    def findings(value: Any) -> tuple[Finding, ...]:
        return check(value, level="jft", now=NOW, mode="test")

    fixed = fix(resource, findings)
    assert _patched(resource, fixed.operations) == fixed.resource
    assert "r4-list-expected" not in {f.rule for f in fixed.left}
    lasting = {f.rule for f in findings(resource) if f.is_error} & {f.rule for f in fixed.left}
    assert "vkp-code-system-address" not in lasting


@pytest.mark.parametrize(
    ("path", "value", "mended"),
    [
        ("identifiedDateTime", "2026-03-10T11:58+01:00", "2026-03-10T11:58:00+01:00"),
        (
            "text",
            {"status": "generated", "div": "<div>Fall</div>"},
            {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Fall</div>'},
        ),
        ("extension", [{"url": "urn:x", "valueString": ""}, {"url": "urn:y", "valueString": "z"}], None),
    ],
)
def test_forms_of_writing_are_completed(path: str, value: Any, mended: Any) -> None:
    report = linted(bent(ALERT, path, value), "jft")
    if mended is None:
        assert [f.rule for f in report.left] == ["r4-ext-1"]
        return
    assert report.left == ()
    assert verbatim.loads(report.fixed or b"")[path] == mended


def test_every_finding_has_its_line() -> None:
    report = linted(bent(ALERT, "status", "ferdig"))
    (remark,) = report.remarks
    lines = json.dumps(bent(ALERT, "status", "ferdig"), indent=2).splitlines()
    assert '"status"' in lines[remark.position.line - 1]
    assert remark.position.column == 3


def test_broken_json_is_reported_at_its_line() -> None:
    report = linted(b'{\n  "resourceType": "Bundle",\n  "type" "document"\n}')
    assert [(r.finding.rule, r.position) for r in report.remarks] == [("json-broken", Position(3, 10))]
    assert not report.passes


def test_a_name_that_stands_twice_is_remarked_on() -> None:
    raw = orjson.dumps(ALERT).replace(b'"status":"final"', b'"status":"preliminary","status":"final"')
    assert [r.finding.rule for r in linted(raw).remarks] == ["json-name-repeated"]
    assert linted(raw).passes
    assert not linted(raw, "jft").passes


def test_another_library_is_asked_when_wanted() -> None:
    odd = bent(ALERT, "detail", 7)
    assert "second-opinion" in {r.finding.rule for r in linted(odd, ask_others=True).remarks}
    assert "second-opinion" not in {r.finding.rule for r in linted(odd).remarks}


def test_any_resource_that_r4_has_can_be_linted() -> None:
    assert linted({"resourceType": "Patient", "gender": "male"}).passes
    assert not linted({"resourceType": "Pasient"}).passes


def test_what_has_no_address_of_its_own_is_warned_about_and_still_checked() -> None:
    def warned(resource: Any, target: Any) -> bool:
        return "resource-not-alone" in {r.finding.rule for r in linted(resource, target).remarks}

    patient = {"resourceType": "Patient", "gender": "male"}
    assert [warned(BUNDLE, t) for t in ("vkp", "jft")] == [False, False]
    assert [warned(ALERT, t) for t in ("vkp", "jft")] == [False, True]
    assert [warned(patient, t) for t in ("vkp", "jft")] == [True, True]
    assert linted(ALERT, "jft").passes


def test_the_text_tells_verdict_place_advice_and_patch() -> None:
    text = as_text([linted(LOOSE), linted(WRONG)])
    assert "melding.json: går gjennom VKP (2 advarsler)" in text
    assert "Går gjennom VKP, men ville blitt avvist av JFT:" in text
    assert '{"op":"remove","path":"/entry/2/resource/serialNumber"}' in text
    assert "feil linje" in text
    assert "Bundle.entry[1].resource.code [vkp-detectedissue-code-required]" in text
    assert text.endswith("2 filer: 1 går gjennom, 1 blir avvist.\n")


def test_the_json_tells_the_same() -> None:
    document = orjson.loads(as_json([linted(LOOSE), linted(WRONG)]))
    assert [f["ok"] for f in document["files"]] == [True, False]
    assert document["files"][0]["passes"] == {"vkp": True, "jft": False}


def test_every_finding_says_what_was_found_and_expected_and_what_to_do() -> None:
    odd = bent(bent(LOOSE, "entry.0.resource.status", "preliminary"), "entry.1.resource.author", ...)
    broken = (b"", b"[]", b"{", b"\xff{}", b'{"resourceType": "Nope"}', b'{"resourceType": "Claim"}')
    reports = [linted(message, target) for message in (LOOSE, WRONG, odd, *broken) for target in ("vkp", "jft")]
    findings = [f for file in orjson.loads(as_json(reports))["files"] for f in file["findings"]]
    told = ("severity", "path", "rule", "found", "expected", "advice", "line", "column")
    assert [f for f in findings if not all(f[name] for name in told)] == []
    assert next(f["found"] for f in findings if f["rule"] == "guide-composition-status") == "preliminary"


def test_the_sarif_names_rule_file_and_line() -> None:
    run = orjson.loads(as_sarif([linted(WRONG)], version="1.2"))["runs"][0]
    assert run["tool"]["driver"]["version"] == "1.2"
    result = run["results"][0]
    assert (result["level"], result["ruleId"]) == ("error", "vkp-detectedissue-code-required")
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "melding.json"
    assert location["region"]["startLine"] > 1
    assert {r["ruleId"] for r in run["results"]} == {r["id"] for r in run["tool"]["driver"]["rules"]}


def test_the_sarif_names_files_as_addresses() -> None:
    def uri(name: str) -> str:
        report = Linter("vkp", NOW, "test").lint(b"{", name)
        (result,) = orjson.loads(as_sarif([report], version="1"))["runs"][0]["results"]
        return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])

    assert uri("mine meldinger/æ.json") == "mine%20meldinger/%C3%A6.json"
    assert uri("/srv/æ.json") == "file:///srv/%C3%A6.json"


def test_the_junit_counts_errors_as_failures() -> None:
    document = ET.fromstring(as_junit([linted(LOOSE), linted(WRONG)]))
    assert (document.get("tests"), document.get("failures")) == ("2", "1")
    assert [s.get("failures") for s in document] == ["0", "1"]
    assert "JFT ville avvist" in (document[0].findtext("system-out") or "")
    failure = document[1].find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "vkp-detectedissue-code-required"


@settings(max_examples=150, deadline=None)
@given(bent_messages() | ANYTHING, st.sampled_from(["vkp", "jft"]), st.sampled_from([None, 2]))
def test_every_report_can_be_written_in_every_way(resource: Any, target: Any, indent: int | None) -> None:
    report = linted(json.dumps(resource, indent=indent).encode(), target)
    assert as_text([report])
    orjson.loads(as_json([report]))
    orjson.loads(as_sarif([report], version="0"))
    ET.fromstring(as_junit([report]))


@settings(deadline=None)
@given(ANYTHING, st.sampled_from([None, 1]))
def test_every_place_is_found_where_it_stands(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    positions = Positions(text)
    lines = text.split("\n")

    def holds(value: Any, place: tuple[str | int, ...]) -> None:
        where = positions.of(place)
        begins = lines[where.line - 1][where.column - 1 :]
        if place and isinstance(place[-1], str):
            assert json.JSONDecoder().raw_decode(begins)[0] == place[-1]
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in items:
            holds(item, (*place, key))

    holds(value, ())


def test_times_are_judged_by_the_time_given() -> None:
    later = datetime.fromisoformat("2027-01-01T00:00:00+00:00")
    raw = orjson.dumps(ALERT)
    assert [r.finding.rule for r in Linter("vkp", later, "test").lint(raw, "x").remarks] == ["time-old"]
