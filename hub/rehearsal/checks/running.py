"""Runs one acceptance case: fills it in, sends it, waits for its note, and holds the note against what was expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from hub.model.codes import ReceiptCode
from hub.rehearsal.cases import AcceptanceCase, acceptance_cases
from hub.rehearsal.checks.trial import Trial
from hub.rehearsal.comparing import proposed_grade, side_by_side
from hub.rehearsal.results import CaseResult, Said, failed, for_a_person, passed, verdict_of
from hub.rehearsal.surroundings import Answer, SeenNote

#: What JFT takes; other single resources have no way in there.
_JFT_TYPES = frozenset({"Bundle", "Composition", "MedicationDispense"})


@dataclass(frozen=True, slots=True)
class Run:
    """A case that was run: what was answered, the notes that came, and the result."""

    answers: tuple[Answer, ...]
    notes: tuple[SeenNote, ...]
    result: CaseResult


def fitting(trial: Trial) -> Iterator[AcceptanceCase]:
    """The cases that can be run by the trial's door: the common ones, then the municipality's own."""
    for case in (*acceptance_cases(), *trial.own_cases):
        if trial.door == "mqtt" or all(_type_of(message.text) in _JFT_TYPES for message in case.message):
            yield case


def _type_of(template: str) -> str:
    """The template's resource type. The placeholders stand in strings, so that a template is JSON as it is."""
    return str(orjson.loads(template).get("resourceType"))


async def sent_case(trial: Trial, case: AcceptanceCase, *, sender: str, place: int, purpose: str) -> Run:
    """Run `case` as `sender`, with the identity that is reserved for `purpose`."""
    patient = trial.patient(purpose)
    answers, names = [], []
    fill = trial.fill(case.id, sender=sender, patient=patient, place=place)
    for number, message in enumerate(case.message):
        name = fill.name(f"message{number}")
        names.append(name)
        payload = fill.message(message.text, name=name)
        answers.append(
            await trial.hub.send(trial.municipality, sender, payload, device=message.device, door=trial.door)
        )
    taken = all(answer.code is ReceiptCode.ACCEPTED or answer.code is ReceiptCode.AMENDED for answer in answers)
    notes = await trial.hub.notes(trial.municipality, patient, names) if taken else ()
    expected = [fill.line(line) for line in case.expected]
    return Run(tuple(answers), notes, _judged(case, expected, tuple(answers), notes))


def _judged(
    case: AcceptanceCase, expected: list[str], answers: tuple[Answer, ...], notes: tuple[SeenNote, ...]
) -> CaseResult:
    note = notes[0] if notes else None
    pairs = side_by_side(expected, note.lines if note else ())
    grade = proposed_grade(pairs, notes=len(notes))
    absent = sum(pair.is_missing for pair in pairs)
    said = [*(_answered(answer) for answer in answers), _counted(len(notes)), *_lines(len(notes), absent)]
    if note is not None and note.seen_in == "hub":
        said.append(for_a_person("Notatet er vist slik knutepunktet sendte det; se etter i EPJ.", "Look in the EHR."))
    return CaseResult(
        case=case.id,
        title=case.title,
        verdict=verdict_of(said),
        said=tuple(said),
        pairs=pairs,
        grade=grade,
        note=note.key if note else None,
        seen_in=note.seen_in if note else "",
    )


def _answered(answer: Answer) -> Said:
    if answer.code in {ReceiptCode.REJECTED, ReceiptCode.CONFLICT}:
        advice = f" {answer.advice[0]}" if answer.advice else ""
        return failed(f"Svar: {answer.text}.{advice}", f"Answer: {answer.code.value}.{advice}")
    return passed(f"Svar: {answer.text}.", f"Answer: {answer.code.value}.")


def _counted(notes: int) -> Said:
    if notes == 1:
        return passed("Ett notat.", "One note.")
    return failed(f"{notes} notater, skulle vært ett.", f"{notes} notes, should be one.")


def _lines(notes: int, missing: int) -> list[Said]:
    if notes == 0:
        return []
    if missing == 0:
        return [passed("Alle ventede linjer står i notatet.", "Every expected line is in the note.")]
    return [failed(f"{missing} ventede linjer mangler i notatet.", f"{missing} expected lines are missing.")]
