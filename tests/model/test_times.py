"""Times as FHIR writes them, and clocks that several processes agree on."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.clock import ScaledClock, SystemClock
from hub.model.times import from_microseconds, microseconds, parse_time
from hub.model.versions import case_and_change, version_id


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026", "2025-12-31T23:00:00+00:00"),
        ("2026-07", "2026-06-30T22:00:00+00:00"),
        ("2026-11-23", "2026-11-22T23:00:00+00:00"),
        ("2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T10:00:00", "2026-11-23T09:00:00+00:00"),
        ("2026-07-01T10:00:00", "2026-07-01T08:00:00+00:00"),
        ("2026-11-23T10:00:00.1234567Z", "2026-11-23T10:00:00.123456+00:00"),
    ],
)
def test_a_time_without_offset_is_norwegian_and_a_part_of_one_begins_at_its_first_moment(
    text: str, instant: str
) -> None:
    assert parse_time(text) == datetime.fromisoformat(instant)


@pytest.mark.parametrize("text", [None, 5, "", "x", "202", "2026-13-01", "2026-02-30", "0001-01-01T00:00:00+14:00", []])
def test_what_is_no_time_is_none(text: object) -> None:
    assert parse_time(text) is None


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = parse_time(text)
    assert found is None or found.utcoffset() == timedelta(0)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_being_counted(moment: datetime) -> None:
    assert from_microseconds(microseconds(moment)) == moment


def test_a_scaled_clock_is_the_same_in_every_process() -> None:
    clock = ScaledClock(datetime(2026, 11, 23, tzinfo=UTC), time.time() - 10, 2880.0)
    again = ScaledClock.parse(str(clock))
    assert again == clock
    assert abs(again.now() - clock.now()) < timedelta(minutes=10)
    assert clock.now() - clock.start > timedelta(hours=7)
    assert abs(clock.real() - SystemClock().real()) < 5


def test_the_systems_clock_is_aware() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


@given(st.uuids(), st.integers(1, 65_535))
def test_a_versions_id_names_its_case_and_change(case: object, change: int) -> None:
    case_id = f"{case}"[:-4] + "0000"
    assert case_and_change(version_id(case_id, change)) == (case_id, change)


@given(st.text(max_size=40))
def test_any_text_is_a_version_or_none(text: str) -> None:
    assert case_and_change(text) is None or len(text) == 36
