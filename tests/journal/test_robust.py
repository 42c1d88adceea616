"""Whatever is in a message that was let in, the note comes out; the same case gives the same note."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.journal import compose
from hub.model.codes import EventKind
from tests import messages

from .cases import blood_pressure, case, dispense, encounter, message

_WHOLE = messages.document(
    "d",
    messages.composition(),
    messages.alarm(extension=[{"url": "x/vkp-severity-level-v090", "valueCodeableConcept": {"text": "Høy"}}]),
    encounter(),
    dispense(),
    blood_pressure(),
    {
        "resourceType": "QuestionnaireResponse",
        "authored": "2026-11-23T08:00:00+01:00",
        "item": [{"linkId": "1", "text": "Hva?", "answer": [{"valueString": "x", "item": [{"linkId": "2"}]}]}],
    },
    {
        "resourceType": "Device",
        "deviceName": [{"name": "X"}],
        "identifier": [{"value": "1"}],
        "contained": [{"id": "a"}],
    },
    {"resourceType": "Communication", "payload": [{"contentString": "Hei"}], "sender": {"reference": "#a"}},
)
_EACH = [_WHOLE, *(entry["resource"] for entry in _WHOLE["entry"])]

_odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.sampled_from(
        ["", " ", "x", "2026-13-45", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "<p>&#x0;<"]
    ),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just([{}, "x", None]),
    st.just({"coding": "x"}),
    st.just({"coding": {"code": 7, "display": []}}),
    st.just([{"coding": [{"system": 1, "code": {}, "display": ["a"]}], "text": {"a": 1}}]),
    st.just({"reference": "Device/1", "identifier": {"value": ["x"]}}),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for k, v in inner for p in _places(v, (*path, k)))]


@st.composite
def _spoilt(draw: st.DrawFn) -> Any:
    content = copy.deepcopy(draw(st.sampled_from(_EACH)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from([p for p in _places(content) if p] or [()]))
        if not path:
            break
        parent = content
        for step in path[:-1]:
            parent = parent[step]
        match draw(st.integers(0, 3)):
            case 0 if isinstance(parent, dict):
                del parent[path[-1]]
            case 1:
                parent[path[-1]] = [parent[path[-1]]]
            case 2 if isinstance(parent[path[-1]], list) and parent[path[-1]]:
                parent[path[-1]] = parent[path[-1]][0]
            case _:
                parent[path[-1]] = copy.deepcopy(draw(_odd))
    return content


@settings(max_examples=600, deadline=None)
@given(st.lists(_spoilt(), min_size=1, max_size=3), st.sampled_from(EventKind), st.data())
def test_a_note_comes_out_of_any_message(sent: list[Any], kind: EventKind, data: st.DataObject) -> None:
    standings = st.sampled_from(["current", "superseded", "late", "linked"])
    found = [
        message(i, c, standing=data.draw(standings), replaces=data.draw(st.sampled_from([None, *range(1, i)])))
        for i, c in enumerate(sent, 1)
    ]
    composed = compose(case(*found, kind=kind))
    assert composed.title
    assert composed.sections
    assert composed.revision == len(sent)
    assert all(isinstance(line, str) and line for s in composed.sections for line in s.lines)
    assert [m.raw for m in composed.messages] == [m.raw for m in found if m.standing in ("current", "linked")]
    assert composed == compose(pickle.loads(pickle.dumps(case(*found, kind=kind))))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), st.sampled_from(EventKind))
def test_a_note_comes_out_of_any_bytes(raw: bytes, kind: EventKind) -> None:
    assert compose(case(raw, kind=kind)).sections


@pytest.mark.parametrize("kind", EventKind)
def test_deep_nesting_is_read_as_far_as_it_makes_sense(kind: EventKind) -> None:
    item: Any = {"linkId": "x"}
    section: Any = {"text": {"div": "innerst"}}
    bundle: Any = messages.alarm()
    for _ in range(60):
        item = {"linkId": "x", "item": [item]}
        section = {"section": [section]}
        bundle = {"resourceType": "Bundle", "entry": [{"resource": bundle}]}
    form = {"resourceType": "QuestionnaireResponse", "item": [item]}
    for content in (messages.document("d", form), messages.composition(section=[section]), bundle):
        assert compose(case(content, kind=kind)).sections


def test_five_hundred_messages_are_composed_within_a_second() -> None:
    import time

    sent = [message(i, messages.composition(text=f"Notat {i}")) for i in range(1, 501)]
    began = time.perf_counter()
    assert compose(case(*sent)).revision == 500
    assert time.perf_counter() - began < 1


def test_empty_texts_are_as_good_as_none() -> None:
    def emptied(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: v if k == "resourceType" else emptied(v) for k, v in value.items()}
        return [emptied(v) for v in value] if isinstance(value, list) else ""

    composed = compose(case(orjson.dumps(emptied(_WHOLE))))
    assert all(line.strip() for s in composed.sections for line in s.lines)
