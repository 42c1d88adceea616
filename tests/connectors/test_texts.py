from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from connectors import CalledOut, Closed, DispenseGiven, SafetyAlarmRaised, SupervisionDone, patient
from connectors.composing import Sender, compose
from connectors.transport.http import JftTransport
from connectors.words import Event
from hub.fhir.checking import check
from hub.ingest.characters import check_characters
from tests.connectors.people import ANNA

AT = datetime(2025, 3, 3, 7, 30, 15, tzinfo=UTC)
ALARM = SafetyAlarmRaised(patient=patient(ANNA), device="TA-17", number="A-1", at=AT)


def payload(event: Event) -> bytes:
    return compose(event, Sender("314159265", "Acme_Alarm_Testvik"), takes=JftTransport.takes).payload


@pytest.mark.parametrize("blank", ["", " ", "\n\t "])
@pytest.mark.parametrize("retold", ["note", "cause", "name", "to", "medication", "supervision"])
def test_a_blank_text_is_left_out_and_what_happened_is_told(blank: str, retold: str) -> None:
    events: dict[str, Event] = {
        "note": Closed(alert=ALARM, at=AT, by="op-3", note=blank),
        "cause": Closed(alert=ALARM, at=AT, by="op-3", note=blank, cause=blank, action=blank),
        "name": SafetyAlarmRaised(
            patient=patient(ANNA), device="TA-17", number="A-1", at=AT, text=blank, device_name=blank
        ),
        "to": CalledOut(alert=ALARM, at=AT, by="op-3", to=blank),
        "medication": DispenseGiven(patient=patient(ANNA), device="MD-1", at=AT, medication=blank),
        "supervision": SupervisionDone(patient=patient(ANNA), device="DT-1", at=AT, until=AT, note=blank),
    }
    assert check(orjson.loads(payload(events[retold])), level="jft", now=AT, mode="test") == ()


def test_a_case_that_is_closed_without_a_note_says_that_somebody_closed_it() -> None:
    assert "Lukket uten notat." in payload(Closed(alert=ALARM, at=AT, by="op-3", note=" ")).decode()


def test_control_characters_are_shown_by_a_sign_and_the_words_stay() -> None:
    message = payload(Closed(alert=ALARM, at=AT, by="op\x083", note="Hjulpet opp\x00 og\x1f uskadd.\ud800"))
    check_characters(orjson.loads(message), message)
    assert "Hjulpet opp\ufffd og\ufffd uskadd.\ufffd" in message.decode()
