"""Counts for operations."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import schema
from hub.store.accepting import counts, number_of

_COUNTED = ("received", "accepted", "duplicates", "amended", "conflicts", "rejected")


async def summary(connection: AsyncConnection) -> dict[str, int]:
    """The hub's counts.

    `received` is accepted + duplicates + amended + conflicts + rejected. `pending` counts cases that an EPJ should
    have and doesn't hold yet, those `in_doubt` among them; what `waits_for_person` is counted apart. `delivered`
    counts the cases that an EPJ holds.
    """
    counted = await counts(connection)
    table = schema.deliveries
    rows = await connection.execute(
        select(table.c.destination, table.c.state, table.c.reason, func.count()).group_by(
            table.c.destination, table.c.state, table.c.reason
        )
    )
    states = [tuple(row) for row in rows]

    def number(destination: str, *wanted: str) -> int:
        return sum(n for to, state, _, n in states if to == destination and state in wanted)

    doubtful = sum(n for to, s, why, n in states if to == "epj" and (s == "in_doubt" or why == "in_doubt"))
    delivered = await number_of(connection, table, table.c.destination == "epj", table.c.settled > 0)
    alerts = schema.operations_alerts
    return {
        **{name: counted.get(name, 0) for name in _COUNTED},
        "quarantined": await number_of(connection, schema.quarantine, schema.quarantine.c.state == "open"),
        "pending": number("epj", "pending", "in_doubt"),
        "delivered": delivered,
        "in_doubt": doubtful,
        "waits_for_person": number("epj", "waiting") + number("response_centre", "waiting"),
        "cases": await number_of(connection, schema.cases),
        "alerts_pending": number("response_centre", "pending", "in_doubt"),
        "alerts_confirmed": number("response_centre", "settled"),
        "escalated": await number_of(connection, schema.cases, schema.cases.c.escalated_at.is_not(None)),
        "technical_alerts": await number_of(connection, alerts, alerts.c.kind.in_(("silent", "lost"))),
        "usage_records": await number_of(connection, schema.usage, schema.usage.c.usage_kind == "case"),
    }
