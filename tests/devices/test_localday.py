from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from devices_sim.localday import LocalDay, days_from, local_text, stated, utc_text
from hub.model.clock import OSLO

TIMES = st.integers(
    int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2090, 1, 1, tzinfo=UTC).timestamp())
)


@given(TIMES)
def test_local_time_is_written_as_python_writes_it(at: int) -> None:
    assert local_text(at) == datetime.fromtimestamp(at, OSLO).isoformat()


@given(TIMES)
def test_every_style_of_a_time_means_the_same_instant(at: int) -> None:
    for style in ("local", "utc", "seven_digits"):
        text = stated(at, style)
        assert datetime.fromisoformat(text.replace(".0000000", "")).timestamp() == at
    assert utc_text(at).endswith("Z")


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 24 * 3600 - 1))
def test_a_local_second_lies_within_its_day(day: date, second: int) -> None:
    local = LocalDay(day)
    assert local.start <= local.at(second) < local.end


def test_the_spring_day_has_23_hours_and_the_clock_jumps() -> None:
    day = LocalDay(date(2026, 3, 29))
    assert day.end - day.start == 23 * 3600
    assert local_text(day.at(3 * 3600)) == "2026-03-29T03:00:00+02:00"


def test_the_autumn_day_has_25_hours_and_two_hours_look_alike() -> None:
    day = LocalDay(date(2026, 10, 25))
    assert day.end - day.start == 25 * 3600
    assert local_text(day.at(3 * 3600)) == "2026-10-25T03:00:00+01:00"
    assert local_text(day.at(3 * 3600) - 1800) == "2026-10-25T02:30:00+01:00"
    assert local_text(day.at(3 * 3600) - 5400) == "2026-10-25T02:30:00+02:00"


def test_days_cover_a_time_exactly() -> None:
    start = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)
    assert [d.date.day for d in days_from(start, start + timedelta(hours=24))] == [10]
    assert [d.date.day for d in days_from(start, start + timedelta(hours=24, seconds=1))] == [10, 11]
