"""Submissions: every accepted message as JFT shows it, in the order of the commits.

A submission's id is a GUID made of the case and the message's number in it, so that none needs to be stored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.event import Source
from hub.model.times import microseconds
from hub.model.versions import case_and_change, version_id
from hub.store import schema
from hub.store.plain import Row, insertion, write
from hub.store.rows import Changes
from hub.store.schema_national import submissions
from hub.store.stamping import next_stamps

_SERIES = "submissions"
#: Set in the last part of a submission's id, so that it is never taken for the id of a note's version.
_MARK = 0x8000
_SHOWN = frozenset({"Bundle", "Composition", "MedicationDispense"})


@dataclass(frozen=True, slots=True)
class Submission:
    """A message as JFT shows it: `raw` is what was submitted, or that as corrected on the way.

    `stamp` is its time of registration in microseconds since 1970, and its place in the sequence.
    """

    case_id: str
    number: int
    municipality: str
    resource_type: str
    submitted_type: str
    stamp: int
    registered_at: int
    read_at: int | None
    acknowledged_at: int | None
    failed_at: int | None
    source: Source
    raw: bytes

    @property
    def id(self) -> str:
        """The GUID that readers know it by."""
        return submission_id(self.case_id, self.number)


@dataclass(frozen=True, slots=True)
class Window:
    """Which submissions a reader asks for: stamps over `after` and under `before`, newest first where `newest_first`.

    `acknowledged` None is all of them; `client_id` and `system_name` None any.
    """

    municipality: str
    resource_type: str
    after: int | None = None
    before: int | None = None
    newest_first: bool = False
    acknowledged: bool | None = None
    client_id: str | None = None
    system_name: str | None = None


def submission_id(case_id: str, number: int) -> str:
    """The GUID of message `number` of a case."""
    return version_id(case_id, number | _MARK)


def _named(text: str) -> tuple[str, int] | None:
    found = case_and_change(text.lower())
    return (found[0], found[1] ^ _MARK) if found and found[1] & _MARK else None


def shown_as(resource_type: str) -> str:
    """The type under which JFT shows a message: a resource of another kind than JFT's own is put in a Bundle."""
    return resource_type if resource_type in _SHOWN else "Bundle"


async def add_submissions(connection: AsyncConnection, changes: Changes, *, at: datetime) -> None:
    """Show the batch's new messages to JFT's readers, in the transaction that stores them."""
    rows = changes.new_messages
    if not rows:
        return
    given = await next_stamps(connection, _SERIES, many=len(rows), at=at)
    cases = changes.new_cases | changes.changed_cases
    values = [
        _values(
            (row.case_id, row.number, cases[row.case_id].municipality, shown_as(row.resource_type)),
            stamp,
            row.source or Source(row.sender),
        )
        for row, stamp in zip(rows, given, strict=True)
    ]
    await write(connection, [(_ADDED, values)])


async def add_failed(
    connection: AsyncConnection, *, case_id: str, municipality: str, resource_type: str, source: Source, at: datetime
) -> str:
    """Remember a submission that was kept aside for a person; its id."""
    (stamp,) = await next_stamps(connection, _SERIES, many=1, at=at)
    values = _values((case_id, 0, municipality, resource_type), stamp, source, failed_at=microseconds(at))
    await write(connection, [(_ADDED, [values])])
    return submission_id(case_id, 0)


_ADDED = insertion(
    "submissions",
    "case_id, number, municipality, resource_type, stamp, registered_at, client_id, client_name, system_name,"
    " failed_at",
)


def _values(named: tuple[str, int, str, str], stamp: int, source: Source, *, failed_at: int | None = None) -> Row:
    return (*named, stamp, stamp, source.client_id, source.client_name, source.system_name, failed_at)


async def submissions_in(connection: AsyncConnection, window: Window, *, most: int) -> list[Submission]:
    """Up to `most` submissions of `window` that can be read, in its order."""
    table = submissions
    conditions = [table.c.municipality == window.municipality, table.c.resource_type == window.resource_type]
    if window.after is not None:
        conditions.append(table.c.stamp > window.after)
    if window.before is not None:
        conditions.append(table.c.stamp < window.before)
    if window.acknowledged is not None:
        told = table.c.acknowledged_at
        conditions.append(told.is_not(None) if window.acknowledged else told.is_(None))
    if window.client_id is not None:
        conditions.append(table.c.client_id == window.client_id)
    if window.system_name is not None:
        conditions.append(table.c.system_name == window.system_name)
    order = table.c.stamp.desc() if window.newest_first else table.c.stamp
    rows = await connection.execute(_with_message().where(*conditions).order_by(order).limit(most))
    return [_submission(row) for row in rows]


def _with_message() -> Select[Any]:
    message = schema.messages
    same = and_(message.c.case_id == submissions.c.case_id, message.c.number == submissions.c.number)
    return select(submissions, message.c.raw, message.c.resource_type.label("submitted_type")).join(message, same)


def _submission(row: Any) -> Submission:
    return Submission(
        case_id=row.case_id,
        number=row.number,
        municipality=row.municipality,
        resource_type=row.resource_type,
        submitted_type=row.submitted_type,
        stamp=row.stamp,
        registered_at=row.registered_at,
        read_at=row.read_at,
        acknowledged_at=row.acknowledged_at,
        failed_at=row.failed_at,
        source=Source(row.client_id, row.client_name, row.system_name),
        raw=row.content if row.content is not None else row.raw,
    )


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a submission, in microseconds since 1970; None for what has not happened."""

    case_id: str
    number: int
    registered_at: int
    read_at: int | None
    acknowledged_at: int | None
    failed_at: int | None


async def status_of(
    connection: AsyncConnection, municipality: str, resource_type: str, submission: str
) -> Status | None:
    """The status of the submission with this id, or None when the municipality has none such of this type."""
    named = _named(submission)
    if named is None:
        return None
    table = submissions
    row = (
        await connection.execute(
            select(table).where(
                table.c.case_id == named[0],
                table.c.number == named[1],
                table.c.municipality == municipality,
                table.c.resource_type == resource_type,
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return Status(row.case_id, row.number, row.registered_at, row.read_at, row.acknowledged_at, row.failed_at)


async def mark_read(connection: AsyncConnection, named: Sequence[tuple[str, int]], *, at: datetime) -> None:
    """Remember when submissions (case, number) were first read."""
    if named:
        table = submissions
        of = or_(*(and_(table.c.case_id == case, table.c.number == number) for case, number in named))
        await connection.execute(update(table).where(of, table.c.read_at.is_(None)).values(read_at=microseconds(at)))


async def mark_acknowledged(connection: AsyncConnection, named: tuple[str, int], *, at: datetime) -> None:
    """Remember when a submission (case, number) was first acknowledged as journaled. It has then been read, too."""
    now = microseconds(at)
    table = submissions
    of = and_(table.c.case_id == named[0], table.c.number == named[1])
    await connection.execute(update(table).where(of, table.c.read_at.is_(None)).values(read_at=now))
    await connection.execute(update(table).where(of, table.c.acknowledged_at.is_(None)).values(acknowledged_at=now))


async def mark_cases(
    connection: AsyncConnection, case_ids: Collection[str], *, at: datetime, acknowledged: bool
) -> None:
    """Remember that whole cases were read as notes, and where `acknowledged` journaled."""
    table, now = submissions, microseconds(at)
    of = table.c.case_id.in_(list(case_ids))
    await connection.execute(update(table).where(of, table.c.read_at.is_(None)).values(read_at=now))
    if acknowledged:
        open_ones = and_(of, table.c.acknowledged_at.is_(None), table.c.number > 0)
        await connection.execute(update(table).where(open_ones).values(acknowledged_at=now))


async def all_acknowledged(connection: AsyncConnection, case_id: str) -> bool:
    """Whether every message of the case has been acknowledged as journaled."""
    table = submissions
    query = select(table.c.number).where(
        table.c.case_id == case_id, table.c.number > 0, table.c.acknowledged_at.is_(None)
    )
    return (await connection.execute(query.limit(1))).first() is None


async def correct(
    connection: AsyncConnection, named: tuple[str, int], *, content: bytes | None, failed_at: datetime | None
) -> None:
    """Show `content` in place of what was submitted, or that forwarding it failed."""
    table = submissions
    values = {"content": content, "failed_at": None if failed_at is None else microseconds(failed_at)}
    of = and_(table.c.case_id == named[0], table.c.number == named[1])
    await connection.execute(update(table).where(of).values(**values))
