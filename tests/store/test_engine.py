"""The store as such: what a commit promises, how a failing store shows itself, and that both ways to a schema agree."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from hub.model.errors import StoreUnavailable
from hub.store.accepting import count, counts
from hub.store.engine import open_engines
from hub.store.group_commit import GroupCommit
from hub.store.known import known_of
from hub.store.migrating import upgrade
from tests.optional import ROOT
from tests.store.places import make_schema
from tests.store.postgresql import Cluster

_WRITER = """
import asyncio, sys
from pathlib import Path
from hub.store.accepting import count
from hub.store.engine import open_engines

async def main():
    engines = await open_engines(Path(sys.argv[1]))
    for n in range(1_000_000):
        async with engines.writing() as connection:
            await count(connection, {"n": 1})
        print(n + 1, flush=True)

asyncio.run(main())
"""


def test_what_was_committed_outlives_sigkill(sqlite_store: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(sqlite_store)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert writer.stdout is not None
    for _ in range(30):
        assert writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    told = [int(line) for line in writer.stdout.read().splitlines()]
    writer.wait()
    writer.stdout.close()
    assert asyncio.run(_counts(sqlite_store))["n"] >= max(told, default=30)


async def _counts(location: Path) -> dict[str, int]:
    engines = await open_engines(location)
    async with engines.reading() as connection:
        found = await counts(connection)
    await engines.aclose()
    return found


def test_sqlite_keeps_its_promises_by_wal_and_full_synchronisation(sqlite_store: Path) -> None:
    async def settings() -> list[object]:
        engines = await open_engines(sqlite_store)
        async with engines.reading() as connection:
            names = ("journal_mode", "synchronous", "foreign_keys")
            found = [(await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in names]
        await engines.aclose()
        return found

    assert asyncio.run(settings()) == ["wal", 2, 1]


async def test_a_block_that_fails_leaves_nothing_behind(store: Path | str) -> None:
    engines = await open_engines(store)

    async def stumble() -> None:
        async with engines.writing() as connection:
            await count(connection, {"n": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await stumble()
    async with engines.reading() as connection:
        assert "n" not in await counts(connection)
    await engines.aclose()


async def test_a_store_that_is_locked_for_too_long_is_unavailable(
    sqlite_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.store import engine

    monkeypatch.setattr(engine, "_PRAGMAS", ("PRAGMA journal_mode=WAL", "PRAGMA busy_timeout=50"))
    engines = await open_engines(sqlite_store)
    intruder = sqlite3.connect(sqlite_store, isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        async with engines.writing() as connection:
            await count(connection, {"n": 1})
    intruder.close()
    await engines.aclose()


async def test_a_full_disk_is_unavailable_and_nothing_is_half_written(sqlite_store: Path) -> None:
    engines = await open_engines(sqlite_store)

    async def fill() -> None:
        async with engines.writing() as connection:
            await count(connection, {"before": 1})
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar()
            await connection.execute(text(f"PRAGMA max_page_count={pages}"))
            for n in range(1_000):
                await count(connection, {f"filling-{n}-{'x' * 3_000}": 1})

    with pytest.raises(StoreUnavailable):
        await fill()
    async with engines.reading() as connection:
        assert await counts(connection) == {}
    await engines.aclose()


async def test_a_location_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite").write_bytes(b"this is no database, and too long to be an empty one" * 100)
    for location in (tmp_path / "broken.sqlite", f"postgresql://x@127.0.0.1:1/{tmp_path.name}"):
        with pytest.raises(StoreUnavailable):
            await open_engines(location)


@pytest.mark.needs("postgresql")
async def test_a_database_that_goes_away_is_unavailable_and_comes_back(
    postgresql: Cluster, postgresql_store: str
) -> None:
    engines = await open_engines(postgresql_store)

    async def be_cut_off() -> None:
        async with engines.writing() as connection:
            own = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar()
            await asyncio.to_thread(postgresql.sql, f"SELECT pg_terminate_backend({own})")
            await count(connection, {"n": 1})

    with pytest.raises(StoreUnavailable):
        await be_cut_off()
    async with engines.writing() as connection:
        await count(connection, {"n": 1})
    await engines.aclose()


@pytest.mark.needs("postgresql")
async def test_a_reader_sees_one_moment_on_postgresql_too(postgresql_store: str) -> None:
    engines = await open_engines(postgresql_store)
    async with engines.reading() as connection:
        assert await counts(connection) == {}
        async with engines.writing() as other:
            await count(other, {"n": 1})
        assert await counts(connection) == {}
    await engines.aclose()


async def test_very_many_names_are_looked_up_at_once(store: Path | str) -> None:
    engines = await open_engines(store)
    async with engines.reading() as connection:
        known = await known_of(connection, {f"i{n}" for n in range(40_000)}, {f"k{n}" for n in range(40_000)})
        assert not known.cases
    await engines.aclose()


def _shape(url: str) -> dict[str, object]:
    """Tables, columns, keys and indexes of a database, without Alembic's own table."""
    engine = create_engine(url)
    found = inspect(engine)
    shape: dict[str, object] = {}
    for table in set(found.get_table_names()) - {"alembic_version"}:
        shape[table] = (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)),
            found.get_pk_constraint(table)["constrained_columns"],
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
            sorted(str((i["name"], i["column_names"], bool(i["unique"]))) for i in found.get_indexes(table)),
        )
    engine.dispose()
    return shape


def test_a_store_made_in_one_go_is_as_one_brought_forward_step_by_step(tmp_path: Path) -> None:
    made, grown = tmp_path / "made.sqlite", tmp_path / "grown.sqlite"
    asyncio.run(_open_and_close(made))
    upgrade(make_url(f"sqlite+aiosqlite:///{grown}"))
    assert _shape(f"sqlite:///{made}") == _shape(f"sqlite:///{grown}")


async def _open_and_close(location: Path | str) -> None:
    await (await open_engines(location)).aclose()


@pytest.mark.needs("postgresql")
async def test_on_postgresql_the_two_ways_to_a_schema_agree_as_well(postgresql: Cluster) -> None:
    made, grown = postgresql.new_database(), postgresql.new_database()
    make_schema(made)
    await asyncio.to_thread(upgrade, make_url(grown).set(drivername="postgresql+asyncpg"))
    assert await _shape_of(made) == await _shape_of(grown)


async def _shape_of(url: str) -> object:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    columns = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
    indexes = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    async with engine.connect() as connection:
        found = await connection.execute(text(f"{columns} WHERE table_schema = 'public' ORDER BY 1, 2"))
        made = await connection.execute(text(f"{indexes} ORDER BY 1"))
        shape = ([tuple(r) for r in found], [tuple(r) for r in made])
    await engine.dispose()
    return shape


# Group commit.


async def test_what_waits_together_is_written_together_and_answered_in_order() -> None:
    batches: list[list[int]] = []

    async def commit(items: object) -> list[int]:
        batches.append(list(items))  # type: ignore[call-overload]
        await asyncio.sleep(0.01)
        return [item * 10 for item in batches[-1]]

    group: GroupCommit[int, int] = GroupCommit(commit, most=4)
    running = asyncio.create_task(group.run())
    assert await asyncio.gather(*[group.submit(n) for n in range(10)]) == [n * 10 for n in range(10)]
    assert [len(batch) for batch in batches] == [4, 4, 2]
    running.cancel()


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), ValueError("what?")])
async def test_when_the_commit_fails_everybody_who_waits_is_told(error: Exception) -> None:
    async def commit(items: object) -> list[int]:
        raise error

    group: GroupCommit[int, int] = GroupCommit(commit, most=2)
    waiting = [group.submit(n) for n in range(5)]
    with pytest.raises(type(error)):
        await group.run()
    for future in waiting:
        with pytest.raises(StoreUnavailable):
            await future
    with pytest.raises(StoreUnavailable):
        await group.submit(6)


async def test_a_lone_item_does_not_wait_for_company() -> None:
    async def commit(items: object) -> list[int]:
        return [1]

    group: GroupCommit[int, int] = GroupCommit(commit, most=256)
    running = asyncio.create_task(group.run())
    began = time.monotonic()
    await group.submit(1)
    assert time.monotonic() - began < 0.5
    running.cancel()
