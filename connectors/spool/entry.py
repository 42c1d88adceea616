"""What the spool keeps of an event, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fate(StrEnum):
    """What became of an event.

    `TAKEN` means that the hub has it and that no more will be heard; `REGISTERED` that the service has it and that
    its status is being followed until it is `JOURNALED` or `FAILED`. `REFUSED` and `FAILED` need a person, who may
    have let a refused one go (`LET_GO`).
    """

    WAITING = "waiting"
    TAKEN = "taken"
    REGISTERED = "registered"
    JOURNALED = "journaled"
    FAILED = "failed"
    REFUSED = "refused"
    LET_GO = "let go"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self not in (Fate.WAITING, Fate.REGISTERED)


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """A message to send: its type and bytes, the equipment that it is about, and the lane that keeps its order.

    `bundle` is the same as a Bundle, where the type can't go alone by every way to the hub.
    """

    resource_type: str
    payload: bytes
    device: str
    lane: str
    bundle: bytes | None = None

    @property
    def key(self) -> str:
        """What makes two entries the same: equipment and bytes, in the form that can go by every way."""
        return hashlib.sha256(self.device.encode() + b"\0" + (self.bundle or self.payload)).hexdigest()

    def as_taken(self, takes: Collection[str]) -> tuple[str, bytes]:
        """Type and bytes for a way that lets `takes` go alone: the way may have changed since the event was told."""
        if self.bundle is not None and self.resource_type not in takes:
            return "Bundle", self.bundle
        return self.resource_type, self.payload


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry in the spool: its number, its fate so far, and whether it was not there before."""

    number: int
    fate: Fate
    is_new: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that is not at its end: its number, its lane, how often it was tried, when it is next due (seconds
    since 1970), and the reference under which the service knows it once it is registered.
    """

    number: int
    lane: str
    attempts: int = 0
    due: float = 0.0
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of the event `number`: its fate since `at`, in the hub's word for it (`receipt`, of
    `ReceiptCode`) and in words, and how often it was sent.
    """

    number: int
    fate: Fate
    at: datetime
    attempts: int = 0
    receipt: str | None = None
    text: str = ""
    reference: str | None = None
