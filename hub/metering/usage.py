"""From what happened to the records of the ledger: a delivered case, a measured read, a correction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from hub.model.clock import OSLO
from hub.model.codes import EventKind, ServiceCode
from hub.model.usage import UsageKind, UsageRecord


def case_usage(
    *,
    record_id: str,
    municipality: str,
    sender: str,
    service_code: ServiceCode,
    event_kind: EventKind,
    occurred_at: datetime,
    recorded_at: datetime,
    size: int,
    pseudonym: str,
) -> UsageRecord:
    """The record of one delivered case; its day is the day of `occurred_at` in Norwegian local time.

    `size` is in bytes, the times are aware. Raises ValueError on a time without zone.
    """
    return UsageRecord(
        id=record_id,
        usage_kind="case",
        municipality=municipality,
        sender=sender,
        service_code=service_code,
        event_kind=event_kind,
        day=norwegian_day(occurred_at),
        recorded_at=recorded_at,
        size=size,
        pseudonym=pseudonym,
    )


def read_usage(
    *,
    record_id: str,
    municipality: str,
    sender: str,
    service_code: ServiceCode,
    recorded_at: datetime,
    size: int,
    pseudonym: str,
) -> UsageRecord:
    """The record of one measured read: a kind of its own, which costs nothing unless a price model says so."""
    kind: UsageKind = "read"
    return UsageRecord(
        id=record_id,
        usage_kind=kind,
        municipality=municipality,
        sender=sender,
        service_code=service_code,
        event_kind=EventKind.NOTE,
        day=norwegian_day(recorded_at),
        recorded_at=recorded_at,
        size=size,
        pseudonym=pseudonym,
    )


def norwegian_day(moment: datetime) -> date:
    """The calendar day of an aware `moment` in Norway."""
    if moment.tzinfo is None:
        raise ValueError("a time without zone belongs to no day")
    return moment.astimezone(OSLO).date()


def counter_entry(original: UsageRecord, *, record_id: str, recorded_at: datetime) -> UsageRecord:
    """The record that takes `original` back, at any age: same day and facts, opposite quantity.

    It belongs to the original's month, so it comes out as an adjustment on the next statement.
    """
    return replace(
        original,
        id=record_id,
        recorded_at=recorded_at,
        quantity=-original.quantity,
        corrects=original.id,
    )
