"""The store of a simulated EPJ: patients, notes with every version that they had, and settings."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from epj_adapter.simulated.group_commit import GroupCommit
from hub.model.person import PatientRef

State = Literal["unread", "read", "signed"]
How = Literal["created", "replaced", "addendum"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS patient(id INTEGER PRIMARY KEY, system TEXT, value TEXT, UNIQUE(system, value));
CREATE TABLE IF NOT EXISTS note(
    id INTEGER PRIMARY KEY, key TEXT, claim TEXT UNIQUE, patient INTEGER, title TEXT, category TEXT, source TEXT,
    event_at TEXT, revision INTEGER, version INTEGER, how TEXT, state TEXT, body BLOB, created REAL, updated REAL);
CREATE INDEX IF NOT EXISTS note_key ON note(key);
CREATE INDEX IF NOT EXISTS note_patient ON note(patient, event_at);
CREATE TABLE IF NOT EXISTS version(
    note INTEGER, version INTEGER, how TEXT, revision INTEGER, at REAL, body BLOB, PRIMARY KEY(note, version));
CREATE TABLE IF NOT EXISTS setting(name TEXT PRIMARY KEY, value TEXT);
"""
_FROM = (
    "SELECT note.id, key, patient.system, patient.value, title, category, source, event_at, revision, version,"
    " how, state, body, created, updated FROM note JOIN patient ON patient.id = note.patient"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A note as it is handed in: the hub's key, what a list of notes shows, and the body as it came."""

    key: str
    patient: PatientRef
    title: str
    category: str
    source: str
    event_at: str
    revision: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A stored note. `version` counts the EPJ's own versions from 1; times are seconds since 1970."""

    id: int
    draft: Draft
    version: int
    how: How
    state: State
    created: float
    updated: float


@dataclass(frozen=True, slots=True)
class Version:
    """One version that a note has had."""

    version: int
    how: How
    revision: int
    at: float
    body: bytes


class SeveralNotes(Exception):
    """More than one note has the key."""


class Store:
    """Notes on disk. `now` gives seconds since 1970."""

    def __init__(self, path: Path, *, now: Callable[[], float]) -> None:
        self._db = GroupCommit(path, _SCHEMA)
        self._now = now
        self._patients: dict[PatientRef, int] = {}

    async def create(self, draft: Draft, *, claim: str | None) -> tuple[Note, bool]:
        """The new note and True; with a `claim` on the key and one note that has it, that note and False.

        Raises SeveralNotes when the key that is claimed has been registered more than once.
        """
        at = self._now()
        number, made = await self._db.run(lambda c: self._insert(c, draft, claim, at))
        if made:
            return Note(number, draft, 1, "created", "unread", at, at), True
        return self.note(number) or Note(number, draft, 1, "created", "unread", at, at), False

    async def replace(self, number: int, draft: Draft, *, how: How) -> Note | None:
        """The note with a new version, the old one kept; None when there is no such note."""
        at = self._now()
        await self._db.run(lambda c: _update(c, number, draft, how, at))
        return self.note(number)

    async def mark(self, number: int, state: State) -> Note | None:
        """The note as read, signed or unread; None when there is no such note."""
        await self._db.run(lambda c: c.execute("UPDATE note SET state = ? WHERE id = ?", (state, number)))
        return self.note(number)

    async def set(self, name: str, value: str) -> None:
        """Keep a setting."""
        await self._db.run(lambda c: c.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value)))

    def setting(self, name: str) -> str | None:
        """A setting that was kept, or None."""
        rows = self._db.read("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def note(self, number: int) -> Note | None:
        """The note with this number."""
        return next(iter(self._notes("WHERE note.id = ?", (number,))), None)

    def with_key(self, key: str) -> list[Note]:
        """The notes with this key, oldest first; more than one is a note registered twice."""
        return self._notes("WHERE key = ? ORDER BY note.id", (key,))

    def notes(self, *, offset: int = 0, limit: int = -1) -> list[Note]:
        """Notes in the order that they were registered."""
        return self._notes("ORDER BY note.id LIMIT ? OFFSET ?", (limit, offset))

    def of_patient(self, number: int, *, offset: int, limit: int) -> list[Note]:
        """A patient's notes in order of the event, newest first."""
        where = "WHERE note.patient = ? ORDER BY event_at DESC, note.id DESC LIMIT ? OFFSET ?"
        return self._notes(where, (number, limit, offset))

    def versions(self, note: Note) -> list[Version]:
        """All versions of a note, oldest first, the present one last."""
        rows = self._db.read(
            "SELECT version, how, revision, at, body FROM version WHERE note = ? ORDER BY version", (note.id,)
        )
        present = Version(note.version, note.how, note.draft.revision, note.updated, note.draft.body)
        return [*(Version(*row) for row in rows), present]

    def patients(self, *, offset: int, limit: int) -> list[tuple[int, PatientRef, int, str]]:
        """Patients with notes, newest event first: number, identifier, count of notes, time of the newest event."""
        rows = self._db.read(
            "SELECT patient.id, system, value, count(*), max(event_at) FROM patient"
            " JOIN note ON note.patient = patient.id GROUP BY patient.id ORDER BY max(event_at) DESC, patient.id"
            " LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [(number, PatientRef(system, value), count, newest) for number, system, value, count, newest in rows]

    def counts(self) -> dict[str, int]:
        """How many notes, patients and addenda there are, and how many keys were registered more than once."""
        notes, addenda = self._db.read("SELECT count(*), coalesce(sum(how = 'addendum'), 0) FROM note")[0]
        twice = self._db.read("SELECT count(*) FROM (SELECT 1 FROM note GROUP BY key HAVING count(*) > 1)")[0][0]
        patients = self._db.read("SELECT count(DISTINCT patient) FROM note")[0][0]
        return {"notes": notes, "registered_twice": twice, "patients": patients, "addenda": addenda}

    async def patient_number(self, patient: PatientRef) -> int:
        """The EPJ's own number of a patient, given at the first time that it is asked for."""
        known = self._patients.get(patient)
        return known if known is not None else await self._db.run(lambda c: self._patient(c, patient))

    def patient_with(self, number: int) -> PatientRef | None:
        """The patient with this number."""
        rows = self._db.read("SELECT system, value FROM patient WHERE id = ?", (number,))
        return PatientRef(*rows[0]) if rows else None

    async def aclose(self) -> None:
        """Finish what waits, and close."""
        await self._db.aclose()

    def _patient(self, c: sqlite3.Connection, patient: PatientRef) -> int:
        known = self._patients.get(patient)
        if known is None:
            c.execute("INSERT OR IGNORE INTO patient(system, value) VALUES (?, ?)", (patient.system, patient.value))
            row = c.execute("SELECT id FROM patient WHERE system = ? AND value = ?", (patient.system, patient.value))
            known = self._patients[patient] = int(row.fetchone()[0])
        return known

    def _insert(self, c: sqlite3.Connection, draft: Draft, claim: str | None, at: float) -> tuple[int, bool]:
        if claim is not None:
            there = c.execute("SELECT id FROM note WHERE key = ? ORDER BY id LIMIT 2", (draft.key,)).fetchall()
            if len(there) > 1:
                raise SeveralNotes(draft.key)
            if there:
                return int(there[0][0]), False
        d = draft
        cursor = c.execute(
            "INSERT INTO note(key, claim, patient, title, category, source, event_at, revision, version, how, state,"
            " body, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 'created', 'unread', ?, ?, ?)",
            (
                d.key,
                claim,
                self._patient(c, d.patient),
                d.title,
                d.category,
                d.source,
                d.event_at,
                d.revision,
                d.body,
                at,
                at,
            ),
        )
        return int(cursor.lastrowid or 0), True

    def _notes(self, where: str, values: tuple[object, ...]) -> list[Note]:
        return [_note(row) for row in self._db.read(f"{_FROM} {where}", values)]


def _update(c: sqlite3.Connection, number: int, draft: Draft, how: How, at: float) -> None:
    c.execute("INSERT INTO version SELECT id, version, how, revision, updated, body FROM note WHERE id = ?", (number,))
    c.execute(
        "UPDATE note SET title = ?, category = ?, source = ?, event_at = ?, revision = ?, version = version + 1,"
        " how = ?, body = ?, updated = ? WHERE id = ?",
        (draft.title, draft.category, draft.source, draft.event_at, draft.revision, how, draft.body, at, number),
    )


def _note(row: tuple[object, ...]) -> Note:
    (
        number,
        key,
        system,
        value,
        title,
        category,
        source,
        event_at,
        revision,
        version,
        how,
        state,
        body,
        created,
        updated,
    ) = row
    draft = Draft(key, PatientRef(system, value), title, category, source, event_at, revision, body)  # type: ignore[arg-type]  # SQLite rows are untyped
    return Note(number, draft, version, how, state, created, updated)  # type: ignore[arg-type]  # as above
