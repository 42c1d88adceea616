from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import orjson
import pytest

from devices_sim.answer_key import AnswerKey, TrueCase
from devices_sim.found_note import FoundNote, found_note
from devices_sim.plan import plan_day
from devices_sim.verify import Fault, verify
from hub.model.codes import EventKind
from hub.model.person import IDENTITY_NUMBER


@pytest.fixture(scope="module")
def key() -> AnswerKey:
    return plan_day(7).answer_key


def _note(case: TrueCase) -> FoundNote:
    return FoundNote(
        case.id,
        frozenset({case.patient}),
        frozenset(i for i in case.message_identifiers if i),
        "Notat. " + " ".join(case.phrases),
        case.occurred_at,
    )


def _right(key: AnswerKey) -> list[FoundNote]:
    return [_note(case) for case in sorted(key.cases, key=lambda c: (c.due_at, c.id)) if case.must_have_note]


def _faults(key: AnswerKey, notes: list[FoundNote]) -> list[Fault]:
    return [d.fault for d in verify(key, notes).deviations]


def test_an_epj_that_has_everything_once_is_right(key: AnswerKey) -> None:
    verdict = verify(key, _right(key))
    assert verdict.is_right
    assert verdict.cases == verdict.notes == key.unique_cases


def test_a_missing_note_is_found(key: AnswerKey) -> None:
    notes = _right(key)
    assert _faults(key, notes[:5] + notes[6:]) == [Fault.MISSING]


def test_an_empty_epj_misses_all(key: AnswerKey) -> None:
    assert verify(key, []).count(Fault.MISSING) == key.unique_cases


def test_a_doubled_note_is_found(key: AnswerKey) -> None:
    notes = _right(key)
    assert _faults(key, [*notes, replace(notes[3], reference="again")]) == [Fault.DOUBLED]


def test_a_note_on_another_patient_is_found(key: AnswerKey) -> None:
    notes = _right(key)
    other = next(n.patients for n in notes if n.patients != notes[0].patients)
    assert _faults(key, [replace(notes[0], patients=other), *notes[1:]]) == [Fault.WRONG_PATIENT]


@pytest.mark.parametrize("text", ["Noe ganske annet.", ""])
@pytest.mark.parametrize("kind", list(EventKind)[:4])
def test_a_note_without_what_was_said_is_found_whatever_it_is_about(key: AnswerKey, kind: EventKind, text: str) -> None:
    notes = _right(key)
    mine = {case.id for case in key.cases if case.kind is kind}
    place = next(i for i, n in enumerate(notes) if n.reference in mine)
    notes[place] = replace(notes[place], text=text)
    assert _faults(key, notes) == [Fault.WRONG_TEXT]


def test_a_note_whose_text_was_not_shown_is_counted_and_not_blamed(key: AnswerKey) -> None:
    verdict = verify(key, [replace(n, text=None) for n in _right(key)])
    assert verdict.is_right
    assert verdict.texts_unread == key.unique_cases


@pytest.mark.parametrize("kind", [EventKind.ALERT, EventKind.DISPENSE, EventKind.SUPERVISION])
def test_notes_that_changed_places_are_found(key: AnswerKey, kind: EventKind) -> None:
    notes = _right(key)
    first, second = _in_a_row(key, kind)
    assert _faults(key, _changed_places(notes, first, second)) == [Fault.WRONG_ORDER]


def test_cases_that_waited_at_the_same_time_may_come_in_any_order(key: AnswerKey) -> None:
    notes = _right(key)
    first, second = _in_a_row(key, EventKind.ALERT)
    assert second.due_at is not None
    late = replace(first, due_at=second.due_at - timedelta(seconds=1))
    ahead = replace(first, clock_error_s=7200 + int((second.occurred_at - first.occurred_at).total_seconds()))
    for other in (late, ahead):
        changed = replace(key, cases=tuple(other if c is first else c for c in key.cases))
        assert _faults(changed, _changed_places(notes, first, second)) == []


def _changed_places(notes: list[FoundNote], first: TrueCase, second: TrueCase) -> list[FoundNote]:
    """The notes with `second`'s just before `first`'s."""
    moved = next(n for n in notes if n.reference == second.id)
    rest = [n for n in notes if n is not moved]
    place = next(i for i, n in enumerate(rest) if n.reference == first.id)
    return [*rest[:place], moved, *rest[place:]]


def _in_a_row(key: AnswerKey, kind: EventKind) -> tuple[TrueCase, TrueCase]:
    """Two cases of one kind that are a patient's only ones between them, the first over when the second began."""
    mine: dict[str, list[TrueCase]] = {}
    for case in key.cases:
        if case.must_have_note and case.due_at:
            mine.setdefault(case.patient, []).append(case)
    return next(
        (one, other)
        for cases in mine.values()
        for one, other in pairwise(sorted(cases, key=lambda c: (c.due_at, c.id)))
        if one.kind is other.kind is kind and one.due_at and one.due_at < other.sent_at
    )


def test_a_note_of_nothing_that_happened_is_found(key: AnswerKey) -> None:
    stranger = FoundNote("x", frozenset({"12345678901"}), frozenset({"urn:uuid:no"}), "Notat", None)
    assert _faults(key, [*_right(key), stranger]) == [Fault.UNEXPECTED]


def test_a_case_that_should_have_none_must_have_none(key: AnswerKey) -> None:
    case = replace(key.cases[0], must_have_note=False, why_not="only_broken")
    changed = replace(key, cases=(case, *key.cases[1:]))
    assert Fault.UNEXPECTED in _faults(changed, _right(key))


def test_an_alert_that_nobody_answered_may_wait(key: AnswerKey) -> None:
    case = next(c for c in key.cases if c.kind is EventKind.ALERT and c.answered)
    waiting = replace(key, cases=tuple(replace(c, answered=False) if c is case else c for c in key.cases))
    verdict = verify(waiting, [n for n in _right(key) if n.reference != case.id])
    assert verdict.is_right
    assert verdict.open_alerts == 1


def test_doubles_under_new_numbers_are_told_apart_from_the_hubs_own(key: AnswerKey) -> None:
    case = replace(key.cases[0], renumbered=1)
    changed = replace(key, cases=(case, *key.cases[1:]))
    verdict = verify(changed, [*_right(key), _note(case)])
    assert verdict.is_right
    assert verdict.renumbered == 1


def test_a_note_without_names_is_told_by_patient_and_time(key: AnswerKey) -> None:
    notes = [
        replace(n, names=frozenset(), occurred_at=n.occurred_at and n.occurred_at + timedelta(seconds=2))
        for n in _right(key)
    ]
    verdict = verify(key, notes)
    assert verdict.count(Fault.MISSING) == verdict.count(Fault.UNEXPECTED) == 0


def test_no_deviation_names_a_patient_or_quotes_a_note(key: AnswerKey) -> None:
    notes = [replace(n, text="Noe annet", patients=frozenset({"1"})) for n in _right(key)]
    texts = " ".join(d.text for d in verify(key, notes).deviations)
    assert not any(case.patient in texts for case in key.cases)
    assert "Noe annet" not in texts


def test_a_document_bundle_is_read_by_its_own_composition() -> None:
    shown = {
        "resourceType": "Bundle",
        "id": "17",
        "identifier": {"system": "urn:knutepunkt:journal-note", "value": "key"},
        "entry": [
            {
                "resource": {
                    "resourceType": "Composition",
                    "subject": {"identifier": {"system": IDENTITY_NUMBER, "value": "12345678901"}},
                    "event": [{"period": {"start": "2026-03-10T08:00:00+01:00"}}],
                    "section": [{"text": {"div": "<div><p>Alt  vel &amp; bra</p></div>"}}],
                }
            },
            {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "DetectedIssue", "text": {"div": "skjult"}}},
        ],
    }
    note = found_note(orjson.loads(orjson.dumps(shown)))
    assert note.reference == "17"
    assert note.patients == {"12345678901"}
    assert {"key", "urn:uuid:1"} <= note.names
    assert note.text == "Alt vel & bra"
    assert note.occurred_at is not None
    assert note.occurred_at.hour == 7


def test_a_plain_journal_note_is_read_with_its_sources() -> None:
    shown = {
        "id": "3",
        "patient": {"system": IDENTITY_NUMBER, "value": "12345678901"},
        "note": {
            "eventTime": "2026-03-10T07:00:00Z",
            "text": "Fall på badet.\n\nHjulpet opp.",
            "sources": [
                {"identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:9"}, "content": {"text": "x"}}
            ],
        },
    }
    note = found_note(shown)
    assert note.text == "Fall på badet. Hjulpet opp."
    assert "urn:uuid:9" in note.names
    assert note.occurred_at is not None


def test_a_line_about_a_note_has_no_text() -> None:
    shown = {"id": "3", "key": "k", "title": "Varsel", "patient": {"system": IDENTITY_NUMBER, "value": "1"}}
    assert found_note(shown).text is None
    assert found_note({**shown, "text": ""}).text == ""
