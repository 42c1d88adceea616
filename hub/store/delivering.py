"""Delivering: which lanes have work, and what the work is."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BindParameter, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.case import CaseHistory, CaseMessage
from hub.model.codes import EventKind, ServiceCode
from hub.model.finding import Finding
from hub.model.person import PatientRef
from hub.model.times import from_microseconds
from hub.store import schema
from hub.store.accepting import PARTITIONS, moment_or_none

_MOST_PER_LOAD = 2_000
_MOST_PARAMETERS = 10_000
#: How many due deliveries are looked through for lanes at first.
WINDOW = 512


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
class Due:
    """Lanes with work that may be tried now. `next_real` is when there will be more: now, if not all were given."""

    lanes: list[Lane]
    next_real: float


async def due_lanes(
    connection: AsyncConnection,
    municipality: str,
    destination: str,
    partitions: Collection[int],
    *,
    real: float,
    window: int = WINDOW,
) -> Due:
    """Lanes to one destination, among `partitions`, with a delivery that may be tried now; a window of them."""
    table = schema.deliveries
    due = (
        table.c.municipality == municipality,
        table.c.destination == destination,
        text("state IN ('pending', 'in_doubt')"),
        *(() if len(partitions) == PARTITIONS else (table.c.partition.in_(sorted(partitions)),)),
    )
    found = await connection.execute(
        select(table.c.lane)
        .where(*due, table.c.not_before_real <= real)
        .order_by(table.c.not_before_real)
        .limit(window)
    )
    rows = list(found)
    lanes = dict.fromkeys(row.lane for row in rows)
    if len(rows) == window:
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
    """Deliveries that are not settled and wait for nobody, by lane, earliest events first.

    `waiting` has the event times of those that wait for a person. `is_cut` when there were too many for one go.
    """

    by_lane: dict[str, list[Delivery]]
    waiting: dict[str, list[datetime]]
    is_cut: bool


async def load_lanes(connection: AsyncConnection, lanes: Sequence[Lane]) -> Work:
    """The work of `lanes`, of which there may be 10,000 at most, with all that is known of each delivery."""
    table, case = schema.deliveries, schema.cases
    keys: BindParameter[str] = bindparam("lanes", [lane.key for lane in lanes[:_MOST_PARAMETERS]], expanding=True)
    rows = list(
        await connection.execute(
            select(table, case)
            .join(case, case.c.id == table.c.case_id)
            .where(
                table.c.lane.in_(keys),
                text("deliveries.state <> 'settled'"),
                table.c.state != "waiting",
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
    return Work(found, await _waiting(connection, keys), is_cut=len(rows) == _MOST_PER_LOAD)


async def _waiting(connection: AsyncConnection, keys: BindParameter[str]) -> dict[str, list[datetime]]:
    """The event times of what waits for a person in these lanes, earliest first, the first few of each."""
    table = schema.deliveries
    rows = await connection.execute(
        select(table.c.lane, table.c.occurred_at)
        .where(table.c.lane.in_(keys), text("state <> 'settled'"), table.c.state == "waiting")
        .order_by(table.c.occurred_at)
        .limit(_MOST_PER_LOAD)
    )
    found: dict[str, list[datetime]] = {}
    for row in rows:
        found.setdefault(row.lane, []).append(from_microseconds(row.occurred_at))
    return found


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
        is_alert=bool(row.is_alert),
    )
