"""What the store hands out and takes back when messages are accepted: plain rows, no SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hub.model.codes import EventKind, ServiceCode
from hub.model.event import Source
from hub.model.person import PatientRef


@dataclass(slots=True)
class CaseRow:
    """A case under change. `change` grows by one whenever the note would change; `messages` counts them."""

    id: str
    municipality: str
    patient: PatientRef
    sender: str
    kind: EventKind
    service_code: ServiceCode
    alert_code: str | None
    occurred_at: datetime
    opened_at: datetime
    change: int = 0
    messages: int = 0
    acknowledge_by: datetime | None = None
    followed_up_at: datetime | None = None
    escalated_at: datetime | None = None
    escalated_after_s: int | None = None
    alerts: int = 0


@dataclass(slots=True)
class MessageRow:
    """A stored message, or one about to be stored. `raw` is absent (empty) on rows read back for comparing."""

    case_id: str
    number: int
    identity: str
    content_hash: str
    sender: str
    device: str | None
    door: str
    resource_type: str
    identifier_system: str | None
    identifier_value: str | None
    raw: bytes
    registered_at: datetime
    said_at: datetime | None
    occurred_at: datetime | None
    standing: str
    replaces: int | None
    remarks: str | None
    is_alert: bool
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A name of a case: its own, one that was wanted before it was seen, or an alarm's fingerprint."""

    key: str
    case_id: str
    kind: str
    series: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Want:
    """That `destination` should hold the case as it stands after this change."""

    case_id: str
    destination: str
    municipality: str
    patient: PatientRef
    occurred_at: datetime
    change: int


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """An original that was not taken in. `kind` is rejected or conflict; `findings` JSON; unique by content."""

    kind: str
    door: str
    municipality: str
    sender: str
    device: str | None
    raw: bytes
    sha256: str
    findings: str
    received_at: datetime
    case_id: str | None = None


@dataclass(slots=True)
class Known:
    """What the store already holds of the names in a batch."""

    messages: dict[str, list[MessageRow]] = field(default_factory=dict)
    keys: dict[str, KeyRow] = field(default_factory=dict)
    cases: dict[str, CaseRow] = field(default_factory=dict)


@dataclass(slots=True)
class Changes:
    """What a batch of messages changes; written in one transaction with its counters."""

    new_cases: dict[str, CaseRow] = field(default_factory=dict)
    changed_cases: dict[str, CaseRow] = field(default_factory=dict)
    new_messages: list[MessageRow] = field(default_factory=list)
    superseded: list[tuple[str, int]] = field(default_factory=list)
    new_keys: dict[str, KeyRow] = field(default_factory=dict)
    changed_keys: dict[str, KeyRow] = field(default_factory=dict)
    wants: dict[tuple[str, str], Want] = field(default_factory=dict)
    quarantined: list[QuarantineRow] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, by: int = 1) -> None:
        """Add to the counter called `name`."""
        self.counters[name] = self.counters.get(name, 0) + by
