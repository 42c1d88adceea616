"""Whatever the JSON is, a check answers, and every finding speaks of a place that is there."""

from __future__ import annotations

import re
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.fhir.checking import check
from hub.fhir.elements import RESOURCES
from hub.fhir.outcome import operation_outcome
from hub.fhir.paths import is_there
from hub.model.codes import ReceiptCode
from tests.fhir.samples import ALL, NOW

NAMES = """
    resourceType id meta profile extension contained url value valueString valueQuantity text div status identifier
    system code coding display subject patient reference period start end entry fullUrl resource type timestamp section
    item answer linkId component category event author participant performer actor identifiedDateTime _status
"""
KEYS = st.sampled_from(NAMES.split()) | st.text(max_size=6)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        [*RESOURCES, "final", "#x", "urn:uuid:1", "2026-03-10T12:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31"]
    )
)
ANYTHING = st.recursive(
    LEAVES, lambda kids: st.lists(kids, max_size=4) | st.dictionaries(KEYS, kids, max_size=6), max_leaves=25
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [p for key, item in items for p in _places(item, (*path, key))]


@st.composite
def bent_messages(draw: st.DrawFn) -> Any:
    """A message of ours with one to three of its elements replaced by anything, or taken away."""
    resource = orjson.loads(orjson.dumps(draw(st.sampled_from(list(ALL.values())))))
    for _ in range(draw(st.integers(1, 3))):
        places = _places(resource)
        if not places:
            break
        *steps, last = draw(st.sampled_from(places))
        place: Any = resource
        for step in steps:
            place = place[step]
        if draw(st.booleans()):
            place[last] = draw(ANYTHING)
        else:
            del place[last]
    return resource


@settings(max_examples=400, deadline=None)
@given(
    ANYTHING
    | st.builds(
        lambda kind, rest: {**rest, "resourceType": kind},
        st.sampled_from([*RESOURCES]),
        st.dictionaries(KEYS, ANYTHING, max_size=8),
    )
)
def test_a_check_never_raises(value: Any) -> None:
    for level in ("vkp", "jft"):
        check(value, level=level, now=NOW, mode="test")


@settings(max_examples=400, deadline=None)
@given(bent_messages())
def test_every_finding_speaks_of_a_place_that_is_there(resource: Any) -> None:
    for finding in check(resource, level="jft", now=NOW, mode="test"):
        assert is_there(resource, finding.path), finding
        assert re.fullmatch(r"(\$this|[A-Za-z]+)(\.[A-Za-z_][A-Za-z0-9]*|\[\d+\])*", finding.path)
        assert finding.advice
        assert "{" not in finding.advice
        assert finding.found
        assert finding.expected


@settings(max_examples=200, deadline=None)
@given(bent_messages())
def test_what_jft_takes_vkp_takes_too(resource: Any) -> None:
    strict = check(resource, level="jft", now=NOW, mode="test")
    lenient = check(resource, level="vkp", now=NOW, mode="test")
    assert [(f.path, f.rule) for f in lenient if f.is_error] == [
        (f.path, f.rule)
        for f in strict
        if f.is_error and (f.path, f.rule) in {(x.path, x.rule) for x in lenient if x.is_error}
    ]
    assert {(f.path, f.rule) for f in lenient} == {(f.path, f.rule) for f in strict}


@settings(max_examples=100, deadline=None)
@given(bent_messages())
def test_a_check_leaves_the_message_as_it_was(resource: Any) -> None:
    before = orjson.dumps(resource)
    check(resource, now=NOW, mode="test")
    assert orjson.dumps(resource) == before


@settings(max_examples=100, deadline=None)
@given(bent_messages())
def test_every_answer_can_be_sent(resource: Any) -> None:
    findings = check(resource, now=NOW, mode="test")
    outcome = operation_outcome(findings, receipt=ReceiptCode.REJECTED, identifier=None, sha256=None)
    assert len(orjson.loads(orjson.dumps(outcome))["issue"]) == len(findings) + 1
