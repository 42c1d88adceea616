"""What may be used once is used once, by whichever hub process on the store; what has expired is forgotten."""

import asyncio
import contextlib

import pytest
from sqlalchemy import func, select

from hub.model.clock import SystemClock
from hub.model.errors import StoreUnavailable
from hub.store.engine import open_engines
from hub.store.replay import UsedTokens
from hub.store.schema import used_tokens


class MovedClock(SystemClock):
    shift = 0.0

    def real(self):
        return super().real() + self.shift


@contextlib.asynccontextmanager
async def processes(tmp_path, many):
    clock = MovedClock()
    engines = [await open_engines(tmp_path / "s.sqlite") for _ in range(many)]
    stores = [UsedTokens(one, clock) for one in engines]
    tasks = [asyncio.create_task(store.run()) for store in stores]
    try:
        yield clock, stores, engines
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in engines:
            await one.aclose()


async def test_of_many_uses_at_once_in_two_processes_one_is_the_first(tmp_path):
    async with processes(tmp_path, 2) as (clock, stores, _):
        ends = clock.real() + 60
        firsts = await asyncio.gather(*(stores[i % 2].first_use("proof", "x", ends) for i in range(40)))
        assert sum(firsts) == 1
        assert await stores[0].first_use("assertion", "x", ends)


async def test_a_process_started_later_remembers(tmp_path):
    async with processes(tmp_path, 1) as (clock, (store,), _):
        assert await store.first_use("proof", "x", clock.real() + 60)
    async with processes(tmp_path, 1) as (clock, (store,), _):
        assert not await store.first_use("proof", "x", clock.real() + 60)


async def test_what_has_expired_is_swept_away(tmp_path):
    async with processes(tmp_path, 1) as (clock, (store,), (engines,)):
        for i in range(5):
            await store.first_use("proof", str(i), clock.real() + 1)
        clock.shift = 60
        await store.first_use("proof", "new", clock.real() + 60)
        async with engines.reading() as connection:
            assert (await connection.execute(select(func.count()).select_from(used_tokens))).scalar_one() == 1


async def test_a_store_that_fails_is_told_and_not_taken_for_a_first_use(tmp_path):
    async with processes(tmp_path, 1) as (clock, (store,), (engines,)):
        async with engines.writing() as connection:
            await connection.run_sync(used_tokens.drop)
        with pytest.raises(StoreUnavailable):
            await store.first_use("proof", "x", clock.real() + 60)
