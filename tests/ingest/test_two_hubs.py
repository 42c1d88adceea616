"""Two hubs on one PostgreSQL: what both accept at the same moment is one case."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack

import pytest

from hub.store import schema
from tests.ingest.intake import CENTRE, Intake, intake
from tests.messages import GRY, LINE, alarm, follow_up, observation

pytestmark = pytest.mark.needs("postgresql")


async def _two(stack: AsyncExitStack, url: str) -> tuple[Intake, Intake]:
    return (await stack.enter_async_context(intake(url)), await stack.enter_async_context(intake(url)))


async def test_the_same_new_alarm_at_the_same_moment_is_accepted_once(postgresql_store: str) -> None:
    async with AsyncExitStack() as stack:
        one, two = await _two(stack, postgresql_store)
        for i in range(25):
            message = alarm(f"a{i}", at=f"2026-11-23T10:00:{i:02}+01:00")
            outcomes = await asyncio.gather(one.say(message), two.say(message))
            assert sorted(o.code.value for o in outcomes) == ["accepted", "duplicate"]
        assert await one.number_of_cases() == 25
        counts = await two.counts()
        assert (counts["received"], counts["accepted"], counts["duplicates"]) == (50, 25, 25)


async def test_alarm_and_follow_up_at_the_same_moment_are_one_case(postgresql_store: str) -> None:
    async with AsyncExitStack() as stack:
        one, two = await _two(stack, postgresql_store)
        for i in range(25):
            at = f"2026-11-23T10:00:{i:02}+01:00"
            outcomes = await asyncio.gather(
                one.say(alarm(f"a{i}", at=at)), two.say(follow_up(f"f{i}", of=f"a{i}"), sender=CENTRE)
            )
            assert [o.code for o in outcomes] == ["accepted", "accepted"]
            assert outcomes[0].case_id == outcomes[1].case_id
        assert await one.number_of_cases() == 25


async def test_names_that_meet_across_patients_locks_are_one_case_as_well(postgresql_store: str) -> None:
    """The patient is named in two ways, so that the two hubs take different locks; the names' uniqueness decides."""
    async with AsyncExitStack() as stack:
        one, two = await _two(stack, postgresql_store)
        for i in range(25):
            message = alarm(f"a{i}", at=f"2026-11-23T10:00:{i:02}+01:00")
            other = message | {"patient": {"reference": "https://vendor.example/Patient/7"}}
            first, second = await asyncio.gather(one.say(message), two.say(other, sender=CENTRE))
            assert first.case_id == second.case_id
        assert await one.number_of_cases() == 25


async def test_a_storm_of_everything_through_two_hubs_loses_and_doubles_nothing(postgresql_store: str) -> None:
    chance = random.Random(7)
    messages = [(observation(f"o{i}", patient=(LINE, GRY)[i % 2]), None) for i in range(40)]
    messages += [(alarm(f"a{i}", at=f"2026-11-23T10:00:{i:02}+01:00"), None) for i in range(20)]
    messages += [(follow_up(f"f{i}", of=f"a{i}"), CENTRE) for i in range(20)]
    everything = messages * 3
    chance.shuffle(everything)
    async with AsyncExitStack() as stack:
        hubs = await _two(stack, postgresql_store)
        said = [
            chance.choice(hubs).say(message, **({"sender": sender} if sender else {})) for message, sender in everything
        ]
        outcomes = await asyncio.gather(*said)
        codes = [o.code.value for o in outcomes]
        assert (codes.count("accepted"), codes.count("duplicate")) == (len(messages), 2 * len(messages))
        assert await hubs[0].number_of_cases() == 60
        assert len(await hubs[0].rows(schema.messages)) == len(messages)
        pages = [row.page for row in await hubs[0].rows(schema.deliveries)]
        assert len(set(pages)) == len(pages) == 60


async def test_a_deadlock_with_another_writer_is_tried_again(postgresql_store: str) -> None:
    """Whatever the database breaks off to get two writers apart, nobody is told that it failed."""
    from sqlalchemy import text

    async with AsyncExitStack() as stack:
        one, two = await _two(stack, postgresql_store)
        await one.say(alarm())
        async with two.engines.writer.connect() as other:
            await other.execute(text("UPDATE counters SET value = value WHERE name = 'received'"))
            waiting = asyncio.create_task(one.say(follow_up(), sender=CENTRE))
            async with two.engines.reading() as looking:
                blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                while not (await looking.execute(text(blocked))).scalar():  # noqa: ASYNC110  # the server tells nobody
                    await asyncio.sleep(0.01)
            locked_in_turn = asyncio.create_task(other.execute(text("UPDATE cases SET change = change")))
            await asyncio.wait({waiting, locked_in_turn}, return_when=asyncio.FIRST_COMPLETED)
            if locked_in_turn in (await asyncio.wait({locked_in_turn}, timeout=5))[0] and locked_in_turn.exception():
                await other.rollback()
            else:
                await other.commit()
        assert (await waiting).code == "accepted"
