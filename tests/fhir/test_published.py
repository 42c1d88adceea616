"""Our own tables against the published conformance resources: the same demands, and the same findings."""

from __future__ import annotations

import io
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from hub.fhir import codes, profiles
from hub.fhir.checking import Checker, check
from hub.fhir.comparing import differences
from hub.fhir.loose import Unreadable, read
from hub.fhir.published import Published, load
from tests.fhir.samples import ALERT, ALL, NOW, bent
from tests.fhir.test_checking_anything import bent_messages

VKP = Path(__file__).parents[3] / "shared" / "standards" / "vkp-r4"

#: What the published files demand of elements that R4 does not have (they were renamed or removed after STU3).
NOT_IN_R4 = {
    ("vkp-careplan", "context"),
    ("vkp-messageheader", "receiver"),
    ("vkp-messageheader", "receiver.identifier.system"),
}


@cache
def published() -> Published:
    return load(VKP)


@cache
def published_checker() -> Checker:
    return Checker(published().rulebook)


@pytest.mark.needs("standards")
def test_every_published_profile_has_a_table_of_ours() -> None:
    assert {p.url for p in published().profiles} == {p.url for p in profiles.NATIONAL}


@pytest.mark.needs("standards")
def test_our_tables_demand_what_the_published_profiles_demand() -> None:
    own = profiles.BUILT_IN.profiles
    found = {
        (own[p.url].name, d.path, d.kind, d.side, d.text)
        for p in published().profiles
        for d in differences(own[p.url], p)
    }
    assert {f for f in found if f[:2] not in NOT_IN_R4} == set()
    assert {f[:2] for f in found} == NOT_IN_R4


@pytest.mark.needs("standards")
def test_our_value_sets_hold_the_published_codes() -> None:
    own = profiles.BUILT_IN.value_sets
    theirs = published().rulebook.value_sets
    assert {url: v.systems for url, v in theirs.items()} == {url: v.systems for url, v in own.items()}


@pytest.mark.needs("standards")
def test_our_code_tables_hold_every_published_code_and_no_other() -> None:
    for path in sorted((VKP / "CodeSystem").iterdir()):
        system = read(path.read_bytes())
        assert set(codes.SYSTEMS[system.first("url") or ""]) == set(system.texts("concept.code")), path.name


@pytest.mark.needs("standards")
def test_what_of_the_published_files_cannot_be_checked_is_listed() -> None:
    told = [text for _, text in published().remarks]
    assert any("context" in text for text in told)
    assert any("vkp-encounter-type" in text and "ikke publisert" in text for text in told)


@pytest.mark.needs("standards")
@pytest.mark.parametrize("name", ALL)
def test_a_right_message_passes_the_published_profiles(name: str) -> None:
    assert published_checker().check(ALL[name], level="jft", now=NOW, mode="test") == ()


@pytest.mark.needs("standards")
@settings(max_examples=300, deadline=None)
@given(bent_messages())
def test_the_published_profiles_find_what_our_tables_find(resource: Any) -> None:
    ours = check(resource, level="jft", now=NOW, mode="test")
    theirs = published_checker().check(resource, level="jft", now=NOW, mode="test")
    assert {(f.path, f.rule, f.severity) for f in ours} == {(f.path, f.rule, f.severity) for f in theirs}


PROFILE = {
    "resourceType": "StructureDefinition",
    "url": "urn:kommune:varsel",
    "name": "Kommunens varsel",
    "type": "DetectedIssue",
    "baseDefinition": "http://ehelse.no/fhir/StructureDefinition/vkp-DetectedIssue-v090",
    "differential": {
        "element": [
            {"id": "DetectedIssue", "path": "DetectedIssue"},
            {"id": "DetectedIssue.severity", "path": "DetectedIssue.severity", "min": 1},
            {
                "id": "DetectedIssue.code",
                "path": "DetectedIssue.code",
                "binding": {"strength": "required", "valueSet": "urn:kommune:varsler"},
                "patternCodeableConcept": {"text": "x"},
            },
        ]
    },
}
VALUES = {
    "resourceType": "ValueSet",
    "url": "urn:kommune:varsler",
    "compose": {"include": [{"system": codes.ALERT_CODE, "concept": [{"code": "3"}]}]},
}


@pytest.fixture(params=["folder", "package"])
def own_profiles(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    files = {"profil.json": PROFILE, "verdier.json": VALUES, "annet.json": {"a": 1}}
    if request.param == "folder":
        for name, content in files.items():
            (tmp_path / name).write_bytes(orjson.dumps(content))
        return tmp_path
    with tarfile.open(tmp_path / "pakke.tgz", "w:gz") as package:
        for name, content in files.items():
            raw = orjson.dumps(content)
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(raw)
            package.addfile(member, io.BytesIO(raw))
    return tmp_path / "pakke.tgz"


def test_a_profile_of_ones_own_is_held_against_messages_that_name_it(own_profiles: Path) -> None:
    loaded = load(own_profiles)
    named = bent(ALERT, "meta", {"profile": ["urn:kommune:varsel|1.0"]})
    bad = bent(bent(named, "severity", ...), "code.coding.0.code", "2") | {"patient": ...}
    del bad["patient"]
    bad["code"]["text"] = "Lokaliseringsteknologi"
    findings = Checker(loaded.rulebook).check(bad, level="vkp", now=NOW, mode="test")
    assert {f.rule for f in findings} == {
        "kommunens-varsel-severity-required",
        "kommunens-varsel-code-binding",
        "vkp-detectedissue-patient-required",
    }
    assert [text for _, text in loaded.remarks] == [
        "ingen FHIR-ressurs",
        "patternCodeableConcept på code kan ikke leses her; kravet sjekkes ikke",
    ]


def test_xml_and_json_are_read_alike() -> None:
    xml = b"""<?xml version="1.0"?><ValueSet xmlns="http://hl7.org/fhir"><url value="urn:kommune:varsler"/><compose>
    <include><system value="http://ehelse.no/fhir/CodeSystem/vkp-alert-code-v090"/><concept><code value="3"/></concept>
    </include></compose></ValueSet>"""
    for path in ("url", "compose.include.system", "compose.include.concept.code"):
        assert read(xml).texts(path) == read(orjson.dumps(VALUES)).texts(path)


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"{}",
        b"<a>",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><ValueSet xmlns="http://hl7.org/fhir"/>',
    ],
)
def test_what_is_no_conformance_resource_is_said_so(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)
