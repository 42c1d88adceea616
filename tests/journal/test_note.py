"""What a nurse reads: title, what happened, the handling in order, the sender's text, values as sent."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model.codes import EventKind, ServiceCode
from hub.model.finding import Finding
from tests import messages

from .cases import LINE, VKP, blood_pressure, coded, dispense, encounter, lines, message, note

_STEP = "Håndtering"
_FORM = {"resourceType": "QuestionnaireResponse"}


def _composition(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return messages.composition(event=list(events), **more)


def _step(code: str, start: str, **more: Any) -> dict[str, Any]:
    return {"code": [coded("composition-event", code, **more)], "period": {"start": start}}


@pytest.mark.parametrize(
    ("contents", "more", "title"),
    [
        ((messages.alarm(),), {}, "Trygghetsalarm – meldt"),
        ((messages.alarm(), messages.composition()), {}, "Trygghetsalarm – fulgt opp og kvittert"),
        ((messages.alarm(), messages.composition(steps=("0", "3"), section=[])), {}, "Trygghetsalarm – kvittert"),
        ((messages.alarm(), messages.composition(steps=("0", "1"))), {}, "Trygghetsalarm – fulgt opp"),
        ((messages.alarm(), encounter()), {}, "Trygghetsalarm – fulgt opp"),
        ((messages.alarm(code="4.1"),), {}, "Digitalt tilsyn: Fall – meldt"),
        ((messages.alarm(code="1.1"),), {}, "Elektronisk medisineringsstøtte: Ikke utlevert – meldt"),
        ((messages.alarm(status="entered-in-error"),), {}, "Feilregistrert av avsender: Trygghetsalarm – meldt"),
        ((messages.composition(),), {}, "Trygghetsalarm – fulgt opp og kvittert"),
        ((dispense(),), {"kind": EventKind.DISPENSE}, "Medisin utlevert uassistert"),
        ((dispense(status="declined"),), {"kind": EventKind.DISPENSE}, "Medisin utlevert uassistert – avslått"),
        ((encounter(),), {"kind": EventKind.SUPERVISION}, "Hendelsesbasert tilsyn – utført"),
        ((encounter(status="in-progress"),), {"kind": EventKind.SUPERVISION}, "Hendelsesbasert tilsyn – pågår"),
        ((blood_pressure(),), {"kind": EventKind.MEASUREMENT}, "Blodtrykk målt hjemme"),
        (
            (messages.document("d", blood_pressure(), messages.observation(), _FORM),),
            {"kind": EventKind.MEASUREMENT},
            "Blodtrykk og puls målt hjemme og skjema besvart",
        ),
        ((messages.composition(title="Notat om besøk"),), {"kind": EventKind.NOTE}, "Notat om besøk"),
        ((messages.composition(title=""),), {"kind": EventKind.NOTE}, "Notat – Responstjeneste"),
    ],
)  # fmt: skip
def test_the_title_says_what_happened_and_how_far_it_has_come(contents: Any, more: Any, title: str) -> None:
    assert note(*contents, **more).title == title


def test_an_alert_is_told_with_severity_device_and_time_in_norwegian_local_time() -> None:
    severity = {
        "url": "http://ehelse.no/fhir/StructureDefinition/vkp-severity-level-v090",
        "valueCodeableConcept": {
            "coding": [{"system": "http://ehelse.no/fhir/ValueSet/vkp-severity-level-v090", "code": "30"}]
        },
    }
    alarm = messages.alarm(
        at="2026-07-01T08:00:00Z",
        extension=[severity],
        author={"display": "Smykke 7"},
        detail="Trykket\nto ganger",
        severity="high",
    )
    assert lines(note(alarm), "Hendelse") == (
        "Varsel: Trygghetsalarm",
        "Varslet: 01.07.2026 kl. 10:00:00",
        "Alvorlighetsgrad: Alvorlig",
        "Alvorlighet etter FHIR: høy",
        "Meldt av: Smykke 7",
        "Beskrivelse: Trykket",
        "Beskrivelse: to ganger",
    )


def test_the_handling_stands_in_order_of_time_whatever_the_order_of_arrival() -> None:
    handling = _composition(
        _step("3", "2026-11-23T10:20:00+01:00"),
        _step("0", "2026-11-23T10:00:00+01:00"),
        _step("4", "2026-11-23T10:05:00+01:00"),
    )
    assert lines(note(handling, encounter(), messages.alarm()), _STEP) == (
        "23.11.2026 kl. 10:00:00 – Hendelse meldt",
        "23.11.2026 kl. 10:02:00 til 23.11.2026 kl. 10:04:30 – Oppfølging: toveis tale; "
        "Årsak: hendelsesbasert tilsyn; Form: virtuell; Utført av: Kari Operatør",
        "23.11.2026 kl. 10:05:00 – Hendelse til utrykning",
        "23.11.2026 kl. 10:20:00 – Hendelse kvittert",
    )


@pytest.mark.parametrize("code", ["0", "1", "3", "4", "5", "6", "7", "8", "9", "10"])
def test_every_step_is_shown_by_name(code: str) -> None:
    told = lines(note(_composition(_step(code, "2026-11-23T10:00:00+01:00"))), _STEP)[0]
    assert told.startswith("23.11.2026 kl. 10:00:00 – ")
    assert "kode" not in told


def test_cause_measure_and_conversation_are_told_in_the_senders_words() -> None:
    handling = _composition(
        _step("6", "2026-11-23T10:00:00+01:00", text="Falt ut av sengen"),
        _step("7", "2026-11-23T10:01:00+01:00", text="Hjelp tilbake i seng"),
        {**_step("8", "2026-11-23T10:02:00+01:00"), "detail": [{"display": "Ola Operatør"}]},
    )
    assert lines(note(handling), _STEP) == (
        "23.11.2026 kl. 10:00:00 – Årsak: Falt ut av sengen",
        "23.11.2026 kl. 10:01:00 – Tiltak: Hjelp tilbake i seng",
        "23.11.2026 kl. 10:02:00 – Samtale – Ola Operatør",
    )


def test_where_code_and_text_contradict_each_other_the_text_stands_first_and_the_name_after_it_marked() -> None:
    found = note(messages.alarm(code={}) | {"code": coded("alert-code", "4.1", display="Brann")})
    assert "Varsel: Brann (kodens navn: Fall)" in lines(found, "Hendelse")
    assert found.title == "Digitalt tilsyn: Brann – meldt"
    step = note(_composition(_step("3", "2026-11-23T10:00:00+01:00", text="hendelse til utrykning")))
    assert lines(step, _STEP) == ("23.11.2026 kl. 10:00:00 – Hendelse til utrykning (kodens navn: hendelse kvittert)",)


def test_an_english_name_is_no_contradiction_but_an_unknown_code_and_a_missing_system_are_said() -> None:
    def told(code: dict[str, Any]) -> str:
        return lines(note(blood_pressure(code=code), kind=EventKind.MEASUREMENT), "Målinger")[0].partition(":")[0]

    sct = "http://snomed.info/sct"
    assert told({"coding": [{"system": sct, "code": "75367002", "display": "Blood pressure"}]}) == "Blodtrykk"
    assert told({"coding": [{"system": sct, "code": "999"}]}) == "kode 999 uten kjent navn"
    found = note(messages.alarm() | {"code": {"coding": [{"code": "4.1"}]}})
    assert "Varsel: Fall (kodeverk ikke oppgitt)" in lines(found, "Hendelse")


def test_the_senders_note_is_there_whole_without_markup() -> None:
    text = "Snakket med bruker.<br/>Hun falt &amp; slo <b>hodet</b>.<ul><li>En</li><li>To</li></ul>OK<p>OK</p>"
    found = note(messages.composition(text=text))
    section = next(s for s in found.sections if s.heading == "Notat fra avsender")
    assert section.code == "1"
    assert section.lines == (
        "Tittel hos avsender: Journalnotat for respons på hendelse",
        "Skrevet av: Operatør 7",
        "Skrevet: 23.11.2026 kl. 10:05:00",
        "Notat:",
        "Snakket med bruker.",
        "Hun falt & slo hodet.",
        "En",
        "To",
        "OK",
        "OK",
    )


def test_a_number_is_shown_as_it_was_written() -> None:
    raw = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"Temperatur"},"effectiveDateTime":'
        b'"2026-11-23T08:00:00+01:00","valueQuantity":{"value":36.60,"comparator":"<","unit":"\\u00b0C","code":"Cel"}}'
    )
    found = note(raw, kind=EventKind.MEASUREMENT)
    assert lines(found, "Målinger") == ("Temperatur: <36.60 °C – målt 23.11.2026 kl. 08:00:00",)


def test_blood_pressure_is_one_line_with_both_values() -> None:
    assert lines(note(blood_pressure(), kind=EventKind.MEASUREMENT), "Målinger") == (
        "Blodtrykk: Systolisk blodtrykk 142 mmHg, Diastolisk blodtrykk 82 mmHg – målt 23.11.2026 kl. 07:58:10",
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"valueQuantity": {"value": 7, "unit": "kg", "code": "g"}}, "7 kg (enhetskode: g)"),
        ({"valueQuantity": {"value": 7, "code": "mm[Hg]"}}, "7 mmHg"),
        ({"valueQuantity": {"value": 7}}, "7 (uten enhet)"),
        ({"valueQuantity": {"unit": "kg"}}, "(verdi mangler) kg"),
        ({"valueString": "Ustø"}, "Ustø"),
        ({"valueBoolean": False}, "nei"),
        ({"valueInteger": 12}, "12"),
        ({"valueCodeableConcept": {"text": "Rød"}}, "Rød"),
        ({"valueRange": {"low": {"value": 1, "unit": "m"}, "high": {"value": 2, "unit": "m"}}}, "1 m til 2 m"),
        ({"valueDateTime": "2026-11-23"}, "23.11.2026 (uten klokkeslett)"),
        (
            {"dataAbsentReason": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                                              "code": "error"}]}},
            "(verdi mangler: feil)",
        ),
        ({}, "(verdi mangler)"),
    ],
)  # fmt: skip
def test_values_of_every_type_are_shown(value: dict[str, Any], shown: str) -> None:
    sent = {"resourceType": "Observation", "status": "final", "code": {"text": "X"}, "effectiveDateTime": "2026"}
    assert lines(note(sent | value, kind=EventKind.MEASUREMENT), "Målinger")[0] == (
        f"X: {shown} – målt 2026 (uten klokkeslett)"
    )


def test_what_else_is_said_of_a_measurement_is_shown() -> None:
    sent = blood_pressure(
        status="preliminary",
        interpretation=[{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                                     "code": "H"}]}],
        bodySite={"text": "Venstre arm"},
        device={"display": "Omron M7"},
        performer=[{"display": "Pasienten selv"}],
        note=[{"text": "Etter trapp"}],
    )  # fmt: skip
    assert lines(note(sent, kind=EventKind.MEASUREMENT), "Målinger")[1:] == (
        "Vurdering: høy",
        "Målested: Venstre arm",
        "Utstyr: Omron M7",
        "Utført av: Pasienten selv",
        "Status: foreløpig",
        "Kommentar: Etter trapp",
    )


def test_a_dispense_is_told() -> None:
    sent = dispense(quantity={"value": 1, "unit": "pose"}, note=[{"text": "Tok den selv"}])
    assert lines(note(sent, kind=EventKind.DISPENSE), "Hendelse") == (
        "Utlevering: medisin utlevert uassistert",
        "Utlevert: 23.11.2026 kl. 08:00:10",
        "Medisin: Multidose, morgen",
        "Mengde: 1 pose",
        "Utført av: Dispenser 4",
        "Kommentar: Tok den selv",
        "Status: fullført",
    )


def test_a_supervision_is_told_with_mode_reason_period_device_and_who() -> None:
    device = {
        "url": "http://ehelse.no/fhir/StructureDefinition/vkp-encounterDevice-v090",
        "extension": [
            {"url": "identifier", "valueIdentifier": {"system": "urn:acme", "value": "K-3"}},
            {"url": "displayName", "valueString": "Kamera"},
            {"url": "location", "valueString": "soverom"},
        ],
    }
    assert lines(note(encounter(extension=[device]), kind=EventKind.SUPERVISION), "Hendelse") == (
        "Tidspunkt: 23.11.2026 kl. 10:02:00 til 23.11.2026 kl. 10:04:30",
        "Oppfølging: toveis tale",
        "Årsak: hendelsesbasert tilsyn",
        "Form: virtuell",
        "Utført av: Kari Operatør",
        "Utstyr: Kamera (K-3), plassert: soverom",
    )


def test_a_form_is_shown_question_by_question() -> None:
    form = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "authored": "2026-11-23T08:00:00+01:00",
        "author": {"display": "Pasienten"},
        "item": [
            {"linkId": "1", "text": "Hvordan er pusten?", "answer": [{"valueCoding": {"display": "Tung"}}]},
            {"linkId": "2", "text": "I dag", "item": [{"linkId": "2.1", "answer": [{"valueBoolean": True}]}]},
        ],
    }
    assert lines(note(messages.document("d", form), kind=EventKind.MEASUREMENT), "Skjemabesvarelse") == (
        "Besvart: 23.11.2026 kl. 08:00:00",
        "Besvart av: Pasienten",
        "Hvordan er pusten? Tung",
        "I dag",
        "– Spørsmål 2.1: ja",
    )


def test_references_are_followed_to_names_within_the_case() -> None:
    practitioner = {"resourceType": "Practitioner", "id": "p1", "name": [{"given": ["Ola", "B."], "family": "Vakt"}]}
    device = {"resourceType": "Device", "deviceName": [{"name": "Smykke"}], "identifier": [{"value": "S-9"}]}
    handling = messages.composition(author=[{"reference": "Practitioner/p1"}])
    alarm = messages.alarm(author={"reference": messages.uuid("d-3")})
    found = note(messages.document("d", handling, practitioner, alarm, device))
    assert "Skrevet av: Ola B. Vakt" in lines(found, "Notat fra avsender")
    assert "Meldt av: Smykke (S-9)" in lines(found, "Hendelse")
    assert "Utstyr: Smykke (S-9)" in lines(found, "Hendelse")


def test_a_persons_number_is_not_shown_where_a_name_is_missing() -> None:
    found = note(messages.alarm(author=messages.person()))
    assert "Meldt av: person med nasjonalt nummer" in lines(found, "Hendelse")
    assert messages.LINE not in found.text


def test_event_time_registration_time_and_source_are_always_shown() -> None:
    for content in (messages.alarm(), {}, b"not json"):
        shown = lines(note(content), "Tid og kilde")
        assert "Hendelsen skjedde: 23.11.2026 kl. 10:00:00" in shown
        assert "Registrert i knutepunktet: 23.11.2026 kl. 10:10:00" in shown
        assert f"Kilde: {messages.SENDER}" in shown


def test_remarks_are_shown_in_plain_words_each_once() -> None:
    remark = Finding("warning", "DetectedIssue.code", "rule", "Koden mangler kodeverk.", found="3", expected="VKP")
    sent = [message(i, messages.alarm(), remarks=(remark,)) for i in (1, 2)]
    assert lines(note(*sent), "Merknader") == ("Til avsenderen: Koden mangler kodeverk. (fant: 3; ventet: VKP)",)


def test_what_is_only_recommended_to_the_sender_is_not_told_in_the_journal() -> None:
    advice = Finding("information", "DetectedIssue.author", "guide", "Oppgi hvem.", issue_type="business-rule")
    changed = Finding("information", "$this", "resubmitted", "Sendt inn på nytt.", issue_type="informational")
    sent = message(1, messages.alarm(), remarks=(advice, changed))
    assert lines(note(sent), "Merknader") == ("Til avsenderen: Sendt inn på nytt.",)


def test_an_alert_that_is_sent_again_inside_the_follow_up_is_told_once() -> None:
    found = note(messages.alarm(), messages.document("d", messages.composition(), messages.alarm()))
    assert lines(found, "Hendelse").count("Varsel: Trygghetsalarm") == 1


def test_what_is_not_understood_is_named_and_goes_along() -> None:
    flag = {"resourceType": "Flag", "code": {"text": "Farlig hund"}}
    talk = {"resourceType": "Communication", "sent": "2026-11-23T10:00:00+01:00", "payload": [{"contentString": "Hei"}]}
    found = note(messages.document("d", messages.alarm(), flag, talk))
    assert lines(found, "Andre opplysninger") == ("Flag: Farlig hund", "Sendt: 23.11.2026 kl. 10:00:00", "Hei")
    assert "følger hel med notatet" in lines(note(b"\xff"), "Andre opplysninger")[0]


@pytest.mark.parametrize(
    ("content", "more", "category"),
    [
        (messages.alarm(), {}, "1"),
        (blood_pressure(), {"kind": EventKind.MEASUREMENT}, "2"),
        (messages.alarm(code="5.1"), {"service": ServiceCode.REMOTE_MONITORING}, "2"),
        (messages.composition(category=[coded("composition-category", "2")]), {}, "2"),
        (messages.composition(category=[coded("composition-category", "7")]), {}, "1"),
    ],
)
def test_the_category_is_the_senders_or_follows_from_the_service(content: Any, more: Any, category: str) -> None:
    assert note(content, **more).category == category


def test_the_note_keeps_what_the_case_is_known_by() -> None:
    found = note(messages.alarm())
    assert (found.key, found.municipality, found.patient) == ("sak-1", messages.MUNICIPALITY, LINE)
    assert (found.kind, found.service_code, found.source) == (
        EventKind.ALERT,
        ServiceCode.SAFETY_ALARM,
        messages.SENDER,
    )
    assert VKP.format("alert-code").encode() in found.messages[0].raw
