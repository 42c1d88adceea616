"""The tables behind the rehearsal: which municipality takes which course, and all that is written down on the way.

Instants are whole microseconds since 1970 (UTC). Entries are only ever added; they hold test notes of synthetic people.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from hub.store.schema_console import metadata as metadata

rehearsals = Table(
    "rehearsals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("municipality", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    UniqueConstraint("municipality", "course"),
)

#: `content` is JSON (`hub.rehearsal.entries`), read by nobody but the rehearsal.
rehearsal_entries = Table(
    "rehearsal_entries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rehearsal", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
Index("rehearsal_entries_of", rehearsal_entries.c.rehearsal, rehearsal_entries.c.id)
