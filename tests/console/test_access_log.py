"""The access log is a chain: whatever is done to it afterwards shows."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from hub.store.access_log import Look, newest_looks, note_look, seal_of, verify
from hub.store.engine import open_engines
from hub.store.schema_console import access_log as table

KEY = b"k" * 32
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def look(number):
    return Look(NOON + timedelta(seconds=number), "drift", "Dina Drift", "case", f"case-{number}")


@pytest.fixture
async def engines(store):
    opened = await open_engines(store)
    for number in range(1, 6):
        async with opened.writing() as connection:
            await note_look(connection, look(number), key=KEY)
    yield opened
    await opened.aclose()


async def verdict(engines, kept=None):
    async with engines.reading() as connection:
        return await verify(connection, key=KEY, kept=kept)


async def change(engines, statement):
    async with engines.writing() as connection:
        await connection.execute(statement)


async def test_a_log_that_nobody_touched_is_whole(engines):
    found = await verdict(engines)
    assert (found.lines, found.broken_at) == (5, None)
    async with engines.reading() as connection:
        assert [s.look for s in await newest_looks(connection, most=2)] == [look(5), look(4)]


@pytest.mark.parametrize("column", ["subject", "name", "what", "object"])
async def test_a_changed_line_shows(engines, column):
    await change(engines, update(table).where(table.c.id == 3).values({column: "somebody else"}))
    assert (await verdict(engines)).broken_at == 3


async def test_a_line_taken_out_shows(engines):
    await change(engines, delete(table).where(table.c.id == 2))
    assert (await verdict(engines)).broken_at == 2


async def test_a_line_taken_out_and_the_others_renumbered_shows(engines):
    await change(engines, delete(table).where(table.c.id == 2))
    for number in (3, 4, 5):
        await change(engines, update(table).where(table.c.id == number).values(id=number - 1))
    assert (await verdict(engines)).broken_at == 2


async def test_a_line_put_in_by_somebody_without_the_key_shows(engines):
    async with engines.reading() as connection:
        before = (await connection.execute(select(table.c.seal).where(table.c.id == 5))).scalar_one()
    forged = seal_of(6, look(6), before=before, key=b"another key")
    row = {"id": 6, "at": 0, "subject": "x", "name": "x", "what": "case", "object": "x", "seal": forged}
    await change(engines, insert(table).values(row))
    assert (await verdict(engines)).broken_at == 6


async def test_a_log_cut_off_at_its_end_shows_to_whoever_kept_a_seal(engines):
    whole = await verdict(engines)
    await change(engines, delete(table).where(table.c.id > 3))
    assert (await verdict(engines)).broken_at is None
    assert (await verdict(engines, kept=(whole.lines, whole.newest))).broken_at == 4


async def test_a_log_written_anew_with_the_key_shows_to_whoever_kept_a_seal(engines):
    whole = await verdict(engines)
    await change(engines, delete(table))
    for number in range(1, 6):
        async with engines.writing() as connection:
            await note_look(connection, look(number + 10), key=KEY)
    assert (await verdict(engines)).broken_at is None
    assert (await verdict(engines, kept=(whole.lines, whole.newest))).broken_at == 5
