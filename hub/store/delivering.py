"""Delivering: which lanes have work, and what the work is."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.case import CaseHistory, CaseMessage
from hub.model.codes import EventKind, ServiceCode
from hub.model.finding import Finding
from hub.model.person import PatientRef
from hub.model.times import from_microseconds
from hub.store import schema
from hub.store.accepting import PARTITIONS, moment_or_none
from hub.store.plain import Many, Row, read

_MOST_PER_LOAD = 2_000
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
    """The work of `lanes`, with all that is known of each delivery."""
    keys: list[Row] = [(lane.key,) for lane in lanes]
    loaded, waiting = await read(connection, [(_UNSETTLED, keys), (_WAITING, keys)])
    rows = [_Loaded._make(row) for row in loaded]
    messages = await messages_of(connection, {row.case_id for row in rows})
    by_key = {lane.key: lane for lane in lanes}
    found: dict[str, list[Delivery]] = {}
    for row in rows:
        delivery = delivery_of(row, by_key[row.lane], messages.get(row.case_id, []))
        found.setdefault(row.lane, []).append(delivery)
    times: dict[str, list[datetime]] = {}
    for lane, occurred_at in waiting:
        times.setdefault(lane, []).append(from_microseconds(occurred_at))
    return Work(found, times, is_cut=len(rows) >= _MOST_PER_LOAD)


class _Loaded(NamedTuple):
    """An unsettled row of the outbox joined with its case, in the order of `_UNSETTLED`'s columns."""

    case_id: str
    lane: str
    partition: int
    state: str
    reason: str | None
    note_revision: int
    reference: str | None
    attempts: int
    not_before_real: float
    enqueued_real: float
    settled: int
    municipality: str
    occurred_at: int
    id: str
    patient_system: str
    patient_value: str
    sender: str
    kind: str
    service_code: str
    opened_at: int
    change: int
    escalated_at: int | None
    escalated_after_s: int | None


_OF_DELIVERY = 13
_COLUMNS = [f"d.{c}" for c in _Loaded._fields[:_OF_DELIVERY]] + [f"c.{c}" for c in _Loaded._fields[_OF_DELIVERY:]]
_UNSETTLED = Many(
    f"SELECT {', '.join(_COLUMNS)} FROM deliveries d JOIN cases c ON c.id = d.case_id WHERE d.lane IN (",  # noqa: S608
    "?",
    ") AND d.state <> 'settled' AND d.state <> 'waiting'"
    f" ORDER BY d.occurred_at, c.opened_at, c.id LIMIT {_MOST_PER_LOAD}",
)
#: What waits for a person: earliest first, the first few of each lane.
_WAITING = Many(
    "SELECT lane, occurred_at FROM deliveries WHERE lane IN (",
    "?",
    f") AND state <> 'settled' AND state = 'waiting' ORDER BY occurred_at LIMIT {_MOST_PER_LOAD}",
)


async def messages_of(connection: AsyncConnection, case_ids: Collection[str]) -> dict[str, list[CaseMessage]]:
    """The messages of the cases, each case's in order of registration."""
    (rows,) = await read(connection, [(_MESSAGES, [(case_id,) for case_id in sorted(case_ids)])])
    found: dict[str, list[CaseMessage]] = {}
    for case_id, *row in rows:
        found.setdefault(case_id, []).append(_message(row))
    return found


_MESSAGES = Many(
    "SELECT case_id, number, sender, resource_type, raw, registered_at, said_at, occurred_at, standing, replaces,"
    " identifier_system, identifier_value, remarks, is_alert FROM messages WHERE case_id IN (",
    "?",
    ") ORDER BY case_id, number",
)


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


def _message(row: Sequence[Any]) -> CaseMessage:
    number, sender, resource_type, raw, registered_at, said_at, occurred_at, standing, replaces, *named = row
    identifier_system, identifier_value, remarks, is_alert = named
    return CaseMessage(
        number,
        sender,
        resource_type,
        raw,
        from_microseconds(registered_at),
        moment_or_none(said_at),
        moment_or_none(occurred_at),
        standing,
        replaces,
        identifier_system,
        identifier_value,
        tuple(Finding(**f) for f in orjson.loads(remarks)) if remarks else (),
        bool(is_alert),
    )
