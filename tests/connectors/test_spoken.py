from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import (
    Closed,
    Corrected,
    Event,
    ForwardedAlert,
    MeasurementTaken,
    SafetyAlarmRaised,
    blood_pressure,
    patient,
    words,
)
from connectors.measurements import Measurement, MeasurementKind
from connectors.testing.spoken import WORDS, event_of, events_body, spoken
from hub.fhir import verbatim
from tests.connectors.people import ANNA

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.builds(
    lambda seconds, zone: NOW.astimezone(zone) + timedelta(seconds=seconds), st.floats(-1e9, 1e9), OFFSETS
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False)
MEASUREMENTS = st.builds(
    Measurement, st.sampled_from(MeasurementKind), st.lists(NUMBERS, min_size=1, max_size=3).map(tuple)
)


def said(hint: Any) -> st.SearchStrategy[Any]:
    """Anything that a field of type `hint` may be, but for forwarded alerts, which are never equal."""
    if isinstance(hint, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not ForwardedAlert]
        return st.one_of(*(st.none() if kind is NoneType else word(kind) for kind in kinds))
    if get_origin(hint) is tuple:
        return st.lists(word(get_args(hint)[0]), max_size=2).map(tuple)
    return word(hint)


def word(kind: type[Any]) -> st.SearchStrategy[Any]:
    if kind is datetime:
        return TIMES
    if kind is Measurement:
        return MEASUREMENTS
    if is_dataclass(kind):
        return st.one_of(*map(built, [each for each in WORDS.values() if issubclass(each, kind)] or [kind]))
    return st.sampled_from(kind) if issubclass(kind, Enum) else st.text(max_size=8)


def built(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    always = {f.name: said(hints[f.name]) for f in fields(kind) if f.default is MISSING}
    perhaps = {f.name: said(hints[f.name]) for f in fields(kind) if f.default is not MISSING}
    return st.fixed_dictionaries(always, optional=perhaps).map(lambda given: kind(**given))


EVENTS = st.deferred(lambda: st.one_of(*map(built, WORDS.values())))


def offsets(said: Any) -> list[timedelta | None]:
    """The offsets of all times in an event, in order."""
    if isinstance(said, datetime):
        return [said.utcoffset()]
    if is_dataclass(said):
        return [offset for f in fields(said) for offset in offsets(getattr(said, f.name))]
    return [offset for each in said for offset in offsets(each)] if isinstance(said, tuple) else []


@given(EVENTS)
def test_an_event_comes_back_as_it_was_with_its_offsets(event: Event) -> None:
    back = event_of(json.loads(json.dumps(spoken(event))))
    assert back == event
    assert type(back) is type(event)
    assert offsets(back) == offsets(event)
    assert event_of(verbatim.loads(events_body([event]))["events"][0]) == event


def test_every_word_can_be_said() -> None:
    parts = {words.Step, words.Section}
    told = {kind for kind in vars(words).values() if is_dataclass(kind) and kind.__module__ == words.__name__} - parts
    assert set(WORDS.values()) == told


def test_whoever_listens_needs_to_know_no_defaults() -> None:
    alarm = SafetyAlarmRaised(patient=patient(ANNA), device="d", number="1", at=NOW)
    assert spoken(alarm).keys() == {"word", "patient", "device", "number", "at", "code", "severity"}
    assert (spoken(alarm)["code"], spoken(alarm)["severity"]) == ("3", 30)


def test_decimals_keep_their_digits() -> None:
    taken = MeasurementTaken(
        patient=patient(ANNA), device="d", at=NOW, measurements=(blood_pressure(Decimal("120.0"), Decimal("8E+1")),)
    )
    back = event_of(spoken(taken))
    assert isinstance(back, MeasurementTaken)
    assert [str(value) for value in back.measurements[0].values] == ["120.0", "8E+1"]


def test_a_forwarded_alert_that_came_alone_has_no_address_and_says_so() -> None:
    alone = ForwardedAlert.read(b'{"resourceType":"DetectedIssue","patient":{"reference":"urn:p"}}')
    said = spoken(Closed(alert=alone, at=NOW, by="op-1", note="n"))
    assert said["alert"]["own_url"] is None
    assert isinstance(event_of(said), Closed)


def test_a_forwarded_alert_keeps_what_it_holds_to_the_digit() -> None:
    payload = (
        b'{"resourceType":"Bundle","entry":[{"fullUrl":"urn:a","resource":{"resourceType":"DetectedIssue",'
        b'"patient":{"reference":"urn:p"},"x":36.50}},{"fullUrl":"urn:p","resource":{"resourceType":"Patient"}}]}'
    )
    alert = ForwardedAlert.read(payload)
    event = Corrected(event=Closed(alert=alert, at=NOW, by="op-1", note="x"), at=NOW)
    back = event_of(verbatim.loads(events_body([event]))["events"][0])
    assert events_body([back]) == events_body([event])
    assert b'"x":36.50' in events_body([back])
    assert isinstance(back, Corrected)
    assert isinstance(back.event, Closed)
    assert isinstance(back.event.alert, ForwardedAlert)
    assert (back.event.alert.own_url, back.event.alert.entries) == (alert.own_url, alert.entries)


SECRET = "04837299881"
ALARM: Mapping[str, Any] = {
    "word": "SafetyAlarmRaised",
    "patient": {"system": "urn:x", "value": "1"},
    "device": "d",
    "number": "1",
    "at": "2025-03-03T09:00:00+01:00",
}

ISSUES: tuple[Any, ...] = (
    SECRET,
    {"patient": {}},
    {"resourceType": "DetectedIssue"},
    {"resourceType": "DetectedIssue", "patient": {"identifier": SECRET}},
    {"resourceType": "DetectedIssue", "patient": {}, "identifier": [SECRET]},
)


@pytest.mark.parametrize(
    "bent",
    [
        SECRET,
        None,
        [ALARM],
        {},
        {"word": SECRET},
        {"word": ["SafetyAlarmRaised"]},
        {"word": "ForwardedAlert", "issue": {"resourceType": "DetectedIssue", "patient": {}}, "own_url": None},
        {"word": "SafetyAlarmRaised"},
        {**ALARM, SECRET: 1},
        {**ALARM, "at": SECRET},
        {**ALARM, "at": 20250303},
        {**ALARM, "at": "2025-03-03T09:00:00"},
        {**ALARM, "device": int(SECRET)},
        {**ALARM, "device": "\ud800" + SECRET},
        {**ALARM, "code": SECRET},
        {**ALARM, "severity": True},
        {**ALARM, "severity": [SECRET]},
        {**ALARM, "patient": SECRET},
        {**ALARM, "patient": {"system": "urn:x", "value": None}},
        {"word": "Closed", "alert": ALARM, "at": ALARM["at"], "by": "op", "note": None},
        {"word": "Closed", "alert": {**ALARM, "word": "DispenseGiven"}, "at": ALARM["at"], "by": "op", "note": SECRET},
        {"word": "Corrected", "event": {"word": "Corrected", "event": ALARM, "at": ALARM["at"]}, "at": ALARM["at"]},
        *(
            {
                "word": "TakenUp",
                "alert": {"word": "ForwardedAlert", "issue": issue, "own_url": None},
                "at": ALARM["at"],
                "by": "op",
            }
            for issue in ISSUES
        ),
        *(
            {
                "word": "MeasurementTaken",
                **{name: ALARM[name] for name in ("patient", "device", "at")},
                "measurements": [measured],
            }
            for measured in (
                SECRET,
                {"kind": "PULSE"},
                {"kind": SECRET, "values": ["1"]},
                {"kind": "PULSE", "values": SECRET},
                {"kind": "PULSE", "values": [SECRET + "x"]},
                {"kind": "PULSE", "values": ["NaN"]},
                {"kind": "PULSE", "values": [72]},
            )
        ),
    ],
)
def test_what_is_no_event_is_refused_without_being_repeated(bent: Any) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        event_of(bent)
    assert SECRET not in str(refused.value)
    assert "\ud800" not in str(refused.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(EVENTS.map(spoken), st.data())
def test_whatever_stands_in_a_fields_place_it_is_an_event_or_a_value_error(event: dict[str, Any], data: Any) -> None:
    at = data.draw(st.sampled_from(sorted(event)))
    event[at] = data.draw(JSON)
    try:
        back = event_of(event)
    except ValueError:
        return
    assert event_of(spoken(back)) == back
