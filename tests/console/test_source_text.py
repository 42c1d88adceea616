"""A message on numbered lines, with each finding at the element that it speaks of."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from hub.console.source_text import readable, source_text
from hub.model.finding import Finding
from tests.messages import alarm


def finding(path, severity="error", advice="Rett dette."):
    return Finding(severity, path, "a-rule", advice)


def test_a_finding_points_at_the_line_of_its_element():
    source = source_text(orjson.dumps(alarm()), [finding("DetectedIssue.code.coding[0].code")])
    (pointed,) = source.pointed
    line = source.lines[pointed.line - 1]
    assert '"code": "3"' in line.text
    assert (line.marks, line.tone) == ((1,), "error")


def test_what_is_missing_points_at_what_should_have_held_it():
    body = alarm()
    del body["code"]
    source = source_text(orjson.dumps(body), [finding("DetectedIssue.code")])
    assert source.pointed[0].line == 1


def test_text_that_is_no_json_is_shown_as_it_came_with_the_line_that_the_finding_names():
    source = source_text(b'{\n "a": 1,\n oops', [finding("$this", advice="Feilen er ved linje 3, kolonne 2.")])
    assert [line.text for line in source.lines] == ["{", ' "a": 1,', " oops"]
    assert source.lines[2].marks == (1,)


def test_numbers_are_shown_as_the_sender_wrote_them():
    assert '"value": 1.50' in readable(b'{"value":1.50}')


def test_the_gravest_finding_of_a_line_gives_its_tone():
    both = [finding("DetectedIssue.status", "information"), finding("DetectedIssue.status", "error")]
    source = source_text(orjson.dumps(alarm()), both)
    (line,) = [line for line in source.lines if line.marks]
    assert (line.tone, line.marks) == ("error", (1, 2))


@given(st.binary(max_size=400), st.text(max_size=40))
def test_whatever_came_can_be_shown(raw, path):
    source = source_text(raw, [finding(path)])
    assert all(0 <= pointed.line <= len(source.lines) for pointed in source.pointed)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5), lambda s: st.lists(s) | st.dictionaries(st.text(max_size=5), s)
    )
)
def test_what_is_shown_of_json_means_the_same(value):
    raw = orjson.dumps(value) if _fits(value) else b"null"
    assert orjson.loads(readable(raw).encode()) == orjson.loads(raw)


def _fits(value):
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return True
