"""The answer key: what truly happened, what was sent of it how often, and which notes must exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from devices_sim.emission import CaseFacts, Emission
from hub.model.codes import EventKind, ServiceCode

WhyNot = Literal["technical", "nothing_sent", "only_broken"]


@dataclass(frozen=True, slots=True)
class TrueCase:
    """One true case, and whether it must become a journal note (a linked double is one case).

    The tuples run in parallel, one place per different message in order of first sending: identifier (None where
    it has none), SHA-256 in hex, and how often it was sent. `answered` is whether the response centre sent a
    follow-up. `late_s` is how long after the event its first message was sent. `phrases` must stand in the note.
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


@dataclass(frozen=True, slots=True)
class TrueFault:
    """A message that must end in quarantine: where it was sent, its SHA-256, what is wrong, and at which element."""

    at: datetime
    topic: str
    sha256: str
    fault: str
    fault_path: str | None


@dataclass(frozen=True, slots=True)
class TrueTechnical:
    """A device that must raise a technical alert to operations: by its last will or by falling silent."""

    municipality: str
    sender: str
    device: str
    why: Literal["last_will", "silence"]
    at: datetime


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


@dataclass(slots=True)
class _Entry:
    facts: CaseFacts
    first_at: datetime
    sound: bool = False
    answered: bool = False
    said_at: datetime | None = None
    phrases: tuple[str, ...] = ()
    sent: dict[str, list[int]] = field(default_factory=dict)
    identifiers: list[str | None] = field(default_factory=list)


class Scribe:
    """Writes the answer key while emissions pass by: what was not sent did not happen to anybody else."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._faults: list[TrueFault] = []
        self._technical: list[TrueTechnical] = []
        self._published = 0
        self._statuses = 0

    def watching(self, emissions: Iterable[Emission]) -> Iterator[Emission]:
        """The same emissions, each noted as it passes."""
        for emission in emissions:
            self.note(emission)
            yield emission

    def note(self, emission: Emission) -> None:
        """Remember that `emission` was sent."""
        if emission.kind == "status":
            self._statuses += 1
            return
        self._published += 1
        if emission.fault is not None:
            at, topic = emission.at, emission.topic
            self._faults.append(TrueFault(at, topic, emission.sha256, emission.fault, emission.fault_path))
        if emission.case is not None:
            self._of_case(emission, emission.case)

    def technical(self, alert: TrueTechnical) -> None:
        """Remember that a device must raise a technical alert."""
        self._technical.append(alert)

    def _of_case(self, emission: Emission, facts: CaseFacts) -> None:
        entry = self._entries.setdefault(facts.id, _Entry(facts, emission.at, phrases=facts.phrases))
        if emission.fault is not None:
            return
        sha256 = emission.sha256
        if sha256 not in entry.sent:
            entry.identifiers.append(emission.identifier)
        entry.sent.setdefault(sha256, [0])[0] += 1
        entry.sound = True
        if emission.door == "centre" and not emission.repeats:
            entry.answered = True
            entry.phrases = facts.phrases

    def key(self) -> AnswerKey:
        """The answer key of all that has passed so far, cases in order of time."""
        cases = sorted((_case(entry) for entry in self._entries.values()), key=lambda c: (c.occurred_at, c.id))
        return AnswerKey(tuple(cases), tuple(self._faults), tuple(self._technical), self._published, self._statuses)


def _case(entry: _Entry) -> TrueCase:
    facts = entry.facts
    why_not: WhyNot | None = "technical" if not facts.note else None if entry.sound else "only_broken"
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
        tuple(count for (count,) in entry.sent.values()),
        entry.answered,
        int((entry.first_at - facts.occurred_at).total_seconds()),
        facts.device,
        entry.phrases,
    )
