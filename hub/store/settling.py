"""Settling: what became of deliveries, written with the usage records of those delivered for the first time.

Settling a delivery and writing its usage record are one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import microseconds
from hub.model.usage import UsageRecord
from hub.store import schema
from hub.store.accepting import insert_into
from hub.store.flow import Happening, note
from hub.store.plain import Many, Row, changing, insertion, read, write


@dataclass(frozen=True, slots=True)
class Settled:
    """The destination holds the case as of `change`. `usage` is the record to write if this is the first time."""

    case_id: str
    destination: str
    change: int
    note_revision: int
    reference: str | None
    at: datetime
    usage: UsageRecord | None = None
    story: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """The delivery is tried again after `not_before_real`, its lane waits; with `in_doubt` it is looked up first."""

    case_id: str
    destination: str
    lane: str
    not_before_real: float
    in_doubt: bool
    reason: str
    at: datetime
    tell: bool = True


@dataclass(frozen=True, slots=True)
class Stopped:
    """The delivery of `change` waits for a person. `reason` is refused, patient_unknown, in_doubt or fault.

    `text` tells operations. With `in_doubt` it is looked up before it is ever sent again.
    """

    case_id: str
    destination: str
    municipality: str
    change: int
    in_doubt: bool
    reason: str
    text: str
    at: datetime


Settlement = Settled | Postponed | Stopped


async def settle(connection: AsyncConnection, settlements: Sequence[Settlement]) -> None:
    """Write what became of deliveries, with the usage records of those that were delivered for the first time."""
    await _lock(connection, settlements)
    await _settle(connection, [s for s in settlements if isinstance(s, Settled)])
    await _postpone(connection, [s for s in settlements if isinstance(s, Postponed)])
    await _stop(connection, [s for s in settlements if isinstance(s, Stopped)])
    await note(connection, [h for s in settlements if (h := _happening(s)) is not None])


async def _lock(connection: AsyncConnection, settlements: Sequence[Settlement]) -> None:
    """Take the rows in the order in which everybody takes them, so that two writers never wait for each other."""
    if connection.dialect.name == "sqlite":
        return
    table = schema.deliveries
    query = select(table.c.case_id).order_by(table.c.case_id, table.c.destination).with_for_update()
    cases = sorted({s.case_id for s in settlements})
    await connection.execute(query.where(table.c.case_id.in_(bindparam("cases", cases, expanding=True))))


def _happening(settlement: Settlement) -> Happening | None:
    """The line of the flow; None for what is only a note to ourselves."""
    case_id, to, at = settlement.case_id, settlement.destination, settlement.at
    match settlement:
        case Settled(note_revision=revision):
            return Happening(at, "settled", case_id=case_id, destination=to, number=revision)
        case Postponed(tell=False):
            return None
        case Postponed(in_doubt=in_doubt, reason=reason):
            what = "in_doubt" if in_doubt else "postponed"
            return Happening(at, what, case_id=case_id, destination=to, detail=reason)
        case Stopped(reason=reason):
            return Happening(at, "waiting", case_id=case_id, destination=to, detail=reason)


def _of_delivery() -> tuple[Any, Any]:
    table = schema.deliveries
    return table.c.case_id == bindparam("case"), table.c.destination == bindparam("to")


async def _settle(connection: AsyncConnection, rows: Sequence[Settled]) -> None:
    """A receipt for an older change than one that is settled already, from an EPJ that pulls, changes nothing."""
    if not rows:
        return
    # One statement changes a row once: of two receipts for one delivery the later change's counts, as one by one.
    latest = {(r.case_id, r.destination): r for r in sorted(rows, key=lambda r: r.change)}
    await write(connection, [(_SETTLED, [_settled_values(row) for row in latest.values()])])
    await record_usage(connection, [row.usage for row in rows if row.usage is not None])
    await _close_alerts(connection, rows)
    await tell(connection, [(r.case_id, r.destination, r.at, *r.story) for r in rows if r.story is not None])


_SETTLED = Many(
    "WITH new (case_id, destination, upto, revision, reference, settled_at) AS (VALUES ",
    "(CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS TEXT), CAST(? AS BIGINT))",
    ") UPDATE deliveries SET state = CASE WHEN wanted > new.upto THEN 'pending' ELSE 'settled' END,"
    " settled = new.upto, note_revision = new.revision, reference = new.reference, settled_at = new.settled_at,"
    " reason = NULL, attempts = 0, not_before_real = 0.0"
    " FROM new WHERE deliveries.case_id = new.case_id AND deliveries.destination = new.destination"
    " AND settled <= new.upto",
)


def _settled_values(row: Settled) -> Row:
    return row.case_id, row.destination, row.change, row.note_revision, row.reference, microseconds(row.at)


async def _close_alerts(connection: AsyncConnection, rows: Sequence[Settled]) -> None:
    """Close the open alerts about these deliveries; where none is open at all, as on a good day, just see to that."""
    (some,) = await read(connection, [(_OPEN_ALERTS, [(1,)])])
    if some:
        closed = {f"{row.destination}:{row.case_id}": microseconds(row.at) for row in rows}
        await write(connection, [(_CLOSED, list(closed.items()))])


_OPEN_ALERTS = Many("", "SELECT id FROM operations_alerts WHERE closed_at IS NULL LIMIT ?")
_CLOSED = changing(
    "operations_alerts",
    key=(("key", "TEXT"),),
    columns=(("closed_at", "BIGINT"),),
    tail=" AND operations_alerts.closed_at IS NULL",
)


async def record_usage(connection: AsyncConnection, records: Sequence[UsageRecord]) -> None:
    """Append to the ledger. A record whose id is there already is left as it is."""
    await write(connection, [(_USAGE, [_usage_values(record) for record in records])])


_USAGE = insertion(
    "usage",
    "id, usage_kind, municipality, sender, service_code, event_kind, day, recorded_at, size, pseudonym, quantity,"
    " corrects",
    " ON CONFLICT DO NOTHING",
)


def _usage_values(record: UsageRecord) -> Row:
    return (
        record.id,
        record.usage_kind,
        record.municipality,
        record.sender,
        record.service_code.value,
        record.event_kind.value,
        record.day.isoformat(),
        microseconds(record.recorded_at),
        record.size,
        record.pseudonym,
        record.quantity,
        record.corrects,
    )


async def _postpone(connection: AsyncConnection, rows: Sequence[Postponed]) -> None:
    if not rows:
        return
    statement = (
        update(schema.deliveries)
        .where(*_of_delivery())
        .values(
            state=bindparam("next"),
            reason=bindparam("why"),
            not_before_real=bindparam("after"),
            attempts=schema.deliveries.c.attempts + 1,
        )
    )
    await connection.execute(
        statement,
        [
            {
                "case": row.case_id,
                "to": row.destination,
                "next": "in_doubt" if row.in_doubt else "pending",
                "why": row.reason,
                "after": row.not_before_real,
            }
            for row in rows
        ],
    )
    held_up = [{"queue": row.lane, "after": row.not_before_real} for row in rows if row.not_before_real]
    if held_up:
        await connection.execute(
            update(schema.deliveries)
            .where(
                schema.deliveries.c.lane == bindparam("queue"),
                text("state IN ('pending', 'in_doubt')"),
                schema.deliveries.c.not_before_real < bindparam("after"),
            )
            .values(not_before_real=bindparam("after")),
            held_up,
        )
    await tell(connection, [(r.case_id, r.destination, r.at, "postponed", r.reason) for r in rows if r.tell])


async def _stop(connection: AsyncConnection, rows: Sequence[Stopped]) -> None:
    if not rows:
        return
    statement = update(schema.deliveries).where(*_of_delivery())
    await connection.execute(
        statement.values(state=text(_STOPPED), reason=bindparam("why"), enqueued_real=text(_DOUBTED)),
        [
            {
                "case": row.case_id,
                "to": row.destination,
                "why": row.reason,
                "upto": row.change,
                "doubt": int(row.in_doubt),
            }
            for row in rows
        ],
    )
    await tell(connection, [(r.case_id, r.destination, r.at, "stopped", r.reason) for r in rows])
    alerts = [
        {
            "key": f"{row.destination}:{row.case_id}",
            "kind": row.reason,
            "municipality": row.municipality,
            "case_id": row.case_id,
            "subject": row.destination,
            "text": row.text,
            "raised_at": microseconds(row.at),
        }
        for row in rows
    ]
    await connection.execute(insert_into(connection, schema.operations_alerts).on_conflict_do_nothing(), alerts)


#: New content that came while the old was being refused gets its own chance.
_STOPPED = "CASE WHEN wanted > :upto AND :why = 'refused' THEN 'pending' ELSE 'waiting' END"
#: What was enqueued before anybody's lease is looked up before it is sent.
_DOUBTED = "CASE WHEN :doubt = 1 THEN 0.0 ELSE enqueued_real END"


async def tell(connection: AsyncConnection, rows: Sequence[tuple[str, str, datetime, str, str]]) -> None:
    """Add to the cases' stories: case, destination, when, what, detail (no personal data)."""
    if rows:
        await connection.execute(
            schema.delivery_events.insert(),
            [
                {"case_id": case, "destination": to, "at": microseconds(at), "what": what, "detail": detail}
                for case, to, at, what, detail in rows
            ],
        )
