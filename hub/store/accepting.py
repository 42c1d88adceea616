"""Accepting: writing what a batch of messages changes, in one transaction.

Identity is under a unique constraint, the case's names under another; the outbox rows and the counters are written with
them. Nothing is acknowledged before the transaction is committed.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Table, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.person import PatientRef
from hub.model.times import from_microseconds, microseconds
from hub.store import schema
from hub.store.inserting import insert_into as insert_into
from hub.store.plain import Row, changing, insertion, read, write
from hub.store.rows import CaseRow, Changes, KeyRow, MessageRow, QuarantineRow, Want
from hub.store.submissions import add_submissions

PARTITIONS = 64


def lane_of(municipality: str, patient: PatientRef, destination: str, case_id: str = "") -> str:
    """The queue that keeps one patient's notes to one destination in order.

    An alert to the response centre waits for no other, so that there each case has a queue of its own.
    """
    own = f"\x1f{case_id}" if destination == "response_centre" else ""
    return f"{lane_prefix(municipality, destination)}{patient.system}\x1f{patient.value}{own}"


def lane_prefix(municipality: str, destination: str) -> str:
    """What the keys of all lanes to one destination begin with."""
    return f"{municipality}\x1f{destination}\x1f"


def partition_of(municipality: str, patient: PatientRef) -> int:
    """The share of the work that a patient belongs to, 0 to 63, the same in every process."""
    return zlib.crc32(f"{municipality}\x1f{patient.system}\x1f{patient.value}".encode()) % PARTITIONS


async def lock_patients(connection: AsyncConnection, patients: Collection[tuple[str, PatientRef]]) -> None:
    """Let no other process decide about these patients until the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "sqlite" or not patients:
        return
    numbers = sorted({zlib.crc32(f"{m}\x1f{p.system}\x1f{p.value}".encode()) for m, p in patients})
    for number in numbers:
        await connection.execute(text("SELECT pg_advisory_xact_lock(7001, :n)"), {"n": number - 2**31})


def moment_or_none(count: int | None) -> Any:
    """The instant of a nullable column."""
    return None if count is None else from_microseconds(count)


def count_or_none(moment: Any) -> int | None:
    """The value of a nullable instant's column."""
    return None if moment is None else microseconds(moment)


async def save(connection: AsyncConnection, changes: Changes, *, real: float, at: datetime) -> None:
    """Write `changes`. Raises IntegrityError when another process was first; the batch is then decided anew."""
    await write(
        connection,
        [
            (_NEW_CASES, [_case_values(case) for case in changes.new_cases.values()]),
            (_CHANGED_CASES, [(case.id, *_growing_values(case)) for case in changes.changed_cases.values()]),
            (_MESSAGES, [_message_values(row) for row in changes.new_messages]),
            (_KEYS, [(row.key, row.case_id, row.kind, _series(row)) for row in changes.new_keys.values()]),
        ],
    )
    await add_submissions(connection, changes, at=at)
    await _supersede(connection, changes.superseded)
    await _change_keys(connection, changes.changed_keys.values())
    await want(connection, list(changes.wants.values()), real=real, at=at)
    await _quarantine(connection, changes.quarantined)
    await count(connection, changes.counters)


_GROWING = (
    ("sender", "TEXT"),
    ("kind", "TEXT"),
    ("service_code", "TEXT"),
    ("alert_code", "TEXT"),
    ("occurred_at", "BIGINT"),
    ("change", "INTEGER"),
    ("messages", "INTEGER"),
    ("acknowledge_by", "BIGINT"),
    ("followed_up_at", "BIGINT"),
    ("escalated_at", "BIGINT"),
    ("escalated_after_s", "INTEGER"),
)
_NEW_CASES = insertion(
    "cases", "id, municipality, patient_system, patient_value, opened_at, " + ", ".join(name for name, _ in _GROWING)
)
_CHANGED_CASES = changing("cases", key=(("id", "TEXT"),), columns=_GROWING)
_MESSAGES = insertion(
    "messages",
    "case_id, number, identity, content_hash, sender, device, door, resource_type, identifier_system,"
    " identifier_value, raw, registered_at, said_at, occurred_at, standing, replaces, remarks, is_alert",
)
_KEYS = insertion("case_keys", "key, case_id, kind, series")


def _case_values(case: CaseRow) -> Row:
    patient = case.patient
    common = (case.id, case.municipality, patient.system, patient.value, microseconds(case.opened_at))
    return (*common, *_growing_values(case))


def _growing_values(case: CaseRow) -> Row:
    return (
        case.sender,
        case.kind.value,
        case.service_code.value,
        case.alert_code,
        microseconds(case.occurred_at),
        case.change,
        case.messages,
        count_or_none(case.acknowledge_by),
        count_or_none(case.followed_up_at),
        count_or_none(case.escalated_at),
        case.escalated_after_s,
    )


def _message_values(row: MessageRow) -> Row:
    return (
        row.case_id,
        row.number,
        row.identity,
        row.content_hash,
        row.sender,
        row.device,
        row.door,
        row.resource_type,
        row.identifier_system,
        row.identifier_value,
        row.raw,
        microseconds(row.registered_at),
        count_or_none(row.said_at),
        count_or_none(row.occurred_at),
        row.standing,
        row.replaces,
        row.remarks,
        int(row.is_alert),
    )


def _series(row: KeyRow) -> str | None:
    return orjson.dumps(row.series).decode() if row.series else None


async def _supersede(connection: AsyncConnection, rows: Sequence[tuple[str, int]]) -> None:
    if rows:
        await connection.execute(
            update(schema.messages)
            .where(schema.messages.c.case_id == bindparam("case"), schema.messages.c.number == bindparam("nr"))
            .values(standing="superseded"),
            [{"case": case_id, "nr": number} for case_id, number in rows],
        )


async def _change_keys(connection: AsyncConnection, rows: Iterable[KeyRow]) -> None:
    parameters = [{"name": row.key, "is_now": row.kind, "has": _series(row)} for row in rows]
    if parameters:
        table = schema.case_keys
        statement = update(table).where(table.c.key == bindparam("name"))
        await connection.execute(statement.values(kind=bindparam("is_now"), series=bindparam("has")), parameters)


async def want(connection: AsyncConnection, rows: Sequence[Want], *, real: float, at: datetime) -> None:
    """Put `rows` in the outbox. A delivery that waits because it was refused gets a new chance with new content."""
    if not rows:
        return
    rows = sorted(rows, key=lambda row: (row.case_id, row.destination))
    first, now = await _next_pages(connection, len(rows)), microseconds(at)
    await write(connection, [(_WANTED, [_want_values(row, real, first + i, now) for i, row in enumerate(rows)])])


_WANTED = insertion(
    "deliveries",
    "case_id, destination, municipality, lane, partition, wanted, enqueued_real, occurred_at, page, paged_at,"
    " state, settled, note_revision, attempts, not_before_real",
    " ON CONFLICT (case_id, destination) DO UPDATE SET"
    " wanted = excluded.wanted, page = excluded.page, paged_at = excluded.paged_at,"
    " occurred_at = excluded.occurred_at,"
    " enqueued_real = CASE WHEN deliveries.state = 'settled'"
    " THEN excluded.enqueued_real ELSE deliveries.enqueued_real END,"
    " state = CASE WHEN deliveries.state = 'in_doubt' THEN 'in_doubt'"
    " WHEN deliveries.state = 'waiting' AND deliveries.reason <> 'refused' THEN 'waiting' ELSE 'pending' END",
)


async def _next_pages(connection: AsyncConnection, many: int) -> int:
    """Reserve `many` page numbers. The counter's row stays locked until the commit, so page order is commit order."""
    ((found,),) = await read(connection, [(_PAGES, [("page", many)])])
    return int(found[0]) - many + 1


def _want_values(row: Want, real: float, page: int, paged_at: int) -> Row:
    return (
        row.case_id,
        row.destination,
        row.municipality,
        lane_of(row.municipality, row.patient, row.destination, row.case_id),
        partition_of(row.municipality, row.patient),
        row.change,
        real,
        microseconds(row.occurred_at),
        page,
        paged_at,
        "pending",
        0,
        0,
        0,
        0.0,
    )


async def _quarantine(connection: AsyncConnection, rows: Sequence[QuarantineRow]) -> None:
    if not rows:
        return
    statement = insert_into(connection, schema.quarantine)
    table = schema.quarantine
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.municipality, table.c.sender, table.c.sha256, table.c.kind],
        set_={"times": table.c.times + 1},
    )
    await connection.execute(
        statement,
        [
            {
                "kind": row.kind,
                "state": "open",
                "door": row.door,
                "municipality": row.municipality,
                "sender": row.sender,
                "device": row.device,
                "raw": row.raw,
                "sha256": row.sha256,
                "findings": row.findings,
                "received_at": microseconds(row.received_at),
                "times": 1,
                "case_id": row.case_id,
            }
            for row in rows
        ],
    )


async def count(connection: AsyncConnection, counters: Mapping[str, int]) -> None:
    """Add to the counters."""
    await write(connection, [(_COUNTED, [(name, value) for name, value in sorted(counters.items()) if value])])


_COUNTED = insertion(
    "counters", "name, value", " ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value"
)
_PAGES = replace(_COUNTED, tail=f"{_COUNTED.tail} RETURNING value")


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Every counter."""
    rows = await connection.execute(select(schema.counters))
    return {row.name: row.value for row in rows}


async def number_of(connection: AsyncConnection, table: Table, *where: Any) -> int:
    """How many rows of `table` fulfil `where`."""
    return int((await connection.execute(select(func.count()).select_from(table).where(*where))).scalar_one())
