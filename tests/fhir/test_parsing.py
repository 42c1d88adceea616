"""Reading bytes: what is taken, what is refused, and that nothing of the content leaks into the refusal."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.fhir.parsing import MAX_BYTES, canonical_hash, parse
from hub.model.errors import RejectedMessage

DEEP = b'{"resourceType":"Bundle","a":' + b"[" * 300 + b"]" * 300 + b"}"
DEEPER = b'{"resourceType":"Bundle","a":' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b" " * (MAX_BYTES + 1), "message-too-large"),
        ('{"resourceType":"Bundle"}'.encode("utf-16"), "encoding-not-utf8"),
        ('{"resourceType":"Bundle"}'.encode("utf-16-le"), "encoding-not-utf8"),
        ('{"resourceType":"Bundle","a":"æ"}'.encode("latin-1"), "encoding-not-utf8"),
        (b"", "json-broken"),
        (b'{"resourceType":"Bundle",}', "json-broken"),
        (b'{"resourceType":"Bundle","a":NaN}', "json-broken"),
        (b'{"resourceType":"Bundle","a":"\\ud800"}', "json-broken"),
        (b"[]", "json-not-object"),
        (b'"Bundle"', "json-not-object"),
        (b"{}", "resource-unknown"),
        (b'{"resourceType":7}', "resource-unknown"),
        (b'{"resourceType":["Bundle"]}', "resource-unknown"),
        (b'{"resourceType":"Patient"}', "resource-unknown"),
        (DEEP, "json-too-deep"),
        (DEEPER, "json-too-deep"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_one_finding(raw: bytes, rule: str) -> None:
    with pytest.raises(RejectedMessage) as caught:
        parse(raw)
    assert [f.rule for f in caught.value.findings] == [rule]
    assert caught.value.findings[0].is_error


def test_broken_json_is_told_by_line_and_column_and_never_by_content() -> None:
    with pytest.raises(RejectedMessage) as caught:
        parse(b'{\n "resourceType": "Bundle",\n "note": "Kari falt" "x"}')
    (finding,) = caught.value.findings
    assert "linje 3, kolonne 22" in finding.advice
    assert "Kari" not in repr(finding)


def test_a_byte_order_mark_is_tolerated() -> None:
    assert parse(b'\xef\xbb\xbf{"resourceType":"Observation"}') == {"resourceType": "Observation"}


def test_a_door_may_allow_other_resources() -> None:
    assert parse(b'{"resourceType":"Patient"}', allowed=frozenset({"Patient"}))


def test_the_same_content_in_another_order_has_the_same_hash() -> None:
    assert canonical_hash({"a": 1, "b": {"c": 2, "d": 3}}) == canonical_hash({"b": {"d": 3, "c": 2}, "a": 1})
    assert canonical_hash({"a": 1}) != canonical_hash({"a": 2})


@given(st.binary(max_size=200))
def test_any_bytes_are_either_read_or_rejected(raw: bytes) -> None:
    with contextlib.suppress(RejectedMessage):
        assert parse(raw)["resourceType"]
