"""The flow in the store: in order, trimmed at its tail, and complete also when commits overtake each other."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from hub.store import flow
from hub.store.engine import open_engines
from hub.store.flow import Happening, Wanted, flow_after, last_number, newest, note, safe_start

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
async def engines(store):
    opened = await open_engines(store)
    yield opened
    await opened.aclose()


def happenings(many, what="accepted", **more):
    return [Happening(NOON, what, "314159265", "A", detail=str(n), **more) for n in range(many)]


async def write(engines, lines):
    async with engines.writing() as connection:
        await note(connection, lines)


async def read(engines, number, **wanted):
    async with engines.reading() as connection:
        return await flow_after(connection, number, wanted=Wanted(**wanted), most=10)


async def test_lines_are_read_in_order_and_on_from_where_one_was(engines):
    await write(engines, happenings(25))
    seen, number = [], 0
    while True:
        rows, number = await read(engines, number)
        if not rows:
            break
        seen += [row.detail for row in rows]
    assert seen == [str(n) for n in range(25)]


async def test_nothing_new_leads_nowhere_and_lines_that_are_not_wanted_are_passed(engines):
    await write(engines, happenings(3))
    rows, number = await read(engines, 0, what=("rejected",))
    assert rows == []
    assert await read(engines, number) == ([], number)


async def test_the_newest_lines_come_first(engines):
    await write(engines, happenings(5))
    async with engines.reading() as connection:
        assert [row.detail for row in await newest(connection, most=2)] == ["4", "3"]
        assert await newest(connection, wanted=Wanted(sender="B")) == []


async def test_only_so_many_lines_are_kept(engines, monkeypatch):
    monkeypatch.setattr(flow, "KEPT", 10)
    for _ in range(5):
        await write(engines, happenings(7))
    async with engines.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(flow.flow))).scalar_one() == 10


@pytest.mark.needs("postgresql")
async def test_a_line_that_was_committed_after_a_later_one_is_found_by_looking_back(postgresql_store):
    engines = await open_engines(postgresql_store)
    try:
        async with engines.writing() as slow:
            await note(slow, happenings(1, what="settled"))
            await write(engines, happenings(1))
            rows, number = await read(engines, 0)
            assert [row.what for row in rows] == ["accepted"]
        async with engines.reading() as connection:
            assert await last_number(connection) == number
            start = safe_start(connection, number)
        rows, _ = await read(engines, start)
        assert {row.what for row in rows} == {"settled", "accepted"}
    finally:
        await engines.aclose()
