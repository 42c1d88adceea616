from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.spool import Fate, Lanes, Report, Spool, SpoolEntry, Waiting
from hub.model.errors import StoreUnavailable

NOW = datetime(2025, 3, 3, 8, tzinfo=UTC)


def entry(text: str, lane: str = "a") -> SpoolEntry:
    return SpoolEntry("Observation", text.encode(), "d", lane)


async def test_what_was_added_is_there_after_a_restart_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    async with Spool.open(path) as spool:
        await asyncio.gather(*(spool.add([entry(str(n), f"lane {n % 3}")], NOW) for n in range(10)))
        await spool.settle(Report(4, Fate.TAKEN, NOW, 1, "accepted"))
    async with Spool.open(path) as spool:
        waiting = await spool.unfinished(Fate.WAITING)
        assert [w.number for w in waiting] == [1, 2, 3, 5, 6, 7, 8, 9, 10]
        assert (await spool.entry(waiting[0].number)).payload == b"0"


async def test_the_same_event_told_again_keeps_its_number_and_its_fate() -> None:
    async with Spool.open(None) as spool:
        [first] = await spool.add([entry("1")], NOW)
        await spool.settle(Report(first.number, Fate.REFUSED, NOW, 1, "rejected"))
        [again] = await spool.add([entry("1")], NOW)
        assert (again.number, again.fate, again.is_new) == (first.number, Fate.REFUSED, False)


async def test_content_is_let_go_of_when_the_hub_has_it_and_kept_when_it_was_refused() -> None:
    async with Spool.open(None) as spool:
        await spool.add([entry("1"), entry("2")], NOW)
        await spool.settle(Report(1, Fate.TAKEN, NOW, 1, "accepted"))
        await spool.settle(Report(2, Fate.REFUSED, NOW, 1, "rejected"))
        with pytest.raises(KeyError):
            await spool.entry(1)
        assert (await spool.entry(2)).payload == b"2"
        assert [r.number for r in await spool.with_fate(Fate.REFUSED)] == [2]


async def test_finished_events_are_forgotten_after_thirty_days_and_refused_ones_are_not() -> None:
    async with Spool.open(None) as spool:
        await spool.add([entry("1"), entry("2"), entry("3")], NOW)
        await spool.settle(Report(1, Fate.TAKEN, NOW, 1))
        await spool.settle(Report(2, Fate.REFUSED, NOW, 1))
        assert await spool.forget_before(NOW + timedelta(days=30)) == 0
        assert await spool.forget_before(NOW + timedelta(days=30, seconds=1)) == 1
        assert (await spool.report(2)).fate is Fate.REFUSED


async def test_a_batch_is_added_whole_or_not_at_all() -> None:
    broken = SpoolEntry("Observation", b"x", "d", None)  # type: ignore[arg-type]  # what SQLite refuses
    async with Spool.open(None) as spool:
        with pytest.raises(StoreUnavailable):
            await spool.add([entry("1"), broken], NOW)
        assert await spool.unfinished(Fate.WAITING) == []
        [kept] = await spool.add([entry("2")], NOW)
        assert kept.is_new


async def test_a_second_process_on_the_same_spool_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    async with Spool.open(path):
        with pytest.raises(StoreUnavailable):
            async with Spool.open(path):
                pass
    async with Spool.open(path):
        pass


@given(
    lanes=st.lists(st.sampled_from("abc"), max_size=20),
    choices=st.lists(st.booleans(), max_size=100),
)
def test_lanes_keep_order_and_never_give_two_of_one_lane(lanes: list[str], choices: list[bool]) -> None:
    line = Lanes()
    for number, lane in enumerate(lanes, 1):
        line.add(Waiting(number, lane))
    now, under_way, finished = 0.0, {}, []
    for finish in [*choices, *([True] * 3 * len(lanes))]:
        taken = line.take(now)
        if taken is not None:
            assert taken.lane not in under_way
            under_way[taken.lane] = taken
        if under_way:
            lane = min(under_way)
            tried = under_way.pop(lane)
            if finish:
                line.done(tried)
                finished.append(tried)
            else:
                line.postpone(Waiting(tried.number, lane, tried.attempts + 1, now + 5))
        now += 1
    while under_way or len(line):
        taken = line.take(now := now + 10)
        assert taken is not None
        line.done(taken)
        finished.append(taken)
    assert sorted(w.number for w in finished) == list(range(1, len(lanes) + 1))
    for lane in "abc":
        numbers = [w.number for w in finished if w.lane == lane]
        assert numbers == sorted(numbers)


def test_a_postponed_entry_is_due_again_at_its_time_and_holds_up_its_lane_only() -> None:
    line = Lanes()
    for number, lane in ((1, "a"), (2, "a"), (3, "b")):
        line.add(Waiting(number, lane))
    first = line.take(0)
    assert first is not None
    line.postpone(Waiting(first.number, "a", 1, due=10.0))
    assert [w and w.number for w in (line.take(5), line.take(5))] == [3, None]
    assert line.next_due == 10.0
    assert (again := line.take(10)) is not None
    assert again.number == 1
