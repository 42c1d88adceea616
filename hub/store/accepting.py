"""Accepting: writing what a batch of messages changes, in one transaction.

Identity is under a unique constraint, the case's names under another; the outbox rows and the counters are written with
them. Nothing is acknowledged before the transaction is committed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Table, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.person import PatientRef
from hub.model.times import from_microseconds, microseconds
from hub.store import schema
from hub.store.inserting import insert_into as insert_into
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
    await _insert(connection, schema.cases, changes.new_cases.values(), _case_values)
    await _update_cases(connection, changes.changed_cases.values())
    await _insert(connection, schema.messages, changes.new_messages, _message_values)
    await _insert(connection, schema.case_keys, changes.new_keys.values(), _key_values)
    await add_submissions(connection, changes, at=at)
    await _supersede(connection, changes.superseded)
    await _change_keys(connection, changes.changed_keys.values())
    await want(connection, list(changes.wants.values()), real=real, at=at)
    await _quarantine(connection, changes.quarantined)
    await count(connection, changes.counters)


async def _insert(
    connection: AsyncConnection, table: Table, rows: Iterable[Any], values: Callable[[Any], dict[str, Any]]
) -> None:
    parameters = [values(row) for row in rows]
    if parameters:
        await connection.execute(table.insert(), parameters)


def _case_values(case: CaseRow) -> dict[str, Any]:
    return {
        "id": case.id,
        "municipality": case.municipality,
        "patient_system": case.patient.system,
        "patient_value": case.patient.value,
        "opened_at": microseconds(case.opened_at),
        **_growing_values(case),
    }


def _growing_values(case: CaseRow) -> dict[str, Any]:
    return {
        "sender": case.sender,
        "kind": case.kind.value,
        "service_code": case.service_code.value,
        "alert_code": case.alert_code,
        "occurred_at": microseconds(case.occurred_at),
        "change": case.change,
        "messages": case.messages,
        "acknowledge_by": count_or_none(case.acknowledge_by),
        "followed_up_at": count_or_none(case.followed_up_at),
        "escalated_at": count_or_none(case.escalated_at),
        "escalated_after_s": case.escalated_after_s,
    }


async def _update_cases(connection: AsyncConnection, rows: Iterable[CaseRow]) -> None:
    parameters = [{"case": c.id, **_growing_values(c)} for c in rows]
    if parameters:
        await connection.execute(update(schema.cases).where(schema.cases.c.id == bindparam("case")), parameters)


def _message_values(row: MessageRow) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "number": row.number,
        "identity": row.identity,
        "content_hash": row.content_hash,
        "sender": row.sender,
        "device": row.device,
        "door": row.door,
        "resource_type": row.resource_type,
        "identifier_system": row.identifier_system,
        "identifier_value": row.identifier_value,
        "raw": row.raw,
        "registered_at": microseconds(row.registered_at),
        "said_at": count_or_none(row.said_at),
        "occurred_at": count_or_none(row.occurred_at),
        "standing": row.standing,
        "replaces": row.replaces,
        "remarks": row.remarks,
        "is_alert": int(row.is_alert),
    }


def _key_values(row: KeyRow) -> dict[str, Any]:
    return {"key": row.key, "case_id": row.case_id, "kind": row.kind, "series": _series(row)}


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
    first = await _next_pages(connection, len(rows))
    table = schema.deliveries
    statement = insert_into(connection, table)
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.case_id, table.c.destination],
        set_={
            "wanted": statement.excluded.wanted,
            "page": statement.excluded.page,
            "paged_at": statement.excluded.paged_at,
            "state": _REOPENED,
            "occurred_at": statement.excluded.occurred_at,
            "enqueued_real": text(
                "CASE WHEN deliveries.state = 'settled' THEN excluded.enqueued_real ELSE deliveries.enqueued_real END"
            ),
        },
    )
    now = microseconds(at)
    await connection.execute(
        statement, [{**_want_values(row, real), "page": first + i, "paged_at": now} for i, row in enumerate(rows)]
    )


_REOPENED = text(
    "CASE WHEN deliveries.state = 'in_doubt' THEN 'in_doubt'"
    " WHEN deliveries.state = 'waiting' AND deliveries.reason <> 'refused' THEN 'waiting' ELSE 'pending' END"
)


async def _next_pages(connection: AsyncConnection, many: int) -> int:
    """Reserve `many` page numbers. The counter's row stays locked until the commit, so page order is commit order."""
    statement = insert_into(connection, schema.counters).values(name="page", value=many)
    statement = statement.on_conflict_do_update(
        index_elements=[schema.counters.c.name], set_={"value": schema.counters.c.value + many}
    ).returning(schema.counters.c.value)
    return int((await connection.execute(statement)).scalar_one()) - many + 1


def _want_values(row: Want, real: float) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "destination": row.destination,
        "municipality": row.municipality,
        "lane": lane_of(row.municipality, row.patient, row.destination, row.case_id),
        "partition": partition_of(row.municipality, row.patient),
        "state": "pending",
        "wanted": row.change,
        "settled": 0,
        "note_revision": 0,
        "attempts": 0,
        "not_before_real": 0.0,
        "enqueued_real": real,
        "occurred_at": microseconds(row.occurred_at),
    }


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
    rows = [{"name": name, "value": value} for name, value in sorted(counters.items()) if value]
    if not rows:
        return
    statement = insert_into(connection, schema.counters)
    statement = statement.on_conflict_do_update(
        index_elements=[schema.counters.c.name],
        set_={"value": schema.counters.c.value + statement.excluded.value},
    )
    await connection.execute(statement, rows)


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Every counter."""
    rows = await connection.execute(select(schema.counters))
    return {row.name: row.value for row in rows}


async def number_of(connection: AsyncConnection, table: Table, *where: Any) -> int:
    """How many rows of `table` fulfil `where`."""
    return int((await connection.execute(select(func.count()).select_from(table).where(*where))).scalar_one())
