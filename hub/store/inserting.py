"""INSERT with `on_conflict_do_…`, which SQLAlchemy has per dialect only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_into(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT for `table` in the connection's dialect, with `on_conflict_do_…`."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    # Imported where it is in use, since it is slow to import.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)
