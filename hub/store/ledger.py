"""The hub's own usage ledger, read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.codes import EventKind, ServiceCode
from hub.model.times import from_microseconds
from hub.model.usage import UsageRecord
from hub.store import schema


async def usage_records(connection: AsyncConnection) -> AsyncIterator[UsageRecord]:
    """Every record, oldest first, streamed."""
    rows = await connection.stream(select(schema.usage).order_by(schema.usage.c.recorded_at, schema.usage.c.id))
    async for row in rows:
        yield UsageRecord(
            id=row.id,
            usage_kind=row.usage_kind,
            municipality=row.municipality,
            sender=row.sender,
            service_code=ServiceCode(row.service_code),
            event_kind=EventKind(row.event_kind),
            day=date.fromisoformat(row.day),
            recorded_at=from_microseconds(row.recorded_at),
            size=row.size,
            pseudonym=row.pseudonym,
            quantity=row.quantity,
            corrects=row.corrects,
        )
