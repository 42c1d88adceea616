"""Holds what the EPJs have against what truly happened: lost, doubled, and by how much. No hub counter is asked."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devices_sim.answer_key import AnswerKey, TrueCase


@dataclass(frozen=True, slots=True)
class StoredNote:
    """A note as an EPJ has it: the hub's key and the whole body."""

    municipality: str
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the comparison says."""

    unique_cases: int
    journal_notes: int
    registered_twice: int
    lost: int
    strangers: int

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost, doubled or made up."""
        return not (self.registered_twice or self.lost or self.strangers)


def notes_in(stores: Mapping[str, Path]) -> list[StoredNote]:
    """Every note in the EPJs' own stores, by organisation number."""
    found = []
    for municipality, path in stores.items():
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            rows = connection.execute("SELECT key, body FROM note")
            found += [StoredNote(municipality, key, body) for key, body in rows]
    return found


def judge(key: AnswerKey, notes: Iterable[StoredNote]) -> Judgement:
    """Count, for each true case, the notes that hold one of its messages."""
    notes = list(notes)
    by_name = _by_name(key)
    holding: Counter[str] = Counter()
    strangers = 0
    for note in notes:
        cases = {case for name, case in by_name.get(note.municipality, {}).items() if name.encode() in note.body}
        holding.update(cases)
        strangers += not cases
    wanted = [case for case in key.cases if case.must_have_note]
    return Judgement(
        unique_cases=len(wanted),
        journal_notes=len(notes),
        registered_twice=sum(max(0, holding[case.id] - 1) for case in wanted),
        lost=sum(holding[case.id] == 0 for case in wanted),
        strangers=strangers,
    )


def _by_name(key: AnswerKey) -> dict[str, dict[str, str]]:
    """The cases by what their messages are called, within each municipality."""
    found: dict[str, dict[str, str]] = {}
    for case in key.cases:
        if case.must_have_note:
            found.setdefault(case.municipality, {}).update(dict.fromkeys(_names(case), case.id))
    return found


def _names(case: TrueCase) -> list[str]:
    return [name for name in case.message_identifiers if name]
