"""The journal note: what a nurse reads, with the senders' resources whole beneath it.

A note is composed (`hub.journal`) from everything that is known of a case. An adapter turns it into
what its EPJ takes; it adds nothing and leaves nothing out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.model.codes import EventKind, ServiceCode
from hub.model.person import PatientRef


@dataclass(frozen=True, slots=True)
class NoteSection:
    """A headed part of the note: Norwegian lines in reading order. `code` is of composition-section."""

    heading: str
    lines: tuple[str, ...]
    code: str = "2"


@dataclass(frozen=True, slots=True)
class NoteRevision:
    """What one more message did to the note: number (from 1), when registered, who said it, what changed."""

    number: int
    registered_at: datetime
    source: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """A message of the case, verbatim: raw JSON bytes as received, and how the sender names it."""

    raw: bytes
    resource_type: str
    sender: str
    received_at: datetime
    identifier_system: str | None = None
    identifier_value: str | None = None


@dataclass(frozen=True, slots=True)
class JournalNote:
    """One case as a journal note.

    `key` is the hub's own and the same for the life of the case. `category` is a composition-category code
    (1 safety and mastery, 2 remote follow-up). `revision` is the number of the newest entry in `revisions`.
    Times are aware and UTC; `text` and `sections` already show them in Norwegian local time.
    """

    key: str
    municipality: str
    patient: PatientRef
    kind: EventKind
    service_code: ServiceCode
    category: str
    title: str
    occurred_at: datetime
    registered_at: datetime
    source: str
    sections: tuple[NoteSection, ...]
    revisions: tuple[NoteRevision, ...]
    messages: tuple[SourceMessage, ...]

    @property
    def revision(self) -> int:
        """The newest revision's number."""
        return self.revisions[-1].number

    @property
    def text(self) -> str:
        """The whole note as plain Norwegian text, section by section."""
        return "\n\n".join("\n".join((s.heading, *s.lines)) for s in self.sections)

    def changes_since(self, revision: int) -> tuple[NoteRevision, ...]:
        """The revisions that came after `revision`: what an addendum must say."""
        return tuple(r for r in self.revisions if r.number > revision)
