"""The messages that tell of one person, whoever sent them and by whatever door."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import schema


@dataclass(frozen=True, slots=True)
class PersonMessage:
    """A message about somebody: its case, its number in it, and the bytes."""

    case_id: str
    number: int
    resource_type: str
    raw: bytes


async def messages_about(
    connection: AsyncConnection,
    identifiers: Collection[tuple[str, str]],
    *,
    municipality: str | None,
    resource_types: Collection[str],
) -> list[PersonMessage]:
    """What is current about the person with these `identifiers` (system, value), oldest case first."""
    case, message = schema.cases, schema.messages
    conditions: list[ColumnElement[bool]] = [
        case.c.patient_value.in_([value for _, value in identifiers]),
        tuple_(case.c.patient_system, case.c.patient_value).in_(list(identifiers)),
        message.c.resource_type.in_(list(resource_types)),
        message.c.standing.in_(("current", "linked")),
    ]
    if municipality is not None:
        conditions.append(case.c.municipality == municipality)
    rows = await connection.execute(
        select(message.c.case_id, message.c.number, message.c.resource_type, message.c.raw)
        .join(case, case.c.id == message.c.case_id)
        .where(and_(*conditions))
        .order_by(case.c.occurred_at, message.c.case_id, message.c.number)
    )
    return [PersonMessage(*row) for row in rows]
