"""A usage record: one delivered case or one measured read, without anything that names a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from hub.model.codes import EventKind, ServiceCode

UsageKind = Literal["case", "read"]


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """What the ledger keeps, append-only.

    `id` is unique and the deduplication key of every export. `day` is the day of the event in Norwegian
    local time; `recorded_at` is when it was settled (aware, UTC). `pseudonym` is a keyed hash of the
    patient, never the identity number. `size` is in bytes. `quantity` is 1, or -1 for a counter-entry,
    whose `corrects` names the record that it takes back.
    """

    id: str
    usage_kind: UsageKind
    municipality: str
    sender: str
    service_code: ServiceCode
    event_kind: EventKind
    day: date
    recorded_at: datetime
    size: int
    pseudonym: str
    quantity: int = 1
    corrects: str | None = None
