"""The note's history: one revision for every message and for the escalation, each saying what it changed.

The first revision is the first thing that was registered. Numbers follow the order of registration, so a revision
keeps its number whatever comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from hub.journal import times
from hub.journal.piece import Piece
from hub.journal.prose import lines
from hub.model.case import CaseHistory, CaseMessage
from hub.model.codes import EventKind
from hub.model.note import NoteRevision

HUB = "Knutepunktet"
_NEW, _GONE = "Nytt: ", "Utgått: "
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
    """The revisions of a case, whose messages are in order of number.

    `told` holds each message's pieces, `patients` a remark on its patient, by message number.
    """
    entries: list[Entry] = []
    seen: set[tuple[str, ...]] = set()
    for message in case.messages:
        remarks = lines(patients.get(message.number, ""))
        changes = _changes(message, told, seen) if entries else ()
        entries.append((message.registered_at, message.sender, (_headline(case, message), *remarks, *changes)))
        seen.update(piece.lines for piece in told.get(message.number, ()))
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
    """The revisions after the first as lines. What a message adds is in the note already; what it changes is shown."""
    told = []
    for revision in found[1:]:
        head, *changes = revision.changes
        told.append(f"{times.shown(revision.registered_at)}, {revision.source}: {head}")
        if any(change.startswith(_GONE) for change in changes):
            told += [f"– {change}" for change in changes]
    return told


def kind_of(message: CaseMessage) -> str:
    """What kind of message it is, in Norwegian."""
    return _TYPES.get(message.resource_type, message.resource_type)


Entry = tuple[datetime, str, tuple[str, ...]]


def _insert(entries: list[Entry], entry: Entry) -> None:
    """After everything that was registered before it, but never as the first of several."""
    place = next((i for i, e in enumerate(entries) if e[0] > entry[0]), len(entries))
    entries.insert(max(place, 1) if entries else 0, entry)


def _changes(message: CaseMessage, told: Told, seen: set[tuple[str, ...]]) -> tuple[str, ...]:
    """What the message adds to what was `seen` already, and what of the version before it falls away."""
    if message.standing == "late":
        return ()
    pieces = told.get(message.number, ())
    if message.replaces is None:
        return tuple(f"{_NEW}{line}" for line in _lines(p for p in pieces if p.lines not in seen))
    old, new = _lines(told.get(message.replaces, ())), _lines(pieces)
    added = (f"{_NEW}{line}" for line in new if line not in old)
    gone = (f"{_GONE}{line}" for line in old if line not in new)
    return (*added, *gone)


def _headline(case: CaseHistory, message: CaseMessage) -> str:
    kind = kind_of(message)
    if message.standing == "late":
        return f"En eldre versjon av samme melding ({kind}) kom etter den nyere. Den er beholdt; notatet er uendret."
    if message.standing == "linked":
        return linked(case, message)
    if message.replaces is not None:
        return f"Ny versjon fra avsender ({kind}) erstatter melding {message.replaces}."
    if message is case.messages[0]:
        return f"Notatet er opprettet etter melding fra avsender ({kind})."
    return f"Ny melding ({kind})."


def _lines(pieces: Iterable[Piece]) -> dict[str, None]:
    return dict.fromkeys(line for piece in pieces for line in piece.lines)
