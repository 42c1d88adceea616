"""What the console's pages show of the whole store, answered from small indexes however much there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import from_microseconds, microseconds
from hub.store import schema
from hub.store.accepting import moment_or_none

#: Begins the counters of what came from each sender: `from|municipality|sender|receipt code`.
PER_SENDER = "from|"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """How many deliveries to one destination stand in one state, and since when the oldest event waits."""

    municipality: str
    destination: str
    state: str
    reason: str | None
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    id: str
    municipality: str
    sender: str
    kind: str
    service: str
    alert_code: str | None
    occurred_at: datetime
    opened_at: datetime
    messages: int
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """How it stands with one case's note at one destination."""

    destination: str
    state: str
    reason: str | None
    note_revision: int
    attempts: int
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened to a delivery besides plain success, as it is kept for good."""

    at: datetime
    destination: str
    what: str
    detail: str


async def unsettled(connection: AsyncConnection) -> list[Unsettled]:
    """What is on its way or waits, by destination, state and reason."""
    table = schema.deliveries
    columns = (table.c.municipality, table.c.destination, table.c.state, table.c.reason)
    rows = await connection.execute(
        select(*columns, func.count().label("many"), func.min(table.c.occurred_at).label("oldest"))
        .where(text("state <> 'settled'"))
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        Unsettled(row.municipality, row.destination, row.state, row.reason, row.many, from_microseconds(row.oldest))
        for row in rows
    ]


async def per_sender(connection: AsyncConnection) -> dict[tuple[str, str], dict[str, int]]:
    """By municipality and sender: how many messages met with each receipt code."""
    table = schema.counters
    rows = await connection.execute(select(table).where(table.c.name >= PER_SENDER, table.c.name < "from}"))
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        _, municipality, sender, code = row.name.split("|", 3)
        found.setdefault((municipality, sender), {})[code] = row.value
    return dict(sorted(found.items()))


async def newest_cases(
    connection: AsyncConnection, *, before: datetime | None = None, most: int = 50
) -> list[CaseLine]:
    """Cases, the last opened first; those opened before `before` where given."""
    table = schema.cases
    query = select(table).order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(table.c.opened_at < microseconds(before))
    return [_case(row) for row in await connection.execute(query)]


async def case_line(connection: AsyncConnection, case_id: str) -> CaseLine | None:
    """One case, or None."""
    row = (await connection.execute(select(schema.cases).where(schema.cases.c.id == case_id))).one_or_none()
    return None if row is None else _case(row)


async def case_of_identity(connection: AsyncConnection, identity: str) -> str | None:
    """The case that holds the message with this identity, once it is accepted."""
    table = schema.messages
    found = await connection.execute(select(table.c.case_id).where(table.c.identity == identity).limit(1))
    case_id: str | None = found.scalar()
    return case_id


async def deliveries_of(connection: AsyncConnection, case_id: str) -> list[DeliveryLine]:
    """The deliveries of one case."""
    table = schema.deliveries
    rows = await connection.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.destination))
    return [
        DeliveryLine(
            row.destination, row.state, row.reason, row.note_revision, row.attempts, moment_or_none(row.settled_at)
        )
        for row in rows
    ]


async def told_of(connection: AsyncConnection, case_id: str) -> list[Told]:
    """What is told of one case's deliveries, oldest first."""
    table = schema.delivery_events
    rows = await connection.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.id))
    return [Told(from_microseconds(row.at), row.destination, row.what, row.detail) for row in rows]


def _case(row: Any) -> CaseLine:
    return CaseLine(
        row.id,
        row.municipality,
        row.sender,
        row.kind,
        row.service_code,
        row.alert_code,
        from_microseconds(row.occurred_at),
        from_microseconds(row.opened_at),
        row.messages,
        moment_or_none(row.escalated_at),
    )
