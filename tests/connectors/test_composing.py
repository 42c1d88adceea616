from __future__ import annotations

import dataclasses
import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import (
    Acknowledged,
    AlertCode,
    AlertRaised,
    CalledOut,
    CallOutAccepted,
    Closed,
    Corrected,
    DispenseGiven,
    DispenseKind,
    DispenseMissed,
    Event,
    ForwardedAlert,
    Handled,
    MeasurementTaken,
    PatientRef,
    Retracted,
    SafetyAlarmRaised,
    Section,
    SectionCode,
    Severity,
    Step,
    StepCode,
    SupervisionDone,
    SupervisionMode,
    SupervisionReason,
    TakenUp,
    Talked,
    blood_pressure,
    codes,
    glucose,
    oxygen_saturation,
    patient,
    pulse,
    respiration,
    temperature,
    weight,
)
from connectors.composing import Composed, Sender, compose
from connectors.composing.elements import Json
from connectors.measurements import Measurement
from connectors.transport.http import JftTransport, VkpTransport
from hub.fhir import codes as tables
from hub.fhir import verbatim
from hub.fhir.checking import check
from hub.fhir.parsing import EVENT_TYPES
from hub.fhir.second_opinion import second_opinion
from hub.ingest.identify import identify
from hub.model.codes import EventKind
from hub.model.errors import RejectedMessage
from hub.model.event import Event as Understood
from hub.model.event import Inbound
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER
from tests.connectors.people import ANNA, BERIT

ORG = "314159265"
SENDER = Sender(ORG, "Acme_Alarm_Testvik")
AT = datetime(2025, 3, 3, 7, 30, 15, tzinfo=UTC)
LATER = AT + timedelta(minutes=4)
NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
ALARM = SafetyAlarmRaised(patient=patient(ANNA), device="TA-17", number="A-1", at=AT, device_name="Alarmknapp")
VALUES = (
    blood_pressure(142, 83),
    pulse(72),
    oxygen_saturation(97),
    weight(Decimal("71.50")),
    temperature(36.6),
    glucose(5.4),
    respiration(14),
)
EVERY_WORD: list[Event] = [
    ALARM,
    AlertRaised(patient=patient(ANNA), device="FS-1", number="F-1", at=AT, code=AlertCode.FALL, text="Fall på bad"),
    DispenseMissed(patient=patient(ANNA), device="MD-1", number="M-1", at=AT),
    TakenUp(alert=ALARM, at=LATER, by="op-1"),
    Acknowledged(alert=ALARM, at=LATER, by="op-1"),
    Talked(alert=ALARM, at=LATER, until=LATER + timedelta(minutes=2), by="op-1", text="Snakket om fallet"),
    CalledOut(alert=ALARM, at=LATER, by="op-1", to="Hjemmetjenesten Nord"),
    CallOutAccepted(alert=ALARM, at=LATER, by="hjemme-7"),
    Closed(
        alert=ALARM,
        at=LATER,
        by="op-1",
        note="Bruker hadde falt & slått seg.\nÆØÅ <kun> blåmerke.",
        cause="Fall",
        action="Hjalp opp",
        acknowledged_at=AT + timedelta(seconds=20),
    ),
    Closed(alert=ALARM, at=LATER, by="op-1", note="Feiltrykk"),
    Handled(
        alert=ALARM,
        at=LATER,
        by="op-1",
        steps=(Step(code=StepCode.OTHER_PARTY, at=LATER, text="op-2"),),
        sections=(Section(text="Ringte pårørende", code=SectionCode.COMMENT),),
    ),
    DispenseGiven(patient=patient(ANNA), device="MD-1", at=AT, medication="Multidose, morgen"),
    DispenseGiven(patient=patient(ANNA), device="MD-1", at=AT, number="D-1", kind=DispenseKind.FOR_TRAVEL),
    SupervisionDone(patient=patient(ANNA), device="KAM-1", at=AT, until=LATER, by="op-1"),
    SupervisionDone(
        patient=patient(ANNA),
        device="KAM-1",
        at=AT,
        until=LATER,
        mode=SupervisionMode.LISTENING,
        reason=SupervisionReason.BY_EVENT,
        note="Sover",
    ),
    *(MeasurementTaken(patient=patient(ANNA), device="BT-1", at=AT, measurements=(v,)) for v in VALUES),
    MeasurementTaken(patient=patient(ANNA), device="BT-1", at=AT, measurements=VALUES, by="spl-1", note="Fin form"),
    Corrected(event=ALARM, at=LATER),
    Retracted(event=ALARM, at=LATER),
    Retracted(event=Closed(alert=ALARM, at=LATER, by="op-1", note="Feil bruker"), at=LATER + timedelta(hours=1)),
]
WAYS = {"mqtt": EVENT_TYPES, "vkp": VkpTransport.takes, "jft": JftTransport.takes}


def composed(event: Event, way: str = "mqtt") -> Composed:
    return compose(event, SENDER, takes=WAYS[way])


def understood(resource: Json, sender: str = SENDER.id) -> Understood:
    raw = verbatim.dumps(resource)
    return identify(orjson.loads(raw), Inbound("mqtt", ORG, sender, "d", raw, NOW))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", range(len(EVERY_WORD)), ids=lambda n: f"{n}-{type(EVERY_WORD[n]).__name__}")
def test_every_word_becomes_a_message_with_nothing_to_remark_on(number: int, way: str) -> None:
    message = composed(EVERY_WORD[number], way)
    resource = orjson.loads(message.payload)
    assert resource["resourceType"] in WAYS[way]
    findings = {f.rule for f in check(resource, level="jft", now=NOW, mode="test")}
    assert findings <= ({"guide-composition-status"} if isinstance(EVERY_WORD[number], Retracted) else set())
    assert second_opinion(resource) == ()


@pytest.mark.parametrize("way", WAYS)
def test_what_is_done_about_an_alert_belongs_to_its_case(way: str) -> None:
    alarm = understood(composed(ALARM, way).resource)
    for word in EVERY_WORD[3:11]:
        follow_up = understood(composed(word, way).resource)
        assert follow_up.alarm_keys == alarm.alarm_keys
        assert follow_up.identity != alarm.identity
        assert follow_up.patient == alarm.patient
        assert follow_up.occurred_at == AT


def test_taking_up_is_no_follow_up_and_everything_after_it_is() -> None:
    words = [w for w in EVERY_WORD if hasattr(w, "alert")]
    follow_ups = {type(w).__name__: understood(composed(w).resource).is_follow_up for w in words}
    assert follow_ups.pop("TakenUp") is False
    assert set(follow_ups.values()) == {True}


def test_no_two_words_have_the_same_identity() -> None:
    plain = [w for w in EVERY_WORD if not isinstance(w, Corrected | Retracted)]
    closed_twice_in_one_second = 1
    identities = {understood(composed(w).resource).identity for w in plain}
    assert len(identities) == len(plain) - closed_twice_in_one_second


@pytest.mark.parametrize("word", EVERY_WORD[:-3], ids=lambda w: type(w).__name__)
def test_a_correction_has_the_same_identity_and_a_later_time(word: Event) -> None:
    first = understood(composed(word).resource)
    again = understood(composed(Corrected(event=word, at=NOW)).resource)
    assert again.identity == first.identity
    assert first.said_at is not None
    assert again.said_at == NOW > first.said_at


def test_a_retraction_marks_the_event_as_an_error_and_leaves_the_alert_alone() -> None:
    retracted = composed(EVERY_WORD[-1]).resource
    statuses = {e["resource"]["resourceType"]: e["resource"]["status"] for e in retracted["entry"]}
    assert statuses == {"Composition": "entered-in-error", "DetectedIssue": "final", "Device": "active"}
    assert composed(EVERY_WORD[-2]).resource["status"] == "entered-in-error"


def test_kinds_are_what_the_hub_takes_them_for() -> None:
    kinds = {type(w).__name__: understood(composed(w, "jft").resource).kind for w in EVERY_WORD}
    assert kinds["SafetyAlarmRaised"] is kinds["Closed"] is kinds["DispenseMissed"] is EventKind.ALERT
    assert kinds["DispenseGiven"] is EventKind.DISPENSE
    assert kinds["SupervisionDone"] is EventKind.SUPERVISION
    assert kinds["MeasurementTaken"] is EventKind.MEASUREMENT


def test_times_are_norwegian_local_times_with_their_offset_through_the_change_to_winter_time() -> None:
    twice = [datetime(2025, 10, 26, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    said = [composed(dataclasses.replace(ALARM, at=at)).resource["identifiedDateTime"] for at in twice]
    assert said == ["2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"]


def test_decimals_keep_the_digits_that_they_were_given_with() -> None:
    event = MeasurementTaken(patient=patient(ANNA), device="V", at=AT, measurements=(weight(Decimal("71.50")),))
    assert b'"value":71.50,' in composed(event).payload


@pytest.mark.parametrize("bundled", [True, False])
def test_a_forwarded_alert_is_followed_up_under_the_senders_own_names(bundled: bool) -> None:
    theirs = compose(ALARM, SENDER, takes=WAYS["jft" if bundled else "mqtt"])
    alert = ForwardedAlert.read(theirs.payload)
    centre = Sender(ORG, "Vakt_Sentral_Testvik")
    reply = compose(Closed(alert=alert, at=LATER, by="op-1", note="Ok"), centre, takes=EVENT_TYPES)
    assert check(orjson.loads(reply.payload), level="jft", now=NOW, mode="test") == ()
    assert understood(reply.resource, centre.id).alarm_keys == understood(theirs.resource).alarm_keys
    assert reply.lane == theirs.lane
    if bundled:
        assert {e["fullUrl"] for e in theirs.resource["entry"][1:2]} <= {e["fullUrl"] for e in reply.resource["entry"]}


def test_a_forwarded_alert_brings_along_the_patient_that_it_refers_to() -> None:
    issue = {**composed(ALARM).resource, "patient": {"reference": "urn:uuid:p"}}
    who = {"resourceType": "Patient", "identifier": [{"system": IDENTITY_NUMBER, "value": ANNA}]}
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"fullUrl": "urn:uuid:i", "resource": issue}, {"fullUrl": "urn:uuid:p", "resource": who}],
    }
    alert = ForwardedAlert.read(orjson.dumps(bundle))
    reply = compose(Acknowledged(alert=alert, at=LATER, by="op-1"), SENDER, takes=EVENT_TYPES).resource
    assert understood(reply).patient == PatientRef(IDENTITY_NUMBER, ANNA)


@pytest.mark.parametrize("payload", [b"{}", b'{"resourceType":"DetectedIssue"}', b'{"resourceType":"Bundle"}'])
def test_what_holds_no_alert_can_not_be_followed_up(payload: bytes) -> None:
    with pytest.raises(RejectedMessage):
        ForwardedAlert.read(payload)


def test_lanes_tell_patients_apart_and_nothing_about_them() -> None:
    other = dataclasses.replace(ALARM, patient=patient(BERIT))
    assert composed(ALARM).lane != composed(other).lane
    assert ANNA not in composed(ALARM).lane


@pytest.mark.parametrize(
    ("number", "system"),
    [(ANNA, IDENTITY_NUMBER), ("41" + ANNA[2:], D_NUMBER), ("8" + ANNA[1:], HELP_NUMBER)],
)
def test_a_national_number_tells_its_own_kind(number: str, system: str) -> None:
    assert patient(number).system == system


@pytest.mark.parametrize("number", ["", "123", "1234567890a", ANNA + "1"])
def test_what_has_not_eleven_digits_is_no_national_number(number: str) -> None:
    with pytest.raises(ValueError, match="eleven"):
        patient(number)


@pytest.mark.parametrize(
    "event",
    [
        dataclasses.replace(ALARM, at=AT.replace(tzinfo=None)),
        SupervisionDone(patient=patient(ANNA), device="d", at=LATER, until=AT),
        MeasurementTaken(patient=patient(ANNA), device="d", at=AT, measurements=()),
    ],
    ids=["no zone", "ends before it begins", "nothing measured"],
)
def test_what_can_not_have_happened_is_refused(event: Event) -> None:
    with pytest.raises(ValueError):
        composed(event)


def test_every_published_code_has_a_name_here() -> None:
    pairs = (
        (codes.AlertCode, tables.ALERT_CODE),
        (codes.DispenseKind, tables.MEDICATIONDISPENSE_EVENTS),
        (codes.SupervisionMode, tables.ENCOUNTER_MODE),
        (codes.SupervisionReason, tables.ENCOUNTER_REASON),
        (codes.StepCode, tables.COMPOSITION_EVENT),
        (codes.SectionCode, tables.COMPOSITION_SECTION),
        (codes.NoteCategory, tables.COMPOSITION_CATEGORY),
        (codes.Severity, tables.SEVERITY_LEVEL),
    )
    for names, table in pairs:
        assert {str(name.value) for name in names} == set(tables.SYSTEMS[table])


anything = st.text(st.characters(exclude_categories=[]), max_size=40)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).filter(str.strip)
moments = st.integers(0, 5 * 365 * 86_400).map(lambda seconds: AT - timedelta(seconds=seconds))


@given(text=anything, cause=anything, number=names, device=names, at=moments, severity=st.sampled_from(Severity))
def test_whatever_people_write_the_message_stays_valid(
    text: str, cause: str, number: str, device: str, at: datetime, severity: Severity
) -> None:
    alarm = dataclasses.replace(ALARM, number=number, device=device, at=at, severity=severity, text=text)
    for event in (alarm, Closed(alert=alarm, at=at, by=device, note=text, cause=cause)):
        message = composed(event)
        errors = [f for f in check(orjson.loads(message.payload), level="jft", now=NOW, mode="test") if f.is_error]
        assert errors == []
        assert composed(event).payload == message.payload


@given(st.lists(st.sampled_from(VALUES), min_size=1, max_size=4))
def test_any_set_of_measurements_stays_valid(values: list[Measurement]) -> None:
    event = MeasurementTaken(patient=patient(ANNA), device="BT-1", at=AT, measurements=tuple(values))
    for way in WAYS:
        resource = orjson.loads(composed(event, way).payload)
        assert check(resource, level="jft", now=NOW, mode="test") == ()
        own = [r["resource"] for r in resource.get("entry", ())] or [resource]
        uuids = [str(r.get("identifier")) for r in own]
        assert all(a != b for a, b in itertools.combinations(uuids, 2))
