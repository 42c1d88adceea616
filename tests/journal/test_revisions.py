"""The note's history: what came later, what it changed, by whom, and what belongs in the note itself."""

from __future__ import annotations

from datetime import timedelta

from hub.model.codes import EventKind
from hub.model.person import D_NUMBER, PatientRef
from tests import messages

from .cases import AT, lines, message, note

_OTHER = "Annen_Alarm_Testvik"


def test_the_first_message_is_revision_1_and_each_further_one_adds_one() -> None:
    found = note(messages.alarm(), message(2, messages.composition(), sender="Resp_Sentral_Testvik"))
    assert [(r.number, r.source) for r in found.revisions] == [(1, messages.SENDER), (2, "Resp_Sentral_Testvik")]
    assert found.revisions[0].changes == ("Notatet er opprettet etter melding fra avsender (varsel).",)
    head, *changes = found.revisions[1].changes
    assert head == "Ny melding (notat)."
    assert "Nytt: Snakket med bruker." in changes
    assert "Nytt: 23.11.2026 kl. 10:02:00 – Hendelse kvittert" in changes
    assert lines(found, "Endringer i notatet") == (
        "23.11.2026 kl. 10:20:00, Resp_Sentral_Testvik: Ny melding (notat).",
    )


def test_a_revision_keeps_its_number_and_text_whatever_comes_later() -> None:
    first, second = messages.alarm(), message(2, messages.composition(), standing="superseded")
    third = message(3, messages.composition(text="Rettet."), replaces=2)
    early = note(first, message(2, messages.composition()))
    late = note(first, second, third, message(4, messages.alarm("x"), standing="linked", sender=_OTHER))
    assert late.revisions[:2] == early.revisions


def test_a_new_version_replaces_the_old_one_in_the_text_and_the_history_says_how() -> None:
    found = note(
        messages.alarm(),
        message(2, messages.composition(text="Første utgave"), standing="superseded"),
        message(3, messages.composition(text="Annen utgave"), replaces=2),
    )
    assert "Annen utgave" in lines(found, "Notat fra avsender")
    assert "Første utgave" not in lines(found, "Notat fra avsender")
    assert found.revisions[2].changes == (
        "Ny versjon fra avsender (notat) erstatter melding 2.",
        "Nytt: Annen utgave",
        "Utgått: Første utgave",
    )
    assert lines(found, "Endringer i notatet")[-2:] == ("– Nytt: Annen utgave", "– Utgått: Første utgave")
    assert [b"Annen" in m.raw for m in found.messages] == [False, True]
    replaced = "Melding 2: notat fra Acme_Alarm_Testvik, registrert 23.11.2026 kl. 10:20:00"
    assert f"{replaced}, erstattet av en nyere versjon" in lines(found, "Tid og kilde")


def test_an_older_version_that_comes_late_is_history_and_changes_nothing() -> None:
    newest = message(2, messages.composition(text="Nyest"))
    found = note(messages.alarm(), newest, message(3, messages.composition(text="Gammel"), standing="late"))
    before = note(messages.alarm(), newest)
    assert lines(found, "Notat fra avsender") == lines(before, "Notat fra avsender")
    assert "Gammel" not in found.text
    assert len(found.messages) == 2
    assert found.revision == 3
    assert "eldre versjon" in found.revisions[2].changes[0]
    assert len(found.revisions[2].changes) == 1


def test_a_linked_double_is_shown_beside_and_never_merged() -> None:
    double = message(2, messages.alarm("annen", author={"display": "Base"}), standing="linked", sender=_OTHER)
    found = note(messages.alarm(author={"display": "Smykke"}), double)
    assert lines(found, "Trolig samme hendelse, meldt en gang til") == (
        f"Trolig samme alarm, også meldt av {_OTHER} kl. 10:00:00 den 23.11.2026.",
        "Varsel: Trygghetsalarm",
        "Varslet: 23.11.2026 kl. 10:00:00",
        "Meldt av: Base",
    )
    assert "Meldt av: Base" not in lines(found, "Hendelse")
    assert found.title == "Trygghetsalarm – meldt"
    assert len(found.messages) == 2


def test_a_double_that_was_handled_does_not_make_the_alarm_handled() -> None:
    double = message(2, messages.composition(), standing="linked", sender=_OTHER)
    assert note(messages.alarm(), double).title == "Trygghetsalarm – meldt"


def test_not_acknowledged_is_said_with_the_limit_and_the_time() -> None:
    found = note(messages.alarm(), not_acknowledged_at=AT + timedelta(minutes=40), escalated_after_s=1800)
    assert found.title == "Trygghetsalarm – ikke kvittert"
    said = "Ikke kvittert innen 30 minutter; varslet drift kl. 10:40:00 den 23.11.2026."
    assert lines(found, "Vær oppmerksom") == (said,)
    assert found.sections[0].heading == "Vær oppmerksom"
    assert [(r.number, r.source, r.changes) for r in found.revisions[1:]] == [(2, "Knutepunktet", (said,))]


def test_a_later_follow_up_amends_not_acknowledged_and_both_stay_visible() -> None:
    late = message(2, messages.composition(), registered_at=AT + timedelta(hours=1))
    found = note(messages.alarm(), late, not_acknowledged_at=AT + timedelta(minutes=40), escalated_after_s=1800)
    assert found.title == "Trygghetsalarm – fulgt opp og kvittert"
    assert "Senere fulgt opp, se nedenfor." in lines(found, "Vær oppmerksom")[0]
    assert [r.source for r in found.revisions] == [messages.SENDER, "Knutepunktet", messages.SENDER]
    assert found.revision == 3


def test_what_was_begun_but_not_acknowledged_before_the_limit_leaves_the_alert_not_acknowledged() -> None:
    begun = message(2, messages.composition(steps=("0", "1")), registered_at=AT + timedelta(minutes=5))
    found = note(messages.alarm(), begun, not_acknowledged_at=AT + timedelta(minutes=40), escalated_after_s=1800)
    assert found.title == "Trygghetsalarm – ikke kvittert"
    assert lines(found, "Vær oppmerksom")[0].endswith("varslet drift kl. 10:40:00 den 23.11.2026.")


def test_an_earlier_case_that_waits_is_named() -> None:
    found = note(messages.alarm(), earlier_waiting=(AT - timedelta(hours=3),))
    assert lines(found, "Vær oppmerksom") == (
        "En tidligere hendelse (kl. 07:00:00 den 23.11.2026) for samme pasient venter på behandling.",
    )


def test_a_patient_identified_in_another_way_is_remarked_on_without_the_number() -> None:
    by_d_number = messages.composition()
    by_d_number["subject"] = {"identifier": {"system": D_NUMBER, "value": "53116900236"}}
    found = note(messages.alarm(), by_d_number)
    remark = f"{messages.SENDER} identifiserte pasienten med D-nummer; saken har fødselsnummer."
    assert lines(found, "Merknader") == (remark,)
    assert remark in found.revisions[1].changes
    assert "53116900236" not in found.text
    another = note(messages.alarm(), messages.composition(patient=messages.GRY))
    assert any("et annet fødselsnummer" in line for line in lines(another, "Merknader"))
    assert messages.GRY not in another.text


def test_the_same_patient_or_one_that_only_the_epj_knows_is_not_remarked_on() -> None:
    own = PatientRef("http://cosdoc.dips.no/lopenummer", "1302")
    alarm = messages.alarm()
    alarm["patient"] = {"identifier": {"system": own.system, "value": own.value}}
    assert lines(note(alarm, patient=own), "Merknader") == ()
    assert lines(note(messages.alarm(), messages.composition()), "Merknader") == ()


def test_a_case_without_messages_still_has_a_first_revision() -> None:
    assert note(kind=EventKind.ALERT).revision == 1


def test_messages_in_any_order_give_the_same_note() -> None:
    sent = [message(1, messages.alarm()), message(2, messages.composition()), message(3, messages.alarm("z"))]
    assert note(*reversed(sent)) == note(*sent)


def test_what_a_later_message_says_again_is_not_called_new() -> None:
    found = note(messages.alarm(), messages.document("d", messages.composition(), messages.alarm()))
    assert not any("Varsel:" in change for change in found.revisions[1].changes)
