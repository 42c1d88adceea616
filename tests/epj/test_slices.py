"""Cutting JSON without rewriting it."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epj_adapter.slices import items, members, whole

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), _json, max_size=5), st.sampled_from([None, 1]), st.booleans())
def test_the_members_of_an_object_are_its_own_text(value: dict[str, object], indent: int | None, ascii_: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    found = members(whole(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()))
    assert {name: json.loads(part.text) for name, part in found.items()} == json.loads(
        text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )
    assert all(part.text in text for part in found.values())


@settings(deadline=None)
@given(st.lists(_json, max_size=6), st.sampled_from([None, 2]))
def test_the_items_of_an_array_are_its_own_text(value: list[object], indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert [json.loads(part.text) for part in items(whole(text.encode()))] == value


def test_of_a_name_that_stands_twice_the_last_counts_as_in_other_readers() -> None:
    raw = b'{"a":1,"a":2}'
    assert members(whole(raw))["a"].text == "2"
    assert orjson.loads(raw)["a"] == 2


def test_what_is_neither_object_nor_array_has_no_parts() -> None:
    assert members(whole(b"7")) == {}
    assert items(whole(b'"x"')) == []
    assert [i.text for i in items(whole(b'{"a":1}'))] == ['{"a":1}']


@pytest.mark.parametrize("raw", [b"", b"{", b"nul", b"NaN", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):
        whole(raw)
