"""Holds the notes that an EPJ has against what truly happened: missing, doubled, wrong patient, text or order. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from devices_sim.answer_key import AnswerKey, TrueCase
from devices_sim.found_note import FoundNote

#: A note that names no message may still be told by its patient and a time this near to the event.
_NEAR = timedelta(hours=2)


class Fault(StrEnum):
    """What can be wrong."""

    MISSING = "missing"
    DOUBLED = "doubled"
    UNEXPECTED = "unexpected"
    WRONG_PATIENT = "wrong_patient"
    WRONG_TEXT = "wrong_text"
    WRONG_ORDER = "wrong_order"


FAULT_NAMES = {
    Fault.MISSING: "Mangler",
    Fault.DOUBLED: "Ført to ganger",
    Fault.UNEXPECTED: "Notat uten sak",
    Fault.WRONG_PATIENT: "Feil pasient",
    Fault.WRONG_TEXT: "Feil tekst",
    Fault.WRONG_ORDER: "Feil rekkefølge",
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is wrong: with which case (None: a note of no case), which note, and in plain Norwegian what.

    Neither names the patient nor quotes the note.
    """

    fault: Fault
    case: str | None
    note: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome.

    `open_alerts` were never answered and have no note for that reason; `renumbered` notes are doubles that only their
    sender could have known of. `texts_unread` notes came without their text, which was then not checked.
    """

    cases: int
    notes: int
    deviations: tuple[Deviation, ...]
    open_alerts: int
    renumbered: int
    texts_unread: int

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.deviations

    def count(self, fault: Fault) -> int:
        """How many deviations are of one kind."""
        return sum(deviation.fault is fault for deviation in self.deviations)


def verify(key: AnswerKey, notes: Sequence[FoundNote]) -> Verdict:
    """Hold `notes` (in the order in which the EPJ registered them) against the truth."""
    held, strangers = _matched(key.cases, notes)
    deviations: list[Deviation] = [
        Deviation(Fault.UNEXPECTED, None, note.reference, "notatet hører ikke til noen sak i fasiten")
        for note in strangers
    ]
    open_alerts = renumbered = 0
    for case in key.cases:
        mine = held.get(case.id, [])
        is_open = case.must_have_note and case.kind == "alert" and not case.answered
        open_alerts += is_open and not mine
        extra = len(mine) - 1
        renumbered += max(0, min(extra, case.renumbered))
        deviations += _of_case(case, mine, is_open=is_open)
    deviations += _out_of_order(key.cases, held, notes)
    must = sum(case.must_have_note for case in key.cases)
    unread = sum(note.text is None for note in notes)
    return Verdict(must, len(notes), tuple(deviations), open_alerts, renumbered, unread)


def _of_case(case: TrueCase, notes: Sequence[FoundNote], *, is_open: bool) -> Iterator[Deviation]:
    when = f"{case.device} {case.occurred_at:%Y-%m-%d %H:%M:%S}Z"
    if not notes:
        if case.must_have_note and not is_open:
            yield Deviation(Fault.MISSING, case.id, None, f"{when}: intet notat")
        return
    if not case.must_have_note:
        yield Deviation(Fault.UNEXPECTED, case.id, notes[0].reference, f"{when}: skulle ikke hatt notat")
    if len(notes) > 1 + case.renumbered:
        yield Deviation(Fault.DOUBLED, case.id, notes[1].reference, f"{when}: {len(notes)} notater")
    for note in notes:
        if note.patients and note.patients != {case.patient}:
            yield Deviation(Fault.WRONG_PATIENT, case.id, note.reference, f"{when}: notatet gjelder en annen")
        missing = [phrase for phrase in case.phrases if note.text is not None and phrase not in note.text]
        if missing:
            text = f"{when}: {len(missing)} av {len(case.phrases)} opplysninger står ikke i notatet"
            yield Deviation(Fault.WRONG_TEXT, case.id, note.reference, text)


def _matched(
    cases: Sequence[TrueCase], notes: Iterable[FoundNote]
) -> tuple[dict[str, list[FoundNote]], list[FoundNote]]:
    """The notes of each case, and those of none. By the names of messages; else by patient and time."""
    by_name = {name: case for case in cases for name in case.message_identifiers if name}
    by_patient: dict[str, list[TrueCase]] = defaultdict(list)
    for case in cases:
        by_patient[case.patient].append(case)
    held: dict[str, list[FoundNote]] = defaultdict(list)
    nameless: list[FoundNote] = []
    for note in notes:
        found = {by_name[name].id for name in note.names if name in by_name}
        for case_id in found:
            held[case_id].append(note)
        if not found:
            nameless.append(note)
    strangers = [note for note in nameless if not _by_time(note, by_patient, held)]
    return held, strangers


def _by_time(note: FoundNote, by_patient: Mapping[str, list[TrueCase]], held: dict[str, list[FoundNote]]) -> bool:
    """Give a note without known names to the nearest case of its patient that has none yet, if there is one."""
    if note.occurred_at is None:
        return False
    free = [case for patient in note.patients for case in by_patient.get(patient, ()) if not held.get(case.id)]
    if note.names:
        free = [case for case in free if None in case.message_identifiers]
    near = [(abs(case.occurred_at - note.occurred_at), case.id) for case in free]
    if not near or min(near)[0] > _NEAR:
        return False
    held[min(near)[1]].append(note)
    return True


def _out_of_order(
    cases: Sequence[TrueCase], held: Mapping[str, list[FoundNote]], notes: Sequence[FoundNote]
) -> Iterator[Deviation]:
    """Per patient: a case whose note could be written before a later case was even sent has the earlier note.

    So nothing is said of two cases that waited at the same time, of which the later may have waited for nobody. What
    was told under several numbers is left out: each number has a note of its own.
    """
    position = {id(note): number for number, note in enumerate(notes)}
    by_patient: dict[str, list[_Placed]] = defaultdict(list)
    for case in cases:
        if (mine := held.get(case.id)) and case.due_at is not None and not case.renumbered:
            by_patient[case.patient].append(_Placed(case, case.due_at, position[id(mine[0])]))
    for placed in by_patient.values():
        for later in placed:
            if any(later.place < other.place and other.comes_before(later.case) for other in placed):
                case = later.case
                text = f"{case.device} {case.occurred_at:%Y-%m-%d %H:%M:%S}Z: ført før en tidligere sak"
                yield Deviation(Fault.WRONG_ORDER, case.id, held[case.id][0].reference, text)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A case, when its note could be written, and the place of its first note among all."""

    case: TrueCase
    due_at: datetime
    place: int

    def comes_before(self, other: TrueCase) -> bool:
        """Whether this happened first, by all clocks, and could be noted before anything was sent of the other."""
        mine = self.case
        return self.due_at < other.sent_at and mine.occurred_at < other.occurred_at and mine.stated_at < other.stated_at
