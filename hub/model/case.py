"""The case: one alarm, dispense, supervision or measurement with everything that was said about it.

One case is one journal note. What the store knows of a case is handed to `hub.journal` as a `CaseHistory`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.model.codes import EventKind, ServiceCode
from hub.model.finding import Finding
from hub.model.person import PatientRef


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """One stored message of a case.

    `number` counts the case's messages from 1 in order of registration. `raw` is what arrived, byte for byte.
    `said_at` is the message's own time of saying (Bundle timestamp, Composition date, meta.lastUpdated),
    `occurred_at` the time of the event that it tells of. `standing` is `current`, `superseded` (a newer version
    of the same message is known), `late` (arrived after the newer version; kept as history) or `linked`
    (probably the same alarm by another door: shown in the note, never merged). `replaces` is the number of the
    message of which this is a newer version. `remarks` are the findings that it was accepted with. `is_alert` when it
    raises an alarm and doesn't tell of its handling.
    """

    number: int
    sender: str
    resource_type: str
    raw: bytes
    registered_at: datetime
    said_at: datetime | None
    occurred_at: datetime | None
    standing: Literal["current", "superseded", "late", "linked"] = "current"
    replaces: int | None = None
    identifier_system: str | None = None
    identifier_value: str | None = None
    remarks: tuple[Finding, ...] = ()
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """All that the store knows of a case, as input to the note.

    `key` is the hub's own key of the note. `not_acknowledged_at` is set when nobody acknowledged the alert in
    time, with `escalated_after_s` the configured limit in seconds. `earlier_waiting` holds the event times of the
    same patient's earlier cases that wait for a person.
    """

    key: str
    municipality: str
    patient: PatientRef
    kind: EventKind
    service_code: ServiceCode
    occurred_at: datetime
    opened_at: datetime
    messages: tuple[CaseMessage, ...]
    not_acknowledged_at: datetime | None = None
    escalated_after_s: int | None = None
    earlier_waiting: tuple[datetime, ...] = ()
