"""What readers page through: cases in the order in which their changes were committed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import from_microseconds
from hub.store import schema
from hub.store.delivering import Delivery, Lane, delivery_of, messages_of


@dataclass(frozen=True, slots=True)
class Page:
    """A delivery with its place: `number` grows with every change, `updated_at` is when it was committed."""

    number: int
    updated_at: datetime
    delivery: Delivery


async def pages_after(
    connection: AsyncConnection, municipality: str, destination: str, *, after: int, most: int
) -> list[Page]:
    """Up to `most` cases whose newest change is numbered over `after`, in that order."""
    table, case = schema.deliveries, schema.cases
    rows = list(
        await connection.execute(
            select(table, case)
            .join(case, case.c.id == table.c.case_id)
            .where(table.c.municipality == municipality, table.c.destination == destination, table.c.page > after)
            .order_by(table.c.page)
            .limit(most)
        )
    )
    messages = await messages_of(connection, {row.case_id for row in rows})
    return [
        Page(
            row.page,
            from_microseconds(row.paged_at),
            delivery_of(row, Lane(row.lane, municipality, destination), messages[row.case_id]),
        )
        for row in rows
    ]


async def one_delivery(
    connection: AsyncConnection, municipality: str, destination: str, case_id: str
) -> Delivery | None:
    """The delivery of one case, or None when there is none such."""
    table, case = schema.deliveries, schema.cases
    row = (
        await connection.execute(
            select(table, case)
            .join(case, case.c.id == table.c.case_id)
            .where(
                table.c.case_id == case_id,
                table.c.municipality == municipality,
                table.c.destination == destination,
            )
        )
    ).one_or_none()
    if row is None:
        return None
    messages = await messages_of(connection, [case_id])
    return delivery_of(row, Lane(row.lane, municipality, destination), messages[case_id])
