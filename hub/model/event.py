"""An event on its way in: as it came through a door, and what was read from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.model.codes import EventKind, ReceiptCode, ServiceCode
from hub.model.finding import Finding
from hub.model.person import PatientRef


@dataclass(frozen=True, slots=True)
class Source:
    """The HelseID client that a message came from, and the system behind it where it is named."""

    client_id: str
    client_name: str | None = None
    system_name: str | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as it came: who sent it for whom by which door, and the raw bytes.

    `door` is `mqtt`, `vkp`, `jft`, `pmd` or `operations`; `device` the topic's device segment where there is one.
    `remarks` are what the door itself has to say (a retained message, QoS 0). `is_decided` means that a person has
    settled that this version of a known message is the one to go by. `source` is known of HTTP senders only.
    """

    door: str
    municipality: str
    sender: str
    device: str | None
    payload: bytes
    received_at: datetime
    remarks: tuple[Finding, ...] = ()
    is_decided: bool = False
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What a message says, as far as accepting it needs.

    `identity` is municipality, sender, resource type, identifier system and value, whole, in one text.
    `alarm_keys`, `reference_keys`, `bundle_key` and `fingerprint` are the case key's candidates in that order;
    `own_keys` are all names by which later messages may refer to this one. `alarm_numbers` are the identifiers
    (numbering series and value) that number the alarm. `alarm_reference_keys` are those of `reference_keys` that name
    an alarm, whether it has been seen or not.
    """

    municipality: str
    sender: str
    device: str | None
    resource_type: str
    identifier_system: str | None
    identifier_value: str | None
    identity: str
    content_hash: str
    kind: EventKind
    alert_code: str | None
    patient: PatientRef
    occurred_at: datetime
    said_at: datetime | None
    has_alert: bool
    is_follow_up: bool
    alarm_keys: tuple[str, ...]
    reference_keys: tuple[str, ...]
    bundle_key: str | None
    own_keys: tuple[str, ...]
    fingerprint: str | None
    alarm_numbers: tuple[tuple[str, str], ...]
    alarm_reference_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may be accepted: checked, identified and given a service."""

    inbound: Inbound
    event: Event
    service_code: ServiceCode
    remarks: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. `text` is one Norwegian sentence.

    `case_id` names the case where there is one, and `number` the message in it (of a duplicate, the one that was
    stored before).
    """

    code: ReceiptCode
    text: str
    sha256: str
    identifier_system: str | None = None
    identifier_value: str | None = None
    case_id: str | None = None
    findings: tuple[Finding, ...] = ()
    number: int | None = None
