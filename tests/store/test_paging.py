"""Pages: a reader that follows the numbers sees every change, whoever writes and however slowly they commit."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.model.times import from_microseconds
from hub.store import schema
from hub.store.delivering import history_of
from hub.store.engine import Engines
from hub.store.paging import one_delivery, pages_after
from hub.store.settling import Settled, settle
from hub.store.submissions import submission_id
from hub.store.summary import summary
from tests.ingest.intake import CENTRE, Intake, intake
from tests.messages import GRY, LINE, MUNICIPALITY, alarm, follow_up, observation

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def _numbers(engines: Engines, after: int = 0, most: int = 100) -> list[tuple[int, str]]:
    async with engines.reading() as connection:
        pages = await pages_after(connection, MUNICIPALITY, "epj", after=after, most=most)
        return [(page.number, page.delivery.case_id) for page in pages]


async def test_a_changed_case_moves_to_the_end(store: Path | str) -> None:
    async with intake(store) as hub:
        first = await hub.say(alarm())
        second = await hub.say(observation())
        assert [case for _, case in await _numbers(hub.engines)] == [first.case_id, second.case_id]
        await hub.say(follow_up(), sender=CENTRE)
        assert [case for _, case in await _numbers(hub.engines)] == [second.case_id, first.case_id]


async def test_pages_are_cut_and_go_on_where_they_were_cut(store: Path | str) -> None:
    async with intake(store) as hub:
        for n in range(7):
            await hub.say(observation(f"o{n}"))
        seen: list[tuple[int, str]] = []
        while page := await _numbers(hub.engines, after=seen[-1][0] if seen else 0, most=3):
            seen += page
        assert len({case for _, case in seen}) == 7


@pytest.mark.needs("postgresql")
async def test_a_reader_that_follows_the_numbers_misses_nothing_under_concurrent_writers(
    postgresql_store: str,
) -> None:
    """A number given early and committed late would be passed by; numbers are given in the order of the commits."""
    async with AsyncExitStack() as stack:
        hubs = [await stack.enter_async_context(intake(postgresql_store)) for _ in range(4)]
        seen: dict[str, int] = {}
        done = asyncio.Event()

        async def follow() -> None:
            last = 0
            while True:
                is_last = done.is_set()
                while page := await _numbers(hubs[0].engines, after=last, most=5):
                    for number, case in page:
                        assert number > last
                        last = number
                        seen[case] = number
                if is_last:
                    return
                await asyncio.sleep(0)

        async def write(hub: Intake, name: str) -> None:
            chance = random.Random(name)
            for n in range(25):
                await hub.say(observation(f"{name}-{n}", patient=chance.choice((LINE, GRY))))

        following = asyncio.create_task(follow())
        await asyncio.gather(*[write(hub, f"w{i}") for i, hub in enumerate(hubs)])
        done.set()
        await following
        assert len(seen) == 100


async def test_a_receipt_for_an_older_version_does_not_undo_a_newer_one(store: Path | str) -> None:
    """An EPJ that pulls may acknowledge in any order."""
    async with intake(store) as hub:
        outcome = await hub.say(alarm())
        await hub.say(follow_up(), sender=CENTRE)
        case = outcome.case_id or ""
        for change in (2, 1):
            async with hub.engines.writing() as connection:
                await settle(connection, [Settled(case, "epj", change, change, f"v{change}", AT)])
        (row,) = await hub.rows(schema.deliveries)
        assert (row.state, row.settled, row.reference) == ("settled", 2, "v2")


async def test_a_receipt_for_an_older_version_leaves_the_newer_one_to_come(store: Path | str) -> None:
    async with intake(store) as hub:
        outcome = await hub.say(alarm())
        await hub.say(follow_up(), sender=CENTRE)
        async with hub.engines.writing() as connection:
            await settle(connection, [Settled(outcome.case_id or "", "epj", 1, 1, "v1", AT)])
        (row,) = await hub.rows(schema.deliveries)
        assert (row.state, row.settled) == ("pending", 1)


async def test_a_case_is_read_back_as_it_was_said(store: Path | str) -> None:
    async with intake(store) as hub:
        outcome = await hub.say(alarm())
        await hub.say(follow_up(), sender=CENTRE)
        async with hub.engines.reading() as connection:
            history = await history_of(connection, outcome.case_id or "")
            delivery = await one_delivery(connection, MUNICIPALITY, "epj", outcome.case_id or "")
            assert await history_of(connection, "nothing") is None
            assert await one_delivery(connection, MUNICIPALITY, "epj", "nothing") is None
        assert history is not None
        assert delivery is not None
        assert [m.number for m in history.messages] == [1, 2]
        assert [m.is_alert for m in history.messages] == [True, False]
        assert delivery.history == history
        assert delivery.size == sum(len(m.raw) for m in history.messages)
        assert submission_id(outcome.case_id or "", 1) != submission_id(outcome.case_id or "", 2)


async def test_the_summary_of_an_empty_store_is_all_zeros(store: Path | str) -> None:
    async with intake(store) as hub, hub.engines.reading() as connection:
        assert set((await summary(connection)).values()) == {0}


def test_instants_survive_the_store_to_the_microsecond() -> None:
    from hub.model.times import microseconds

    for text in ("1969-12-31T23:59:59.999999+00:00", "2026-11-23T12:00:00.000001+01:00", "2000-02-29T00:00:00+00:00"):
        moment = datetime.fromisoformat(text)
        assert from_microseconds(microseconds(moment)) == moment
