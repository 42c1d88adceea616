"""The note's history: one revision for every message and for the escalation, each saying what it changed.

The first revision is the first thing that was registered. Numbers follow the order of registration, so a revision
keeps its number whatever comes later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.journal import times
from hub.journal.piece import Piece
from hub.journal.prose import lines
from hub.model.case import CaseHistory, CaseMessage
from hub.model.codes import EventKind
from hub.model.note import NoteRevision

HUB = "Knutepunktet"
_TYPES = {
    "DetectedIssue": "varsel",
    "Encounter": "oppfølging",
    "Composition": "notat",
    "MedicationDispense": "medisinutlevering",
    "Observation": "måling",
    "QuestionnaireResponse": "skjemabesvarelse",
    "Bundle": "samlemelding",
}

Told = Mapping[int, Sequence[Piece]]


def revisions(case: CaseHistory, told: Told, patients: Mapping[int, str]) -> tuple[NoteRevision, ...]:
    """The revisions of a case. `told` holds each message's pieces, `patients` a remark on its patient, by number."""
    messages = sorted(case.messages, key=lambda m: m.number)
    entries = [(m.registered_at, m.sender, _changes(case, m, told, patients.get(m.number, ""))) for m in messages]
    if case.not_acknowledged_at:
        _insert(entries, (case.not_acknowledged_at, HUB, (not_acknowledged(case),)))
    if not entries:
        entries = [(case.opened_at, HUB, ("Notatet er opprettet uten meldinger.",))]
    return tuple(NoteRevision(n, at, source, changes) for n, (at, source, changes) in enumerate(entries, 1))


def not_acknowledged(case: CaseHistory) -> str:
    """That nobody acknowledged the alert in time, and when operations were told."""
    within = f" innen {times.duration(case.escalated_after_s)}" if case.escalated_after_s else ""
    told = times.clock(case.not_acknowledged_at) if case.not_acknowledged_at else ""
    return f"Ikke kvittert{within}; varslet drift {told}."


def linked(case: CaseHistory, message: CaseMessage) -> str:
    """That `message` probably tells of the same alarm."""
    what = "alarm" if case.kind is EventKind.ALERT else "hendelse"
    at = message.occurred_at or message.said_at or message.registered_at
    return f"Trolig samme {what}, også meldt av {message.sender} {times.clock(at)}."


def history(found: Sequence[NoteRevision]) -> list[str]:
    """The revisions after the first as lines, short: what a new message adds is already in the note."""
    return [
        f"{times.shown(r.registered_at)}, {r.source}: {' '.join(c for c in r.changes if not c.startswith('Nytt: '))}"
        for r in found[1:]
    ]


def kind_of(message: CaseMessage) -> str:
    """What kind of message it is, in Norwegian."""
    return _TYPES.get(message.resource_type, message.resource_type)


Entry = tuple[datetime, str, tuple[str, ...]]


def _insert(entries: list[Entry], entry: Entry) -> None:
    """After everything that was registered before it, but never as the first of several."""
    place = next((i for i, e in enumerate(entries) if e[0] > entry[0]), len(entries))
    entries.insert(max(place, 1) if entries else 0, entry)


def _changes(case: CaseHistory, message: CaseMessage, told: Told, patient: str) -> tuple[str, ...]:
    head = _headline(case, message)
    remarks = lines(patient)
    if message.standing == "late" or message.number == min(m.number for m in case.messages):
        return (head, *remarks)
    old = _lines(told.get(message.replaces, ())) if message.replaces else {}
    new = _lines(told.get(message.number, ()))
    added = (f"Nytt: {line}" for line in new if line not in old)
    gone = (f"Utgått: {line}" for line in old if line not in new)
    return (head, *remarks, *added, *gone)


def _headline(case: CaseHistory, message: CaseMessage) -> str:
    kind = kind_of(message)
    if message.standing == "late":
        return f"En eldre versjon av et {kind} kom etter den nyere; den er beholdt i historikken, notatet er uendret."
    if message.standing == "linked":
        return linked(case, message)
    if message.replaces is not None:
        return f"Ny versjon fra avsender ({kind}) erstatter melding {message.replaces}."
    first = message.number == min(m.number for m in case.messages)
    return f"Notatet er opprettet etter melding fra avsender ({kind})." if first else f"Ny melding ({kind})."


def _lines(pieces: Sequence[Piece]) -> dict[str, None]:
    return dict.fromkeys(line for piece in pieces for line in piece.lines)
