"""What is known of a batch's names: versions of its messages, names of cases, and the cases that they lead to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import orjson
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.codes import EventKind, ServiceCode
from hub.model.person import PatientRef
from hub.model.times import from_microseconds
from hub.store import schema
from hub.store.accepting import moment_or_none
from hub.store.rows import CaseRow, KeyRow, Known, MessageRow

_MOST_PARAMETERS = 10_000

_COMPARED = (
    schema.messages.c.case_id,
    schema.messages.c.number,
    schema.messages.c.identity,
    schema.messages.c.content_hash,
    schema.messages.c.said_at,
    schema.messages.c.standing,
)


async def known_of(connection: AsyncConnection, identities: Collection[str], keys: Collection[str]) -> Known:
    """What the store holds of these identities and case keys, and the cases that they lead to."""
    known = Known()
    names: BindParameter[str] = bindparam("names", expanding=True)
    versions = select(*_COMPARED).where(schema.messages.c.identity.in_(names))
    for some in _portions(identities):
        for row in await connection.execute(versions, {"names": some}):
            known.messages.setdefault(row.identity, []).append(_compared(row))
    named = select(schema.case_keys).where(schema.case_keys.c.key.in_(names))
    for some in _portions(keys):
        for row in await connection.execute(named, {"names": some}):
            series = tuple((s, v) for s, v in orjson.loads(row.series)) if row.series else ()
            known.keys[row.key] = KeyRow(row.key, row.case_id, row.kind, series)
    ids = {m.case_id for versions in known.messages.values() for m in versions}
    ids.update(k.case_id for k in known.keys.values())
    known.cases = await cases_by_id(connection, ids)
    return known


def _portions(names: Collection[str]) -> Iterator[list[str]]:
    """`names` in an order that is the same in every process, no more at once than a statement takes."""
    ordered = sorted(names)
    for i in range(0, len(ordered), _MOST_PARAMETERS):
        yield ordered[i : i + _MOST_PARAMETERS]


async def cases_by_id(connection: AsyncConnection, ids: Collection[str]) -> dict[str, CaseRow]:
    """The cases with these ids, kept from other processes' changes until the transaction ends."""
    table = schema.cases
    query = select(table).where(table.c.id.in_(bindparam("names", expanding=True))).order_by(table.c.id)
    found = {}
    for some in _portions(ids):
        rows = await connection.execute(query.with_for_update(), {"names": some})
        found.update({row.id: _case(row) for row in rows})
    return found


def _compared(row: Any) -> MessageRow:
    """A stored message as far as comparing needs it."""
    return MessageRow(
        case_id=row.case_id,
        number=row.number,
        identity=row.identity,
        content_hash=row.content_hash,
        sender="",
        device=None,
        door="",
        resource_type="",
        identifier_system=None,
        identifier_value=None,
        raw=b"",
        registered_at=from_microseconds(0),
        said_at=moment_or_none(row.said_at),
        occurred_at=None,
        standing=row.standing,
        replaces=None,
        remarks=None,
        is_alert=False,
    )


def _case(row: Any) -> CaseRow:
    return CaseRow(
        id=row.id,
        municipality=row.municipality,
        patient=PatientRef(row.patient_system, row.patient_value),
        sender=row.sender,
        kind=EventKind(row.kind),
        service_code=ServiceCode(row.service_code),
        alert_code=row.alert_code,
        occurred_at=from_microseconds(row.occurred_at),
        opened_at=from_microseconds(row.opened_at),
        change=row.change,
        messages=row.messages,
        acknowledge_by=moment_or_none(row.acknowledge_by),
        followed_up_at=moment_or_none(row.followed_up_at),
        escalated_at=moment_or_none(row.escalated_at),
        escalated_after_s=row.escalated_after_s,
    )
