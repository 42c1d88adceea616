"""A session lasts twenty minutes unused, and twelve hours at the most."""

import pytest

from hub.store.engine import open_engines
from hub.store.sessions import (
    IDLE_S,
    LONGEST_S,
    Session,
    close_session,
    note_use,
    open_session,
    session_with,
    sessions,
)

BEGAN = 1_000_000.0
SOMEBODY = Session("hash", "drift", "Dina Drift", frozenset({"monitoring", "administration"}), "token", BEGAN, BEGAN)


@pytest.fixture
async def engines(store):
    opened = await open_engines(store)
    async with opened.writing() as connection:
        await open_session(connection, SOMEBODY)
    yield opened
    await opened.aclose()


async def at(engines, real):
    async with engines.reading() as connection:
        return await session_with(connection, "hash", real=real)


async def test_whoever_signs_in_is_known(engines):
    assert await at(engines, BEGAN + 1) == SOMEBODY


async def test_twenty_minutes_without_use_end_it(engines):
    assert IDLE_S == 1200
    assert await at(engines, BEGAN + IDLE_S) is not None
    assert await at(engines, BEGAN + IDLE_S + 1) is None


async def test_use_lets_the_twenty_minutes_begin_anew_but_not_for_ever(engines):
    real = BEGAN
    while real < BEGAN + LONGEST_S:
        assert await at(engines, real) is not None
        async with engines.writing() as connection:
            await note_use(connection, "hash", real=real)
        real += IDLE_S - 1
    assert await at(engines, BEGAN + LONGEST_S + 1) is None


async def test_signing_out_ends_it_at_once(engines):
    async with engines.writing() as connection:
        await close_session(connection, "hash")
    assert await at(engines, BEGAN + 1) is None


async def test_the_list_of_sessions_holds_those_that_have_not_ended(engines):
    async with engines.reading() as connection:
        assert [s.subject for s in await sessions(connection, real=BEGAN)] == ["drift"]
        assert await sessions(connection, real=BEGAN + IDLE_S + 1) == []
