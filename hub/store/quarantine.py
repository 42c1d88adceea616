"""The quarantine: originals that were not taken in, and conflicts that a person must settle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.finding import Finding
from hub.model.times import from_microseconds, microseconds
from hub.store import schema
from hub.store.accepting import moment_or_none

State = Literal["open", "resubmitted", "dismissed"]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One original with what is wrong with it. `times` counts how often it came."""

    id: int
    kind: str
    state: str
    door: str
    municipality: str
    sender: str
    device: str | None
    raw: bytes
    sha256: str
    findings: tuple[Finding, ...]
    received_at: datetime
    times: int
    case_id: str | None
    settled_at: datetime | None
    settled_how: str | None


async def list_quarantined(
    connection: AsyncConnection, *, state: State | None = "open", after: int = 0, most: int = 100
) -> list[Quarantined]:
    """The originals in `state` (all of them when None) with an id over `after`, oldest first."""
    table = schema.quarantine
    query = select(table).where(table.c.id > after).order_by(table.c.id).limit(most)
    if state is not None:
        query = query.where(table.c.state == state)
    return [_quarantined(row) for row in await connection.execute(query)]


async def quarantined(connection: AsyncConnection, number: int) -> Quarantined | None:
    """The original with this id."""
    row = (await connection.execute(select(schema.quarantine).where(schema.quarantine.c.id == number))).one_or_none()
    return None if row is None else _quarantined(row)


async def close_quarantined(connection: AsyncConnection, number: int, *, state: State, how: str, at: datetime) -> bool:
    """Mark an open original as resubmitted or dismissed; `how` says with what outcome. False if it wasn't open."""
    table = schema.quarantine
    result = await connection.execute(
        update(table)
        .where(table.c.id == number, table.c.state == "open")
        .values(state=state, settled_how=how, settled_at=microseconds(at))
    )
    return bool(result.rowcount)


def _quarantined(row: Any) -> Quarantined:
    return Quarantined(
        id=row.id,
        kind=row.kind,
        state=row.state,
        door=row.door,
        municipality=row.municipality,
        sender=row.sender,
        device=row.device,
        raw=row.raw,
        sha256=row.sha256,
        findings=tuple(Finding(**f) for f in orjson.loads(row.findings)),
        received_at=from_microseconds(row.received_at),
        times=row.times,
        case_id=row.case_id,
        settled_at=moment_or_none(row.settled_at),
        settled_how=row.settled_how,
    )
