"""What is watched over time: devices that must be heard, alerts that must be answered, and operations' own list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.person import PatientRef
from hub.model.times import from_microseconds, microseconds
from hub.store import schema
from hub.store.accepting import count_or_none, insert_into, moment_or_none, want
from hub.store.flow import Happening, note
from hub.store.plain import Many, write
from hub.store.rows import Want

_MOST_PARAMETERS = 10_000


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """What a device said of itself, or its last will. `next_within_s` is None when it declared no interval."""

    municipality: str
    sender: str
    device: str
    state: str
    battery: float | None
    reported_at: datetime | None
    heard_at: datetime
    next_within_s: float | None
    silent_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class OperationsAlert:
    """Something for operations: a silent device, an unanswered alert, a delivery that waits for a person."""

    id: int
    kind: str
    municipality: str
    case_id: str | None
    subject: str
    text: str
    raised_at: datetime
    closed_at: datetime | None


async def note_status(connection: AsyncConnection, statuses: Sequence[DeviceStatus]) -> None:
    """Remember what devices said. An older status than the one known changes nothing; being heard is never undone."""
    if not statuses:
        return
    table = schema.devices
    statement = insert_into(connection, table)
    new = statement.excluded
    said = {name: getattr(new, name) for name in ("state", "battery", "reported_at", "next_within_s")}
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.municipality, table.c.sender, table.c.device],
        set_={
            **said,
            "heard_at": case((new.heard_at > table.c.heard_at, new.heard_at), else_=table.c.heard_at),
            "silent_since": case((new.heard_at > table.c.silent_since, None), else_=table.c.silent_since),
        },
        where=(table.c.reported_at.is_(None)) | (new.reported_at.is_(None)) | (new.reported_at >= table.c.reported_at),
    )
    await connection.execute(statement, [_device_values(s) for s in statuses])


def _device_values(status: DeviceStatus) -> dict[str, Any]:
    return {
        "municipality": status.municipality,
        "sender": status.sender,
        "device": status.device,
        "state": status.state,
        "battery": status.battery,
        "reported_at": count_or_none(status.reported_at),
        "heard_at": microseconds(status.heard_at),
        "next_within_s": status.next_within_s,
        "silent_since": None,
    }


async def note_heard(connection: AsyncConnection, heard: Mapping[tuple[str, str, str], datetime]) -> None:
    """Remember when devices that declared an interval were last heard; the others are not kept."""
    await write(connection, [(_HEARD, [(*device, microseconds(at)) for device, at in heard.items()])])


_HEARD = Many(
    "WITH new (municipality, sender, device, heard_at) AS (VALUES ",
    "(CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT))",
    ") UPDATE devices SET heard_at = new.heard_at, silent_since = NULL FROM new"
    " WHERE devices.municipality = new.municipality AND devices.sender = new.sender AND devices.device = new.device"
    " AND devices.heard_at < new.heard_at",
)


async def silent_devices(
    connection: AsyncConnection, *, now: datetime, listening_since: datetime
) -> list[DeviceStatus]:
    """Devices that declared an interval, were not heard within it, and are not yet known to be silent.

    Time before `listening_since`, when nobody listened, does not count.
    """
    table = schema.devices
    rows = await connection.execute(
        select(table).where(
            table.c.next_within_s.is_not(None),
            table.c.silent_since.is_(None),
            table.c.heard_at + table.c.next_within_s * 1_000_000 < microseconds(now),
            microseconds(listening_since) + table.c.next_within_s * 1_000_000 < microseconds(now),
        )
    )
    return [_device(row) for row in rows]


async def all_devices(connection: AsyncConnection) -> list[DeviceStatus]:
    """Every device that ever said anything of itself."""
    table = schema.devices
    rows = await connection.execute(select(table).order_by(table.c.municipality, table.c.sender, table.c.device))
    return [_device(row) for row in rows]


async def troubled_devices(connection: AsyncConnection, *, lost: Collection[str]) -> list[DeviceStatus]:
    """Devices that are known to be silent, or whose state is one of `lost`."""
    table = schema.devices
    rows = await connection.execute(
        select(table).where(table.c.silent_since.is_not(None) | table.c.state.in_(sorted(lost)))
    )
    return [_device(row) for row in rows]


async def mark_silent(connection: AsyncConnection, device: DeviceStatus, *, now: datetime) -> None:
    """Remember since when the device has been silent."""
    table = schema.devices
    await connection.execute(
        update(table)
        .where(
            table.c.municipality == device.municipality,
            table.c.sender == device.sender,
            table.c.device == device.device,
        )
        .values(silent_since=microseconds(now))
    )


def _device(row: Any) -> DeviceStatus:
    return DeviceStatus(
        row.municipality,
        row.sender,
        row.device,
        row.state,
        row.battery,
        moment_or_none(row.reported_at),
        from_microseconds(row.heard_at),
        row.next_within_s,
        moment_or_none(row.silent_since),
    )


async def raise_alert(
    connection: AsyncConnection,
    *,
    key: str,
    kind: str,
    municipality: str,
    subject: str,
    words: str,
    at: datetime,
    case_id: str | None = None,
) -> None:
    """Put something on operations' list; while an alert with the same `key` is open, nothing is added."""
    values = {
        "key": key,
        "kind": kind,
        "municipality": municipality,
        "case_id": case_id,
        "subject": subject,
        "text": words,
        "raised_at": microseconds(at),
    }
    made = await connection.execute(insert_into(connection, schema.operations_alerts).on_conflict_do_nothing(), values)
    if made.rowcount:
        await note(connection, [Happening(at, "alert", municipality, case_id=case_id, detail=f"{kind} {subject}")])


_AN_OPEN_ALERT = select(schema.operations_alerts.c.id).where(schema.operations_alerts.c.closed_at.is_(None)).limit(1)


async def close_alerts(connection: AsyncConnection, keys: Sequence[str], *, at: datetime) -> None:
    """Close the open alerts with these keys. Where none is open at all, as on a good day, that is all it asks."""
    table = schema.operations_alerts
    if not keys or (await connection.execute(_AN_OPEN_ALERT)).first() is None:
        return
    statement = update(table).where(table.c.closed_at.is_(None)).values(closed_at=microseconds(at))
    for i in range(0, len(keys), _MOST_PARAMETERS):
        await connection.execute(statement.where(table.c.key.in_(keys[i : i + _MOST_PARAMETERS])))


async def open_alerts(connection: AsyncConnection, kinds: Collection[str]) -> set[str]:
    """The keys of the open alerts of these kinds."""
    table = schema.operations_alerts
    rows = await connection.execute(select(table.c.key).where(table.c.closed_at.is_(None), table.c.kind.in_(kinds)))
    return {row.key for row in rows}


async def list_alerts(connection: AsyncConnection, *, after: int = 0, most: int = 200) -> list[OperationsAlert]:
    """Open alerts with an id over `after`, oldest first."""
    table = schema.operations_alerts
    rows = await connection.execute(
        select(table).where(table.c.closed_at.is_(None), table.c.id > after).order_by(table.c.id).limit(most)
    )
    return [
        OperationsAlert(
            row.id,
            row.kind,
            row.municipality,
            row.case_id,
            row.subject,
            row.text,
            from_microseconds(row.raised_at),
            moment_or_none(row.closed_at),
        )
        for row in rows
    ]


_UNANSWERED = "not_acknowledged"


async def close_answered(connection: AsyncConnection, *, now: datetime) -> None:
    """Take escalated alerts that were followed up after all off operations' list."""
    table, cases = schema.operations_alerts, schema.cases
    followed_up = select(cases.c.id).where(cases.c.id == table.c.case_id, cases.c.followed_up_at.is_not(None))
    await connection.execute(
        update(table)
        .where(table.c.closed_at.is_(None), table.c.kind == _UNANSWERED, followed_up.exists())
        .values(closed_at=microseconds(now))
    )


async def escalate_unanswered(
    connection: AsyncConnection, *, now: datetime, real: float, most: int = 200
) -> list[Want]:
    """Escalate alerts that nobody answered in time: tell operations, and let the case be journaled as such."""
    table = schema.cases
    rows = list(
        await connection.execute(
            select(table)
            .where(
                table.c.acknowledge_by <= microseconds(now),
                table.c.followed_up_at.is_(None),
                table.c.escalated_at.is_(None),
            )
            .order_by(table.c.acknowledge_by)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )
    wants = [await _escalate(connection, row, now=now) for row in rows]
    await want(connection, wants, real=real, at=now)
    return wants


async def _escalate(connection: AsyncConnection, row: Any, *, now: datetime) -> Want:
    table = schema.cases
    await connection.execute(
        update(table).where(table.c.id == row.id).values(escalated_at=microseconds(now), change=text("change + 1"))
    )
    await raise_alert(
        connection,
        key=f"escalation:{row.id}",
        kind=_UNANSWERED,
        municipality=row.municipality,
        subject=row.sender,
        words="Ingen har kvittert varselet i tide. Det er ført i journalen som ikke kvittert.",
        at=now,
        case_id=row.id,
    )
    patient = PatientRef(row.patient_system, row.patient_value)
    return Want(row.id, "epj", row.municipality, patient, from_microseconds(row.occurred_at), row.change + 1)
