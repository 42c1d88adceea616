"""The document that an EPJ gets: valid FHIR, and nothing of what the senders wrote is lost or changed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from epj_adapter.addendum import appended, revision_of
from epj_adapter.document import document_bundle
from epj_adapter.example_note import AMENDED, NOTE
from epj_adapter.journal_body import addendum_body, note_body
from hub.model.note import JournalNote, NoteSection, SourceMessage
from tests import messages

_AT = datetime(2026, 3, 2, 8, 14, 6, tzinfo=UTC)


def _with(*bodies: bytes) -> JournalNote:
    """The example note with these messages."""
    found = tuple(
        SourceMessage(b, orjson.loads(b).get("resourceType", "?"), "Acme", _AT, "urn:x", str(i))
        for i, b in enumerate(bodies)
    )
    return replace(NOTE, messages=found)


def _bundle(name: str, *entries: tuple[str | None, dict[str, Any]]) -> bytes:
    return orjson.dumps(
        {
            "resourceType": "Bundle",
            "type": "document",
            "identifier": {"system": "urn:acme:bundle", "value": name},
            "timestamp": "2026-03-02T08:14:06Z",
            "entry": [({"fullUrl": url} if url else {}) | {"resource": r} for url, r in entries],
        }
    )


def _entries(document: bytes) -> list[dict[str, Any]]:
    return orjson.loads(document)["entry"]


def test_the_note_is_a_valid_document_with_the_composition_first() -> None:
    document = document_bundle(NOTE, reference="12")
    Bundle.model_validate_json(document)
    bundle = orjson.loads(document)
    assert (bundle["id"], bundle["type"], bundle["timestamp"]) == ("12", "document", "2026-03-02T08:14:06+00:00")
    assert bundle["identifier"] == {"system": "urn:knutepunkt:journal-note", "value": NOTE.key}
    composition = bundle["entry"][0]["resource"]
    assert (composition["resourceType"], composition["status"], composition["title"]) == (
        "Composition",
        "final",
        NOTE.title,
    )
    assert composition["type"]["coding"][0] | {"display": ""} == {
        "system": "http://loinc.org",
        "code": "34133-9",
        "display": "",
    }
    assert composition["category"][0]["coding"][0]["display"] == "Trygghet og mestring"
    assert composition["subject"]["identifier"] == {"system": NOTE.patient.system, "value": NOTE.patient.value}
    assert composition["section"][0]["entry"] == [{"reference": bundle["entry"][1]["fullUrl"]}]


def test_a_message_goes_in_byte_for_byte_numbers_escapes_and_all() -> None:
    body = (
        b'{ "resourceType" : "Observation", "valueQuantity":{"value":36.600, "x":1E+2,"y":-0,'
        b'"z":12345678901234567890},"t":"\\u00e5/\\/" }'
    )
    assert body in document_bundle(_with(body))
    nested = b'{"resourceType":"Bundle","entry":[ {"fullUrl":"urn:uuid:1","resource": ' + body + b"}]}"
    assert body in document_bundle(_with(nested))


def test_the_same_note_gives_the_same_bytes() -> None:
    assert document_bundle(AMENDED) == document_bundle(AMENDED)


def test_a_lone_message_keeps_its_address_when_the_note_grows() -> None:
    first = _entries(document_bundle(NOTE))[1]["fullUrl"]
    assert _entries(document_bundle(AMENDED))[1]["fullUrl"] == first
    assert _entries(document_bundle(replace(NOTE, key="another")))[1]["fullUrl"] != first


def test_entries_of_a_senders_bundle_keep_their_addresses_and_its_identifier_is_named() -> None:
    alarm = messages.alarm()
    device = {"resourceType": "Device", "identifier": [{"value": "D-1"}]}
    entries = _entries(document_bundle(_with(_bundle("B-1", ("urn:uuid:a", alarm), ("urn:uuid:d", device)))))
    assert [e["fullUrl"] for e in entries[1:]] == ["urn:uuid:a", "urn:uuid:d"]
    assert entries[0]["resource"]["relatesTo"] == [
        {"code": "transforms", "targetIdentifier": {"system": "urn:acme:bundle", "value": "B-1"}}
    ]


def test_identical_entries_go_in_once_and_differing_ones_both() -> None:
    alarm, other = messages.alarm(), messages.alarm(status="amended")
    device = {"resourceType": "Device", "identifier": [{"value": "D-1"}]}
    same = _with(
        _bundle("B-1", ("urn:uuid:a", alarm), ("urn:uuid:d", device)),
        _bundle("B-2", ("urn:uuid:a", alarm), ("urn:uuid:e", device)),
    )
    assert [e["fullUrl"] for e in _entries(document_bundle(same))[1:]] == ["urn:uuid:a", "urn:uuid:d", "urn:uuid:e"]
    differing = _with(_bundle("B-1", ("urn:uuid:a", alarm)), _bundle("B-2", ("urn:uuid:a", other)))
    kept = _entries(document_bundle(differing))[1:]
    assert kept[0]["resource"] == alarm
    assert kept[1]["resource"]["resourceType"] == "Bundle"
    assert kept[1]["resource"]["entry"][0]["resource"] == other
    assert kept[1]["fullUrl"].startswith("urn:uuid:")


def test_a_number_and_the_same_digits_as_text_are_not_the_same_entry() -> None:
    one = b'{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:a","resource":{"resourceType":"X","v":1}}]}'
    two = one.replace(b'"v":1', b'"v":"1"')
    three = one.replace(b'"v":1', b'"v":1.0')
    document = document_bundle(_with(one, two, three))
    for written in (b'"v":1}', b'"v":"1"}', b'"v":1.0}'):
        assert written in document


def test_a_lone_object_where_entries_belong_is_an_entry() -> None:
    body = orjson.dumps({"resourceType": "Bundle", "entry": {"resource": messages.alarm()}})
    assert _entries(document_bundle(_with(body)))[1]["resource"] == messages.alarm()


@pytest.mark.parametrize("body", [b"not json", b"[1]", b"\xff\xfe", b'{"a":NaN}', b""])
def test_what_is_no_json_object_goes_in_as_it_came(body: bytes) -> None:
    note = replace(NOTE, messages=(SourceMessage(body, "Bundle", "Acme", _AT),))
    binary = _entries(document_bundle(note))[1]["resource"]
    assert binary["resourceType"] == "Binary"


def test_text_that_looks_like_markup_is_text() -> None:
    note = replace(NOTE, sections=(NoteSection("A & B", ("<b>fet</b> & \x00\x0b", "linje\nto")),))
    document = document_bundle(note)
    Bundle.model_validate_json(document)
    div = _entries(document)[0]["resource"]["section"][0]["text"]["div"]
    assert "&lt;b&gt;fet&lt;/b&gt; &amp; \ufffd\ufffd" in div
    assert "<p>linje</p><p>to</p>" in div


def test_an_addendum_leaves_what_was_there_as_it_was_written() -> None:
    number = b'{"resourceType":"Observation","status":"final","code":{"text":"Temp"},"valueQuantity":{"value":36.60}}'
    note = replace(AMENDED, messages=(SourceMessage(number, "Observation", "Acme", _AT), *AMENDED.messages))
    there = document_bundle(replace(note, revisions=NOTE.revisions, sections=NOTE.sections), reference="7")
    there = there.replace(b'"meta":{', b'"meta":{"versionId":"4","source":"epj",')
    added = appended(there, note, since=1)
    Bundle.model_validate_json(added)
    assert revision_of(added) == 2
    before, after = orjson.loads(there), orjson.loads(added)
    assert after["meta"]["source"] == "epj"
    assert number in added
    assert len(after["entry"]) == len(before["entry"])
    sections = after["entry"][0]["resource"]["section"]
    assert sections[:-1] == before["entry"][0]["resource"]["section"]
    assert sections[-1]["title"] == "Tillegg (revisjon 2)"
    assert "02.03.2026 kl. 09:31:00, Acme_Alarm_Testvik:" in sections[-1]["text"]["div"]


def test_an_addendum_brings_the_new_messages_and_their_identifiers() -> None:
    there = document_bundle(NOTE, reference="7")
    late = _bundle("B-9", ("urn:uuid:n", messages.composition()))
    note = replace(AMENDED, messages=(*AMENDED.messages, SourceMessage(late, "Bundle", "Acme", _AT)))
    after = orjson.loads(appended(there, note, since=1))
    assert [e["resource"]["resourceType"] for e in after["entry"]] == [
        "Composition",
        "DetectedIssue",
        "Encounter",
        "Composition",
    ]
    composition = after["entry"][0]["resource"]
    assert composition["relatesTo"][0]["targetIdentifier"]["value"] == "B-9"
    assert composition["section"][-1]["entry"][-1] == {"reference": "urn:uuid:n"}
    again = orjson.loads(appended(orjson.dumps(after), note, since=1))
    assert len(again["entry"]) == 4
    assert len(again["entry"][0]["resource"]["relatesTo"]) == 1


@pytest.mark.parametrize("there", [b"{}", b"[]", b'{"entry":[{"resource":{"resourceType":"Patient"}}]}', b"x"])
def test_an_addendum_to_what_is_no_document_is_a_value_error(there: bytes) -> None:
    with pytest.raises(ValueError):
        appended(there, AMENDED, since=1)


def test_the_plain_body_holds_text_and_messages_whole() -> None:
    number = b'{"resourceType":"Observation","valueQuantity":{"value":36.60}}'
    note = replace(AMENDED, messages=(*AMENDED.messages, SourceMessage(number, "Observation", "Acme", _AT)))
    body = orjson.loads(note_body(note))
    assert body["text"] == note.text
    assert body["externalReference"]["value"] == note.key
    assert number in note_body(note)
    assert number in addendum_body(note, since=1)
    assert "Ny melding (oppfølging)." in orjson.loads(addendum_body(note, since=1))["text"]


_names = st.text("abcdef0123456789-", min_size=1, max_size=6)
_identifiers = st.builds(lambda s, v: {"system": f"urn:{s}", "value": f"{s}.{v}"}, _names, _names)
_urls = st.sampled_from(["urn:uuid:1", "urn:uuid:2", "http://a/Device/3", "", None])
_resources = st.builds(
    lambda kind, identifiers, number: {
        "resourceType": kind,
        "identifier": identifiers,
        "note": [{"text": f"{number}"}],
    },
    st.sampled_from(["DetectedIssue", "Device", "Composition", "Encounter"]),
    st.lists(_identifiers, max_size=2),
    st.integers(0, 1),
)


@st.composite
def _bundles(draw: st.DrawFn) -> dict[str, Any]:
    entries = draw(st.lists(st.tuples(_urls, _resources), max_size=4))
    made: dict[str, Any] = {
        "resourceType": "Bundle",
        "entry": [({} if url is None else {"fullUrl": url}) | {"resource": r} for url, r in entries],
    }
    if draw(st.booleans()):
        made["identifier"] = draw(_identifiers)
    if draw(st.integers(0, 4)) == 0:
        made["entry"].append({"resource": draw(_bundles())})
    return made


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(_resources, _bundles()), min_size=1, max_size=4))
def test_no_identifier_and_no_resource_of_a_sender_is_ever_lost(sent: list[dict[str, Any]]) -> None:
    document = orjson.loads(document_bundle(_with(*(orjson.dumps(m) for m in sent))))
    Bundle.model_validate({**document, "entry": document["entry"][:1]})
    held = list(_all_resources(document))
    for resource in itertools.chain.from_iterable(_all_resources(m) for m in sent):
        if resource["resourceType"] != "Bundle":
            assert resource in held
    told = orjson.dumps(document).decode()
    for identifier in _all_identifiers(sent):
        assert orjson.dumps(identifier).decode() in told
    urls = [e["fullUrl"] for e in document["entry"]]
    assert len(urls) == len(set(urls))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(_resources, _bundles()), min_size=1, max_size=3), _bundles())
def test_an_addendum_loses_nothing_either(sent: list[dict[str, Any]], more: dict[str, Any]) -> None:
    first = _with(*(orjson.dumps(m) for m in sent))
    grown = replace(AMENDED, messages=_with(*(orjson.dumps(m) for m in [*sent, more])).messages)
    document = orjson.loads(appended(document_bundle(first, reference="1"), grown, since=1))
    held = list(_all_resources(document))
    for resource in itertools.chain.from_iterable(_all_resources(m) for m in [*sent, more]):
        if resource["resourceType"] != "Bundle":
            assert resource in held
    told = orjson.dumps(document).decode()
    for identifier in _all_identifiers([*sent, more]):
        assert orjson.dumps(identifier).decode() in told


def _all_resources(resource: dict[str, Any]) -> Any:
    yield resource
    for entry in resource.get("entry", []) if resource["resourceType"] == "Bundle" else []:
        yield from _all_resources(entry["resource"])


def _all_identifiers(sent: list[dict[str, Any]]) -> Any:
    for resource in itertools.chain.from_iterable(_all_resources(m) for m in sent):
        given_ = resource.get("identifier", [])
        yield from given_ if isinstance(given_, list) else [given_]
