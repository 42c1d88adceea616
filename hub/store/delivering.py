"""Delivering: which lanes have work, what the work is, and settling it.

Settling a delivery and writing its usage record are one transaction.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.case import CaseHistory, CaseMessage
from hub.model.codes import EventKind, ServiceCode
from hub.model.finding import Finding
from hub.model.person import PatientRef
from hub.model.times import from_microseconds, microseconds
from hub.model.usage import UsageRecord
from hub.store import schema
from hub.store.accepting import insert_into, moment_or_none
from hub.store.flow import Happening, note

_MOST_PER_LOAD = 2_000
_WINDOW = 512


@dataclass(frozen=True, slots=True)
class Lane:
    """The queue of one patient's notes to one destination."""

    key: str
    municipality: str
    destination: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox row with the case that it is about, as it stood when loaded."""

    case_id: str
    lane: Lane
    partition: int
    state: str
    reason: str | None
    change: int
    note_revision: int
    reference: str | None
    attempts: int
    not_before_real: float
    enqueued_real: float
    is_settled_once: bool
    sender: str
    size: int
    history: CaseHistory


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
    """The delivery waits for a person. `reason` is refused, patient_unknown or in_doubt; `text` tells operations."""

    case_id: str
    destination: str
    municipality: str
    reason: str
    text: str
    at: datetime


Settlement = Settled | Postponed | Stopped


@dataclass(frozen=True, slots=True)
class Due:
    """Lanes with work that may be tried now. `next_real` is when there will be more: now, if not all were given."""

    lanes: list[Lane]
    next_real: float


async def due_lanes(
    connection: AsyncConnection, municipality: str, destination: str, partitions: Collection[int], *, real: float
) -> Due:
    """Lanes to one destination, among `partitions`, with a delivery that may be tried now; a window of them."""
    table = schema.deliveries
    due = (
        table.c.municipality == municipality,
        table.c.destination == destination,
        text("state IN ('pending', 'in_doubt')"),
    )
    window = await connection.execute(
        select(table.c.lane, table.c.partition)
        .where(*due, table.c.not_before_real <= real)
        .order_by(table.c.not_before_real)
        .limit(_WINDOW)
    )
    rows = list(window)
    lanes = dict.fromkeys(row.lane for row in rows if row.partition in partitions)
    if len(rows) == _WINDOW:
        later = real
    else:
        later = (
            await connection.execute(
                select(func.min(table.c.not_before_real)).where(*due, table.c.not_before_real > real)
            )
        ).scalar() or math.inf
    return Due([Lane(key, municipality, destination) for key in lanes], later)


@dataclass(frozen=True, slots=True)
class Work:
    """Unsettled deliveries by lane, earliest events first. `is_cut` when there were too many for one go."""

    by_lane: dict[str, list[Delivery]]
    is_cut: bool


async def load_lanes(connection: AsyncConnection, lanes: Sequence[Lane]) -> Work:
    """The unsettled deliveries of `lanes`, earliest events first, with all that is known of each."""
    table, case = schema.deliveries, schema.cases
    rows = list(
        await connection.execute(
            select(table, case)
            .join(case, case.c.id == table.c.case_id)
            .where(
                table.c.lane.in_(bindparam("lanes", [lane.key for lane in lanes], expanding=True)),
                text("deliveries.state <> 'settled'"),
            )
            .order_by(table.c.occurred_at, case.c.opened_at, case.c.id)
            .limit(_MOST_PER_LOAD)
        )
    )
    messages = await messages_of(connection, {row.case_id for row in rows})
    by_key = {lane.key: lane for lane in lanes}
    found: dict[str, list[Delivery]] = {}
    for row in rows:
        delivery = delivery_of(row, by_key[row.lane], messages.get(row.case_id, []))
        found.setdefault(row.lane, []).append(delivery)
    return Work(found, is_cut=len(rows) == _MOST_PER_LOAD)


async def messages_of(connection: AsyncConnection, case_ids: Collection[str]) -> dict[str, list[CaseMessage]]:
    """The messages of the cases, each case's in order of registration."""
    table = schema.messages
    rows = await connection.execute(
        select(table)
        .where(table.c.case_id.in_(bindparam("cases", list(case_ids), expanding=True)))
        .order_by(table.c.case_id, table.c.number)
    )
    found: dict[str, list[CaseMessage]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(_message(row))
    return found


async def history_of(connection: AsyncConnection, case_id: str) -> CaseHistory | None:
    """All that is known of one case, or None when there is no such case."""
    row = (await connection.execute(select(schema.cases).where(schema.cases.c.id == case_id))).one_or_none()
    if row is None:
        return None
    return _history(row, (await messages_of(connection, [case_id]))[case_id])


def delivery_of(row: Any, lane: Lane, messages: Sequence[CaseMessage]) -> Delivery:
    """The delivery in a row of the outbox joined with its case."""
    return Delivery(
        case_id=row.case_id,
        lane=lane,
        partition=row.partition,
        state=row.state,
        reason=row.reason,
        change=row.change,
        note_revision=row.note_revision,
        reference=row.reference,
        attempts=row.attempts,
        not_before_real=row.not_before_real,
        enqueued_real=row.enqueued_real,
        is_settled_once=row.settled > 0,
        sender=row.sender,
        size=sum(len(m.raw) for m in messages),
        history=_history(row, messages),
    )


def _history(row: Any, messages: Sequence[CaseMessage]) -> CaseHistory:
    return CaseHistory(
        key=row.id,
        municipality=row.municipality,
        patient=PatientRef(row.patient_system, row.patient_value),
        kind=EventKind(row.kind),
        service_code=ServiceCode(row.service_code),
        occurred_at=from_microseconds(row.occurred_at),
        opened_at=from_microseconds(row.opened_at),
        messages=tuple(messages),
        not_acknowledged_at=moment_or_none(row.escalated_at),
        escalated_after_s=row.escalated_after_s,
    )


def _message(row: Any) -> CaseMessage:
    return CaseMessage(
        number=row.number,
        sender=row.sender,
        resource_type=row.resource_type,
        raw=row.raw,
        registered_at=from_microseconds(row.registered_at),
        said_at=moment_or_none(row.said_at),
        occurred_at=moment_or_none(row.occurred_at),
        standing=row.standing,
        replaces=row.replaces,
        identifier_system=row.identifier_system,
        identifier_value=row.identifier_value,
        remarks=tuple(Finding(**f) for f in orjson.loads(row.remarks)) if row.remarks else (),
    )


async def settle(connection: AsyncConnection, settlements: Sequence[Settlement]) -> None:
    """Write what became of deliveries, with the usage records of those that were delivered for the first time."""
    await _settle(connection, [s for s in settlements if isinstance(s, Settled)])
    await _postpone(connection, [s for s in settlements if isinstance(s, Postponed)])
    await _stop(connection, [s for s in settlements if isinstance(s, Stopped)])
    await note(connection, [h for s in settlements if (h := _happening(s)) is not None])


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
    if not rows:
        return
    statement = (
        update(schema.deliveries)
        .where(*_of_delivery())
        .values(
            state=text("CASE WHEN wanted > :upto THEN 'pending' ELSE 'settled' END"),
            settled=bindparam("upto"),
            note_revision=bindparam("revision"),
            reference=bindparam("ref"),
            settled_at=bindparam("at"),
            reason=None,
            attempts=0,
            not_before_real=0.0,
        )
    )
    await connection.execute(
        statement,
        [
            {
                "case": row.case_id,
                "to": row.destination,
                "upto": row.change,
                "revision": row.note_revision,
                "ref": row.reference,
                "at": microseconds(row.at),
            }
            for row in rows
        ],
    )
    await record_usage(connection, [row.usage for row in rows if row.usage is not None])
    await tell(connection, [(r.case_id, r.destination, r.at, *r.story) for r in rows if r.story is not None])


async def record_usage(connection: AsyncConnection, records: Sequence[UsageRecord]) -> None:
    """Append to the ledger. A record whose id is there already is left as it is."""
    if records:
        statement = insert_into(connection, schema.usage).on_conflict_do_nothing()
        await connection.execute(statement, [_usage_values(record) for record in records])


def _usage_values(record: UsageRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "usage_kind": record.usage_kind,
        "municipality": record.municipality,
        "sender": record.sender,
        "service_code": record.service_code.value,
        "event_kind": record.event_kind.value,
        "day": record.day.isoformat(),
        "recorded_at": microseconds(record.recorded_at),
        "size": record.size,
        "pseudonym": record.pseudonym,
        "quantity": record.quantity,
        "corrects": record.corrects,
    }


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
    await connection.execute(
        update(schema.deliveries).where(*_of_delivery()).values(state="waiting", reason=bindparam("why")),
        [{"case": row.case_id, "to": row.destination, "why": row.reason} for row in rows],
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
