"""What waits for a person, and what the person decides: send again, hold, release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import from_microseconds, microseconds
from hub.store import schema
from hub.store.accepting import insert_into
from hub.store.flow import Happening, note
from hub.store.settling import tell
from hub.store.watching import close_alerts


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """A delivery that a person must see to; `reason` is refused, patient_unknown, in_doubt or fault."""

    case_id: str
    destination: str
    municipality: str
    reason: str
    occurred_at: datetime
    attempts: int


async def list_waiting(connection: AsyncConnection, *, most: int = 200) -> list[WaitingDelivery]:
    """What waits, in order of the events' times."""
    table = schema.deliveries
    rows = await connection.execute(
        select(table).where(table.c.state == "waiting").order_by(table.c.occurred_at).limit(most)
    )
    return [
        WaitingDelivery(
            row.case_id,
            row.destination,
            row.municipality,
            row.reason or "",
            from_microseconds(row.occurred_at),
            row.attempts,
        )
        for row in rows
    ]


async def send_again(connection: AsyncConnection, case_id: str, destination: str, *, by: str, at: datetime) -> bool:
    """Let a waiting delivery be tried again. False when it doesn't wait.

    One that waits because its outcome is unknown is taken to be unregistered: whoever says this has looked.
    """
    table = schema.deliveries
    result = await connection.execute(
        update(table)
        .where(table.c.case_id == case_id, table.c.destination == destination, table.c.state == "waiting")
        .values(state="pending", reason=None, not_before_real=0.0)
    )
    if not result.rowcount:
        return False
    await tell(connection, [(case_id, destination, at, "send_again", by)])
    await note(connection, [Happening(at, "send_again", case_id=case_id, destination=destination)])
    await close_alerts(connection, [f"{destination}:{case_id}"], at=at)
    return True


async def hold(connection: AsyncConnection, municipality: str, destination: str, *, at: datetime) -> None:
    """Hold the traffic to a destination until released; holding twice is holding once."""
    values = {"municipality": municipality, "destination": destination, "since": microseconds(at)}
    await connection.execute(insert_into(connection, schema.holds).on_conflict_do_nothing(), values)


async def release(connection: AsyncConnection, municipality: str, destination: str) -> None:
    """Let the traffic flow again, and what was put off be tried at once."""
    table = schema.deliveries
    await connection.execute(
        update(table)
        .where(
            table.c.municipality == municipality,
            table.c.destination == destination,
            text("state IN ('pending', 'in_doubt')"),
            table.c.not_before_real > 0,
        )
        .values(not_before_real=0.0)
    )
    holds = schema.holds
    await connection.execute(
        delete(holds).where(holds.c.municipality == bindparam("m"), holds.c.destination == bindparam("d")),
        {"m": municipality, "d": destination},
    )


async def held(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Municipality and destination of everything held."""
    rows = await connection.execute(select(schema.holds.c.municipality, schema.holds.c.destination))
    return [(row.municipality, row.destination) for row in rows]
