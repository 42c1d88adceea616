"""The flow: a line for everything that happens, written in the transaction that makes it happen, for the live view.

It holds no patient. The newest `KEPT` lines are kept; what must last stands in the other tables.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import from_microseconds, microseconds
from hub.store import schema
from hub.store.plain import Many, Row, insertion, write
from hub.store.schema_console import flow

KEPT = 200_000
#: Elsewhere than on SQLite, transactions can commit in another order than their lines are numbered.
_LATE_COMMITS = 2_000
_SCANNED = 20_000


@dataclass(frozen=True, slots=True)
class Happening:
    """A line to write. `what` is a receipt code, settled, postponed, in_doubt, waiting, send_again or alert."""

    at: datetime
    what: str
    municipality: str | None = None
    sender: str | None = None
    case_id: str | None = None
    number: int | None = None
    destination: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A line with its number and, where it belongs to a case, what the case is about."""

    id: int
    at: datetime
    what: str
    municipality: str | None
    sender: str | None
    case_id: str | None
    number: int | None
    destination: str | None
    detail: str | None
    kind: str | None
    service: str | None
    alert_code: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines somebody wants to see; None is all."""

    municipality: str | None = None
    sender: str | None = None
    service: str | None = None
    kind: str | None = None
    what: Collection[str] | None = None
    case_id: str | None = None


ALL = Wanted()


async def note(connection: AsyncConnection, happenings: Sequence[Happening]) -> None:
    """Append lines, in order, and let the oldest fall away."""
    if not happenings:
        return
    forget = _FORGET if connection.dialect.name == "sqlite" else _FORGET_SHARED
    await write(connection, [(_LINES, [_values(h) for h in happenings]), (forget, [(KEPT,)])])


_LINES = insertion("flow", "at, what, municipality, sender, case_id, number, destination, detail")
_FORGET = Many("DELETE FROM flow WHERE id <= (SELECT MAX(id) FROM flow) - ", "?")
#: Nobody waits for another process that is forgetting the same lines.
_FORGET_SHARED = Many(
    "DELETE FROM flow WHERE id IN (SELECT id FROM flow WHERE id <= (SELECT MAX(id) FROM flow) - ",
    "CAST(? AS INTEGER)",
    " LIMIT 1000 FOR UPDATE SKIP LOCKED)",
)


def _values(happening: Happening) -> Row:
    return (
        microseconds(happening.at),
        happening.what,
        happening.municipality,
        happening.sender,
        happening.case_id,
        happening.number,
        happening.destination,
        happening.detail,
    )


async def last_number(connection: AsyncConnection) -> int:
    """The newest line's number, 0 when there is none."""
    return int((await connection.execute(select(func.coalesce(func.max(flow.c.id), 0)))).scalar_one())


def safe_start(connection: AsyncConnection, number: int) -> int:
    """Where to read on from for somebody who has seen lines up to `number`, so that none is missed.

    On SQLite that is `number`; elsewhere some lines come twice, and the reader knows them by their numbers.
    """
    return number if connection.dialect.name == "sqlite" else max(number - _LATE_COMMITS, 0)


async def flow_after(
    connection: AsyncConnection, number: int, *, wanted: Wanted = ALL, most: int = 500
) -> tuple[list[FlowRow], int]:
    """Up to `most` lines over `number` that are wanted, oldest first, and the number up to which was looked."""
    top = await last_number(connection)
    query = _filtered(_lines().where(flow.c.id > number, flow.c.id <= top), wanted).order_by(flow.c.id).limit(most)
    rows = [_row(row) for row in await connection.execute(query)]
    return rows, (rows[-1].id if len(rows) == most else max(top, number))


async def newest(connection: AsyncConnection, *, wanted: Wanted = ALL, most: int = 100) -> list[FlowRow]:
    """The newest `most` wanted lines, newest first; only the latest 20,000 are looked through."""
    top = await last_number(connection)
    query = _filtered(_lines().where(flow.c.id > top - _SCANNED), wanted).order_by(flow.c.id.desc()).limit(most)
    return [_row(row) for row in await connection.execute(query)]


async def flow_of_case(connection: AsyncConnection, case_id: str, *, most: int = 300) -> list[FlowRow]:
    """The newest `most` lines of one case, as far as they are kept, oldest first."""
    query = _lines().where(flow.c.case_id == case_id).order_by(flow.c.id.desc()).limit(most)
    return [_row(row) for row in await connection.execute(query)][::-1]


def _lines() -> Select[Any]:
    case = schema.cases
    return select(
        flow.c.id,
        flow.c.at,
        flow.c.what,
        func.coalesce(flow.c.municipality, case.c.municipality).label("municipality"),
        func.coalesce(flow.c.sender, case.c.sender).label("sender"),
        flow.c.case_id,
        flow.c.number,
        flow.c.destination,
        flow.c.detail,
        case.c.kind,
        case.c.service_code,
        case.c.alert_code,
    ).select_from(flow.outerjoin(case, case.c.id == flow.c.case_id))


def _filtered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    case = schema.cases
    if wanted.municipality:
        query = query.where(func.coalesce(flow.c.municipality, case.c.municipality) == wanted.municipality)
    if wanted.sender:
        query = query.where(func.coalesce(flow.c.sender, case.c.sender) == wanted.sender)
    if wanted.service:
        query = query.where(case.c.service_code == wanted.service)
    if wanted.kind:
        query = query.where(case.c.kind == wanted.kind)
    if wanted.case_id:
        query = query.where(flow.c.case_id == wanted.case_id)
    if wanted.what:
        query = query.where(flow.c.what.in_(bindparam("whats", sorted(wanted.what), expanding=True)))
    return query


def _row(row: Any) -> FlowRow:
    return FlowRow(
        row.id,
        from_microseconds(row.at),
        row.what,
        row.municipality,
        row.sender,
        row.case_id,
        row.number,
        row.destination,
        row.detail,
        row.kind,
        row.service_code,
        row.alert_code,
    )
