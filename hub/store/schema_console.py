"""The console's tables: what happened lately, who is signed in, and who saw what.

Instants are whole microseconds since 1970 (UTC); `*_real` columns are machine seconds.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, Table, Text, text

from hub.store.schema import deliveries
from hub.store.schema_national import metadata as metadata

#: What happened, in order, for the live flow. Holds no patient; old rows fall away (`hub.store.flow.KEPT`).
flow = Table(
    "flow",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("municipality", Text),
    Column("sender", Text),
    Column("case_id", Text),
    Column("number", Integer),
    Column("destination", Text),
    Column("detail", Text),
)
Index("flow_case", flow.c.case_id)

_WAITING = text("state = 'waiting'")
Index("deliveries_waiting", deliveries.c.occurred_at, sqlite_where=_WAITING, postgresql_where=_WAITING)

#: Who is signed in to the console. `id` is the hash of what the browser holds.
console_sessions = Table(
    "console_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("began_real", Float, nullable=False),
    Column("seen_real", Float, nullable=False),
)

#: Who saw which page about a patient, each line sealed together with the one before it.
access_log = Table(
    "access_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("seal", Text, nullable=False),
)
