"""Where a municipality stands in a course: told by its entries, and by nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.model.language import Text
from hub.rehearsal.cases import AcceptanceCase
from hub.rehearsal.comparing import Grade
from hub.rehearsal.course import Course, Step
from hub.rehearsal.entries import (
    AUTO,
    CaseDropped,
    CaseKept,
    Checked,
    DeviationSet,
    Entry,
    FormFilled,
    Noted,
    StepSaid,
)
from hub.rehearsal.forms import Form, Row, missing
from hub.rehearsal.results import CheckResult, Verdict


class StepState(StrEnum):
    """How far a step has come. `planned` is a check whose only faults are of grade C, each with a plan."""

    OPEN = "open"
    DONE = "done"
    PLANNED = "planned"
    FAILED = "failed"
    PERSON = "person"
    NOT_RELEVANT = "not_relevant"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is needed."""
        return self in {StepState.DONE, StepState.PLANNED, StepState.NOT_RELEVANT}


STATE_TITLES = {
    StepState.OPEN: Text(nb="Ikke gjort", en="Not done"),
    StepState.DONE: Text(nb="Ferdig", en="Done"),
    StepState.PLANNED: Text(nb="Ferdig, med plan for C-feil", en="Done, with a plan for C faults"),
    StepState.FAILED: Text(nb="Ikke bestått", en="Failed"),
    StepState.PERSON: Text(nb="Må bekreftes av et menneske", en="To be confirmed by a person"),
    StepState.NOT_RELEVANT: Text(nb="Gjelder ikke", en="Does not apply"),
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """A fault that was found. `by_check` is one that a check raised, and that a later run of it may close."""

    id: str
    title: str
    grade: Grade
    plan: str = ""
    responsible: str = ""
    due: str = ""
    closed: bool = False
    by_check: bool = False

    @property
    def blocks(self) -> bool:
        """Whether it must be dealt with first: A and B fixed, C planned with somebody responsible and a date."""
        if self.closed:
            return False
        return self.grade is not Grade.C or not (self.plan and self.responsible and self.due)


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step: its state, who said so last and when, the evidence, the newest check, and remarks."""

    step: Step
    state: StepState
    who: str = ""
    at: datetime | None = None
    evidence: str = ""
    result: CheckResult | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_declared(self) -> bool:
        """Whether an unattended rehearsal said so, and nobody has done it."""
        return self.state.is_over and self.who == AUTO and self.result is None


@dataclass(frozen=True, slots=True)
class Progress:
    """A municipality's whole standing in a course."""

    course: Course
    steps: tuple[StepProgress, ...]
    forms: Mapping[str, Mapping[str, str | tuple[Row, ...]]]
    deviations: tuple[Deviation, ...]
    cases: tuple[AcceptanceCase, ...]

    def of(self, step_id: str) -> StepProgress:
        """The step with this id. Raises KeyError when the course has none."""
        found = next((p for p in self.steps if p.step.id == step_id), None)
        if found is None:
            raise KeyError(step_id)
        return found

    @property
    def next(self) -> StepProgress | None:
        """The first step that is not over, or None at the end."""
        return next((p for p in self.steps if not p.state.is_over), None)

    @property
    def over(self) -> int:
        """How many steps are over."""
        return sum(p.state.is_over for p in self.steps)


@dataclass(slots=True)
class _Gathered:
    said: dict[str, tuple[Entry, StepSaid]] = field(default_factory=dict)
    checks: dict[str, tuple[Entry, CheckResult]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    forms: dict[str, Mapping[str, str | tuple[Row, ...]]] = field(default_factory=dict)
    deviations: dict[str, Deviation] = field(default_factory=dict)
    cases: dict[str, AcceptanceCase] = field(default_factory=dict)

    titles: Mapping[str, str] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        content = entry.content
        if isinstance(content, StepSaid):
            self.said[content.step] = (entry, content)
        elif isinstance(content, Checked):
            self.checks[content.result.step] = (entry, content.result)
            self._deviations_of(content.result)
        elif isinstance(content, Noted):
            self.notes.setdefault(content.step, []).append(f"{entry.who}: {content.text}")
        elif isinstance(content, FormFilled):
            self.forms[content.form] = content.values
        elif isinstance(content, DeviationSet):
            self.deviations[content.id] = _set(content, self.deviations.get(content.id))
        elif isinstance(content, CaseKept):
            self.cases[content.case.id] = content.case
        elif isinstance(content, CaseDropped):
            self.cases.pop(content.case, None)

    def _deviations_of(self, result: CheckResult) -> None:
        """A failed case is a deviation until the case passes; a grade and plan that a person gave stay."""
        failing = {f"{result.step}/{case.case}": case for case in result.cases if case.verdict is Verdict.FAILED}
        for deviation_id, case in failing.items():
            old = self.deviations.get(deviation_id)
            kept = old if old is not None and not old.closed else None
            self.deviations[deviation_id] = Deviation(
                id=deviation_id,
                title=f"{self.titles.get(result.step, result.step)}: {case.title.nb}",
                grade=kept.grade if kept else case.grade or Grade.B,
                plan=kept.plan if kept else "",
                responsible=kept.responsible if kept else "",
                due=kept.due if kept else "",
                by_check=True,
            )
        for deviation_id, old in self.deviations.items():
            if old.by_check and deviation_id.startswith(f"{result.step}/") and deviation_id not in failing:
                self.deviations[deviation_id] = _closed(old)


def _set(content: DeviationSet, old: Deviation | None) -> Deviation:
    by_check = old is not None and old.by_check
    return Deviation(
        id=content.id,
        title=content.title,
        grade=content.grade,
        plan=content.plan,
        responsible=content.responsible,
        due=content.due,
        closed=content.closed and not by_check,
        by_check=by_check,
    )


def _closed(old: Deviation) -> Deviation:
    return Deviation(old.id, old.title, old.grade, old.plan, old.responsible, old.due, closed=True, by_check=True)


def progress(course: Course, forms: Mapping[str, Form], entries: Iterable[Entry]) -> Progress:
    """The standing that `entries`, in the order of their writing, lead to.

    What a check found can only be changed by a new check: a deviation that a check raised is closed by the case
    passing, never by a person's word.
    """
    gathered = _Gathered(titles={step.id: step.title.nb for step in course.steps()})
    for entry in entries:
        gathered.take(entry)
    steps = tuple(_step(step, gathered, forms) for step in course.steps())
    own = tuple(gathered.cases.values())
    return Progress(course, steps, gathered.forms, tuple(gathered.deviations.values()), own)


def _step(step: Step, gathered: _Gathered, forms: Mapping[str, Form]) -> StepProgress:
    entry, said = gathered.said.get(step.id, (None, None))
    checked_by, result = gathered.checks.get(step.id, (None, None))
    last = max((e for e in (entry, checked_by) if e is not None), key=lambda e: e.at, default=None)
    return StepProgress(
        step=step,
        state=_state(step, said, result, gathered, forms, is_later=_is_later(entry, checked_by)),
        who=last.who if last else "",
        at=last.at if last else None,
        evidence=said.evidence if said else "",
        result=result,
        notes=tuple(gathered.notes.get(step.id, ())),
    )


def _is_later(said: Entry | None, checked: Entry | None) -> bool:
    """Whether a person spoke after the newest check, and so knew what it found."""
    return said is not None and (checked is None or said.at >= checked.at)


def _state(
    step: Step,
    said: StepSaid | None,
    result: CheckResult | None,
    gathered: _Gathered,
    forms: Mapping[str, Form],
    *,
    is_later: bool,
) -> StepState:
    if said is not None and said.state == "not_relevant" and step.may_skip is not None:
        return StepState.NOT_RELEVANT
    is_said_done = said is not None and said.state == "done"
    if step.check is not None:
        return _checked_state(step, result, gathered, is_confirmed=is_said_done and is_later)
    if not is_said_done:
        return StepState.OPEN
    if step.form is not None and missing(forms[step.form], gathered.forms.get(step.form, {})):
        return StepState.OPEN
    return StepState.DONE


def _checked_state(step: Step, result: CheckResult | None, gathered: _Gathered, *, is_confirmed: bool) -> StepState:
    if result is None:
        return StepState.OPEN
    if result.verdict is Verdict.PASSED:
        return StepState.DONE
    if result.verdict is Verdict.FAILED:
        return StepState.PLANNED if _all_planned(step, result, gathered) else StepState.FAILED
    return StepState.DONE if is_confirmed else StepState.PERSON


def _all_planned(step: Step, result: CheckResult, gathered: _Gathered) -> bool:
    """Whether every fault is a case with a deviation of grade C and a whole plan."""
    if any(said.verdict is Verdict.FAILED for said in result.said):
        return False
    failing = [case for case in result.cases if case.verdict is Verdict.FAILED]
    return bool(failing) and not any(gathered.deviations[f"{step.id}/{case.case}"].blocks for case in failing)
