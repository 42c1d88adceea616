"""Times in the note: Norwegian local time, and a word where the sender left something out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.journal import times


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-07-01T08:00:00Z", "01.07.2026 kl. 10:00:00"),
        ("2026-01-01T08:00:00Z", "01.01.2026 kl. 09:00:00"),
        ("2026-01-01T08:00:00.1234567+01:00", "01.01.2026 kl. 08:00:00"),
        ("2026-01-01T23:30:00-05:00", "02.01.2026 kl. 05:30:00"),
        ("2026-01-01T08:00:00", "01.01.2026 kl. 08:00:00 (avsender oppga ikke tidssone)"),
        ("2026-01-01", "01.01.2026 (uten klokkeslett)"),
        ("2026-01", "01.2026 (uten klokkeslett)"),
        ("2026", "2026 (uten klokkeslett)"),
        ("i går", "«i går» (tidspunktet kan ikke leses)"),
        ("", ""),
        (None, ""),
        (["2026-01-01T08:00:00Z"], "01.01.2026 kl. 09:00:00"),
    ],
)
def test_a_senders_time_is_shown(sent: object, shown: str) -> None:
    assert times.said(sent) == shown


def test_in_the_doubled_hour_of_autumn_it_is_said_which() -> None:
    assert times.said("2026-10-25T00:30:00Z") == "25.10.2026 kl. 02:30:00 (sommertid)"
    assert times.said("2026-10-25T01:30:00Z") == "25.10.2026 kl. 02:30:00 (normaltid)"
    assert times.said("2026-10-25T02:30:00Z") == "25.10.2026 kl. 03:30:00"
    assert times.said("2026-03-29T01:30:00Z") == "29.03.2026 kl. 03:30:00"


def test_a_time_without_offset_is_put_in_order_as_norwegian() -> None:
    assert times.order("2026-07-01T10:00:00") == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert times.order("nonsense") > times.order("9998-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1800, "30 minutter"),
        (60, "1 minutt"),
        (3600, "1 time"),
        (7200, "2 timer"),
        (45, "45 sekunder"),
        (0, "0 sekunder"),
    ],
)
def test_a_limit_is_said_in_words(seconds: int, words: str) -> None:
    assert times.duration(seconds) == words


@given(
    st.one_of(st.text(), st.datetimes().map(str), st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?"))
)
def test_no_text_that_a_sender_may_write_for_a_time_is_too_much(sent: str) -> None:
    times.said(sent)
    times.order(sent)


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_aware_time_can_be_shown(moment: datetime) -> None:
    assert " kl. " in times.shown(moment)
