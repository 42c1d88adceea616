from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from hub.model.person import check_digits
from hub.rehearsal.cases import AcceptanceCase, BadCase, Fill, acceptance_cases, checked_case, sit_cases
from hub.rehearsal.identity import reserved_identity

PERSON = reserved_identity("314159265", "acceptance")
FILL = Fill(PERSON, datetime(2026, 7, 1, 10, 0, 0, 123, tzinfo=UTC), "run/case", "Acme")


@pytest.mark.parametrize("case", acceptance_cases(), ids=lambda case: case.id)
def test_a_filled_case_is_about_the_reserved_person_and_leaves_no_placeholder(case: AcceptanceCase) -> None:
    for message in case.message:
        filled = FILL.message(message.text)
        assert orjson.loads(filled)
        assert PERSON.value.encode() in filled
        assert b"$" not in filled
    assert not any("$" in FILL.line(line) for line in case.expected)


def test_times_are_norwegian_local_time_with_offset_in_the_message_and_as_a_nurse_reads_them_in_the_note() -> None:
    assert FILL.at(1).isoformat() == "2026-07-01T12:01:00+02:00"
    assert FILL.line("Varslet: $t0") == "Varslet: 01.07.2026 kl. 12:00:00"
    assert FILL.line("Kilde: $sender") == "Kilde: Acme"


def test_two_runs_never_share_an_identifier() -> None:
    other = Fill(PERSON, FILL.occurred_at, "another/case", "Acme")
    assert FILL.name("message") != other.name("message")
    assert FILL.name("message") == Fill(PERSON, FILL.occurred_at, "run/case", "Acme").name("message")


def test_the_integration_test_covers_version_repeat_order_and_a_failing_epj() -> None:
    cases, templates = sit_cases()
    assert {"version", "duplicate", "out-of-order", "epj-time-out"} <= {case.id for case in cases}
    assert {message.template for case in cases for message in case.messages} <= templates.keys()


def own(text: str) -> AcceptanceCase:
    example = acceptance_cases()[-1].model_dump()
    example |= {"id": "eget", "message": [{"device": "X-1", "text": text}]}
    return AcceptanceCase.model_validate(example)


#: Made here and nobody's that we know of, but of the form that a real number has.
UNLISTED = next(f"010165{i:03}{end}" for i in range(500) if (end := check_digits(f"010165{i:03}")))
GOOD = '{"resourceType": "Observation", "identifier": [{"value": "$name"}], "subject": "$person"}'


def test_a_users_own_case_is_taken_and_marked() -> None:
    assert checked_case(own(GOOD)).own


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": "$name", "b": "$person", "c": "$wrong"}', "finnes"),
        ('{"a": "$name" "b": "$person"}', "JSON"),
        ('{"a": "fast", "b": "$person"}', r"\$name"),
        ('{"a": "$name", "b": "' + UNLISTED + '", "c": "$person"}', "virkelig"),
    ],
)
def test_a_case_that_can_not_be_used_is_refused_with_the_reason_and_nothing_of_its_content(
    text: str, says: str
) -> None:
    with pytest.raises(BadCase, match=says) as refused:
        checked_case(own(text))
    assert UNLISTED not in str(refused.value)
