"""What is known of a batch's names: versions of its messages, names of cases, and the cases that they lead to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.codes import EventKind, ServiceCode
from hub.model.person import PatientRef
from hub.model.times import from_microseconds
from hub.store.accepting import moment_or_none
from hub.store.plain import Many, Row, read
from hub.store.rows import CaseRow, KeyRow, Known, MessageRow

_VERSIONS = Many(
    "SELECT case_id, number, identity, content_hash, said_at, standing FROM messages WHERE identity IN (", "?", ")"
)
_NAMED = Many("SELECT key, case_id, kind, series FROM case_keys WHERE key IN (", "?", ")")


async def known_of(connection: AsyncConnection, identities: Collection[str], keys: Collection[str]) -> Known:
    """What the store holds of these identities and case keys, and the cases that they lead to."""
    known = Known()
    versions, named = await read(connection, [(_VERSIONS, _rows(identities)), (_NAMED, _rows(keys))])
    for row in versions:
        message = _compared(row)
        known.messages.setdefault(message.identity, []).append(message)
    for key, case_id, kind, written in named:
        series = tuple((s, v) for s, v in orjson.loads(written)) if written else ()
        known.keys[key] = KeyRow(key, case_id, kind, series)
    ids = {m.case_id for versions in known.messages.values() for m in versions}
    ids.update(k.case_id for k in known.keys.values())
    known.cases = await cases_by_id(connection, ids)
    return known


def _rows(names: Collection[str]) -> list[Row]:
    """`names` in an order that is the same in every process."""
    return [(name,) for name in sorted(names)]


async def cases_by_id(connection: AsyncConnection, ids: Collection[str]) -> dict[str, CaseRow]:
    """The cases with these ids, kept from other processes' changes until the transaction ends."""
    if not ids:
        return {}
    (rows,) = await read(connection, [(_CASES if connection.dialect.name == "sqlite" else _CASES_KEPT, _rows(ids))])
    return {case.id: case for case in map(_case, rows)}


_CASES = Many(
    "SELECT id, municipality, patient_system, patient_value, sender, kind, service_code, alert_code, occurred_at,"
    " opened_at, change, messages, acknowledge_by, followed_up_at, escalated_at, escalated_after_s"
    " FROM cases WHERE id IN (",
    "?",
    ") ORDER BY id",
)
_CASES_KEPT = replace(_CASES, tail=f"{_CASES.tail} FOR UPDATE")


def _compared(row: Row) -> MessageRow:
    """A stored message as far as comparing needs it."""
    case_id, number, identity, content_hash, said_at, standing = row
    return MessageRow(
        case_id=case_id,
        number=number,
        identity=identity,
        content_hash=content_hash,
        sender="",
        device=None,
        door="",
        resource_type="",
        identifier_system=None,
        identifier_value=None,
        raw=b"",
        registered_at=from_microseconds(0),
        said_at=moment_or_none(said_at),
        occurred_at=None,
        standing=standing,
        replaces=None,
        remarks=None,
        is_alert=False,
    )


def _case(row: Row) -> CaseRow:
    case_id, municipality, patient_system, patient_value, sender, kind, service_code, alert_code, *numbers = row
    occurred_at, opened_at, change, messages, acknowledge_by, followed_up_at, escalated_at, escalated_after_s = numbers
    return CaseRow(
        id=case_id,
        municipality=municipality,
        patient=PatientRef(patient_system, patient_value),
        sender=sender,
        kind=EventKind(kind),
        service_code=ServiceCode(service_code),
        alert_code=alert_code,
        occurred_at=from_microseconds(occurred_at),
        opened_at=from_microseconds(opened_at),
        change=change,
        messages=messages,
        acknowledge_by=moment_or_none(acknowledge_by),
        followed_up_at=moment_or_none(followed_up_at),
        escalated_at=moment_or_none(escalated_at),
        escalated_after_s=escalated_after_s,
    )
