"""Brings the store to the newest schema by Alembic's revisions, before anything else uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

#: The newest revision in `migrations/versions`; a test holds it against Alembic's own head.
HEAD = "0001"
_SCRIPTS = Path(__file__).parent / "migrations"


async def migrate(url: URL) -> None:
    """Run the revisions that the store at `url` lacks. Costs one query, and no import of Alembic, when none."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            try:
                revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
            except DBAPIError:
                revision = None
    finally:
        await engine.dispose()
    if revision != HEAD:
        await asyncio.to_thread(_upgrade, url)


def _upgrade(url: URL) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["url"] = url
    command.upgrade(config, "head")
