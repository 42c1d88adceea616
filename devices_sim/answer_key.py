"""The answer key: what truly happened, what was sent of it how often, and which notes must exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from devices_sim.emission import CaseFacts, Emission
from devices_sim.technical import SignsOfLife, TrueTechnical
from hub.model.codes import EventKind, ServiceCode

WhyNot = Literal["nothing_sent", "only_broken"]


@dataclass(frozen=True, slots=True)
class TrueCase:
    """One true case, and whether it must become a journal note (a linked double is one case).

    The tuples run in parallel, one place per different message in order of first sending: identifier (None where
    it has none), SHA-256 in hex, and how often it was sent. `answered` is whether the response centre sent a
    follow-up. `late_s` is how long after the event its first message was sent. `phrases` must stand in the note.
    `renumbered` counts messages that told of it again under new identifiers: nobody but the sender can know that
    they are the same. `due_at` is when its first note could be written: the first follow-up of an alert that has
    one, else the first message; None where nothing sound was sent. `clock_error_s` is how far ahead the device's
    clock was.
    """

    id: str
    municipality: str
    patient: str
    kind: EventKind
    service_code: ServiceCode
    alert_code: str | None
    occurred_at: datetime
    must_have_note: bool
    why_not: WhyNot | None
    message_identifiers: tuple[str | None, ...]
    message_sha256s: tuple[str, ...]
    emitted: tuple[int, ...]
    answered: bool
    late_s: int
    device: str
    phrases: tuple[str, ...]
    renumbered: int = 0
    due_at: datetime | None = None
    clock_error_s: int = 0

    @property
    def stated_at(self) -> datetime:
        """When it happened by the device's own clock."""
        return self.occurred_at + timedelta(seconds=self.clock_error_s)

    @property
    def sent_at(self) -> datetime:
        """When its first message was sent."""
        return self.occurred_at + timedelta(seconds=self.late_s)


@dataclass(frozen=True, slots=True)
class TrueFault:
    """A message that must end in quarantine: where it was sent, its SHA-256, what is wrong, and at which element."""

    at: datetime
    topic: str
    sha256: str
    fault: str
    fault_path: str | None


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The whole truth of a run. `published` counts all events sent, faulty and repeated ones with them."""

    cases: tuple[TrueCase, ...]
    faults: tuple[TrueFault, ...]
    technical: tuple[TrueTechnical, ...]
    published: int
    statuses: int

    @property
    def unique_cases(self) -> int:
        """How many cases must become a note."""
        return sum(case.must_have_note for case in self.cases)


#: Equipment that is not put up yet: what it would have said did not happen.
NOT_YET_THERE = "going_live"
#: Remote follow-up alerts come with the nurse's own note: nobody else answers them.
_NURSE = ServiceCode.REMOTE_MONITORING


@dataclass(slots=True)
class _Entry:
    facts: CaseFacts
    last_at: datetime
    first_at: datetime | None = None
    sound_at: datetime | None = None
    answered_at: datetime | None = None
    renumbered: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    identifiers: list[str | None] = field(default_factory=list)


class Scribe:
    """Writes the answer key while emissions pass by: what was not sent did not reach anybody."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._faults: list[TrueFault] = []
        self._technical: list[TrueTechnical] = []
        self._signs = SignsOfLife()
        self._last: datetime | None = None
        self.published = 0
        self.statuses = 0

    def watching(self, emissions: Iterable[Emission]) -> Iterator[Emission]:
        """The same emissions, each noted as it passes."""
        for emission in emissions:
            self.note(emission)
            yield emission

    def note(self, emission: Emission) -> None:
        """Remember that `emission` was sent, or lost."""
        if emission.case is not None and emission.lost != NOT_YET_THERE:
            self._of_case(emission, emission.case)
        if emission.lost:
            return
        self._last = emission.at
        self._technical.extend(self._signs.note(emission))
        if emission.kind == "status":
            self.statuses += 1
            return
        self.published += 1
        if emission.fault is not None:
            at, topic = emission.at, emission.topic
            self._faults.append(TrueFault(at, topic, emission.sha256, emission.fault, emission.fault_path))

    def _of_case(self, emission: Emission, facts: CaseFacts) -> None:
        entry = self._entries.setdefault(facts.id, _Entry(facts, emission.at))
        entry.last_at = emission.at
        if emission.lost:
            return
        entry.first_at = entry.first_at or emission.at
        if emission.fault is not None:
            return
        sha256 = emission.sha256
        if sha256 not in entry.sent:
            entry.identifiers.append(emission.identifier)
            entry.renumbered += emission.is_renumbered
        entry.sent[sha256] = entry.sent.get(sha256, 0) + 1
        entry.sound_at = entry.sound_at or emission.at
        if facts.version > entry.facts.version:
            entry.facts = facts
        if emission.door == "centre" or (facts.kind is EventKind.ALERT and facts.service_code is _NURSE):
            entry.answered_at = entry.answered_at or emission.at

    def closed(self, before: datetime) -> Iterator[TrueCase]:
        """The cases of which nothing was sent since `before`, in order of time; they are forgotten here."""
        done = [key for key, entry in self._entries.items() if entry.last_at < before]
        yield from _ordered(self._entries.pop(key) for key in done)

    def faults_so_far(self) -> list[TrueFault]:
        """The faulty messages since the last call."""
        faults, self._faults = self._faults, []
        return faults

    def technical_so_far(self) -> list[TrueTechnical]:
        """The technical alerts since the last call."""
        technical, self._technical = self._technical, []
        return technical

    def silent(self) -> list[TrueTechnical]:
        """The devices that are silent at the end."""
        return list(self._signs.silent(self._last)) if self._last else []

    def key(self) -> AnswerKey:
        """The answer key of all that has passed and was not given out before, cases in order of time."""
        technical = (*self._technical, *self.silent())
        cases = _ordered(self._entries.values())
        return AnswerKey(cases, tuple(self._faults), technical, self.published, self.statuses)


def _ordered(entries: Iterable[_Entry]) -> tuple[TrueCase, ...]:
    return tuple(sorted(map(_case, entries), key=lambda case: (case.occurred_at, case.id)))


def _case(entry: _Entry) -> TrueCase:
    facts, why_not = entry.facts, _why_not(entry)
    return TrueCase(
        facts.id,
        facts.municipality,
        facts.patient,
        facts.kind,
        facts.service_code,
        facts.alert_code,
        facts.occurred_at,
        why_not is None,
        why_not,
        tuple(entry.identifiers),
        tuple(entry.sent),
        tuple(entry.sent.values()),
        entry.answered_at is not None,
        int((entry.first_at - facts.occurred_at).total_seconds()) if entry.first_at else 0,
        facts.device,
        facts.phrases,
        entry.renumbered,
        entry.answered_at or entry.sound_at,
        facts.clock_error_s,
    )


def _why_not(entry: _Entry) -> WhyNot | None:
    if entry.sound_at:
        return None
    return "nothing_sent" if entry.first_at is None else "only_broken"
