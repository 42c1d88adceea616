"""Brings the store to the newest schema, before anything else uses it.

A new store is made whole in one go and marked as newest; an old one is brought forward by Alembic's revisions. A test
holds the two ways against each other.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.store.schema_rehearsal import metadata

#: The newest revision in `migrations/versions`; a test holds it against Alembic's own head.
HEAD = "0004"
_SCRIPTS = Path(__file__).parent / "migrations"


async def migrate(url: URL) -> None:
    """Make the store at `url`, or run the revisions that it lacks. Alembic is imported only in the latter case."""
    engine = create_async_engine(url)
    try:
        if url.get_backend_name() == "sqlite":
            await _keep_a_write_ahead_log(engine)
        async with engine.begin() as connection:
            is_newest = await connection.run_sync(_make_or_look)
    finally:
        await engine.dispose()
    if not is_newest:
        await asyncio.to_thread(upgrade, url)


async def _keep_a_write_ahead_log(engine: AsyncEngine) -> None:
    """Turn the file to WAL before anybody works on it: the change itself waits for no lock, and the file remembers."""
    async with engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.exec_driver_sql("PRAGMA journal_mode=WAL")


def _make_or_look(connection: Connection) -> bool:
    """Whether the store is at the newest revision, after making it if there is nothing in it."""
    if not inspect(connection).get_table_names():
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


def upgrade(url: URL) -> None:
    """Run every revision that the store at `url` lacks, in a thread without an event loop."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["url"] = url
    command.upgrade(config, "head")
