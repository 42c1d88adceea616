"""Numbers keep the text that they were written with."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.fhir import verbatim

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
TREES = st.recursive(
    NUMBERS | st.sampled_from(["true", "false", "null", '"36.50"', '"æ"']),
    lambda kids: (
        st.lists(kids, max_size=4).map(lambda xs: "[" + ",".join(xs) + "]")
        | st.dictionaries(st.sampled_from("abcdef"), kids, max_size=4).map(
            lambda d: "{" + ",".join(f'"{k}":{v}' for k, v in d.items()) + "}"
        )
    ),
    max_leaves=20,
)


@given(TREES)
def test_what_is_read_and_written_again_is_the_same_text(text: str) -> None:
    assert verbatim.dumps(verbatim.loads(text)).decode() == text


@given(NUMBERS)
def test_a_number_is_still_the_number_that_it_was(text: str) -> None:
    assert verbatim.loads(text) == json.loads(text)


def test_a_resource_moved_to_another_document_keeps_its_precision() -> None:
    bundle = verbatim.loads(b'{"entry":[{"resource":{"valueQuantity":{"value":36.50}}}]}')
    assert verbatim.dumps({"entry": [bundle["entry"][0]["resource"], 1.5]}) == (
        b'{"entry":[{"valueQuantity":{"value":36.50}},1.5]}'
    )


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", "{", ""])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        verbatim.loads(text)
