from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from devices_sim.centre_texts import WORDINGS, wording
from devices_sim.happening import Alert, Happening
from devices_sim.localday import LocalDay
from devices_sim.message.vocabulary import STEP_NAMES
from devices_sim.response_centre import PASSED_ON_AFTER_S, Desk, Staffing, Taken, handled, staffing
from tests.devices.worlds import ALL_DEVICES, RATES, a_happening

NOON = int(datetime(2026, 3, 10, 11, 0, tzinfo=UTC).timestamp())


def _alert(severity: int = 20, *, at: int = NOON, salt: int = 1, cause: str = "toilet") -> Happening:
    return a_happening("safety_alarm", Alert("3", severity, cause), at=at, salt=salt)


def _worked_through(desk: Desk, arrivals: list[tuple[Happening, int]]) -> list[Taken]:
    """All that a desk takes, asked whenever an alert comes and whenever it says when to ask again."""
    taken: list[Taken] = []
    moments = {at for _, at in arrivals}
    while moments:
        now = min(moments)
        moments.discard(now)
        for about, at in arrivals:
            if at == now:
                desk.hears(about, at)
        some, again = desk.takes(now)
        taken += some
        if again is not None:
            assert again > now
            moments.add(again)
    return taken


def test_the_most_severe_is_taken_first_and_of_the_equal_the_oldest() -> None:
    desk = Desk(Staffing(1, 1, 1))
    arrivals = [(_alert(20, salt=n), NOON + n) for n in range(3)]
    arrivals.append((_alert(40, salt=9), NOON + 3))
    salts = [t.about.salt for t in _worked_through(desk, arrivals)]
    assert salts == [0, 9, 1, 2]


def test_what_waits_too_long_goes_to_the_watch_of_the_home_service() -> None:
    desk = Desk(Staffing(1, 1, 1))
    taken = _worked_through(desk, [(_alert(salt=n), NOON) for n in range(40)])
    late = [t for t in taken if t.passed_on]
    assert late
    assert all(t.at > NOON + PASSED_ON_AFTER_S for t in late)
    steps = [s.code for said in handled(late[0], RATES) for s in said.steps]
    assert "10" in steps


@given(st.lists(st.tuples(st.sampled_from([10, 20, 30, 40]), st.integers(0, 20_000)), max_size=40), st.integers(1, 4))
def test_every_alert_is_taken_once_and_never_before_it_came(calls: list[tuple[int, int]], operators: int) -> None:
    arrivals = [(_alert(s, at=NOON + at, salt=n), NOON + at) for n, (s, at) in enumerate(calls)]
    taken = _worked_through(Desk(Staffing(operators, operators, operators)), arrivals)
    assert sorted(t.about.salt for t in taken) == list(range(len(calls)))
    assert all(t.at > t.about.at for t in taken)


@given(st.lists(st.integers(0, 5_000), min_size=2, max_size=30))
def test_an_operator_does_one_thing_at_a_time(times: list[int]) -> None:
    arrivals = [(_alert(at=NOON + at, salt=n), NOON + at) for n, at in enumerate(times)]
    taken = [t for t in _worked_through(Desk(Staffing(2, 2, 2)), arrivals) if not t.passed_on]
    for operator in (1, 2):
        mine = sorted(t.at for t in taken if t.operator == operator)
        assert all(later > earlier for earlier, later in pairwise(mine))


def test_there_are_fewer_operators_at_night_and_never_none() -> None:
    usual = staffing(600, RATES)
    assert usual.night < usual.day
    assert usual.by_hour[3] == usual.night
    assert usual.by_hour[10] == usual.day
    assert usual.by_hour[20] == usual.evening
    assert len(usual.by_hour) == 24
    assert staffing(0.1, RATES, share=0.1).night == 1


def test_shifts_follow_the_norwegian_clock_on_the_day_of_the_change() -> None:
    day = LocalDay(date(2026, 10, 25))
    desk = Desk(Staffing(1, 2, 1))
    six = day.at(6 * 3600)
    for n in range(2):
        desk.hears(_alert(salt=n, at=six), six)
    assert len(desk.takes(six)[0]) == 1
    desk = Desk(Staffing(1, 2, 1))
    eight = day.at(8 * 3600)
    for n in range(2):
        desk.hears(_alert(salt=n, at=eight), eight)
    assert len(desk.takes(eight)[0]) == 2


@given(st.integers(0, 2**63), st.sampled_from(sorted(WORDINGS)))
def test_steps_come_in_order_of_time_and_are_codes_of_the_table(salt: int, cause: str) -> None:
    about = _alert(cause=cause, salt=salt)
    assert isinstance(about.what, Alert)
    said = list(handled(Taken(about, about.what, 1, about.sent_at + 20), RATES))
    assert [s.version for s in said] == list(range(1, len(said) + 1))
    for one in said:
        starts = [step.start for step in one.steps]
        assert starts == sorted(starts)
        assert {step.code for step in one.steps} <= STEP_NAMES.keys()
        assert {"0", "1", "3"} <= {step.code for step in one.steps}
        assert one.said_at >= starts[-1]
        assert all(text for _, text in one.sections)
    assert [one.said_at for one in said] == sorted(one.said_at for one in said)


def test_every_cause_that_a_device_gives_has_words_of_its_own() -> None:
    causes = {
        example.what.cause for d in ALL_DEVICES.values() for example in d.examples if isinstance(example.what, Alert)
    }
    assert causes <= WORDINGS.keys()
    assert wording("a third party's") == WORDINGS["lone"]
