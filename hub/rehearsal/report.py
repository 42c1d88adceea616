"""The test report and readiness summary as values, in one language, ready for a page or a PDF. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.model.clock import ENGLISH_MONTHS, OSLO
from hub.model.language import Language
from hub.rehearsal.comparing import Pair
from hub.rehearsal.course import ROLE_TITLES, Course, Step
from hub.rehearsal.desk import Standing
from hub.rehearsal.entries import AUTO
from hub.rehearsal.forms import Form, Values, shown
from hub.rehearsal.progress import STATE_TITLES, Deviation, Progress, StepProgress
from hub.rehearsal.readiness import Readiness
from hub.rehearsal.report_words import WORDS
from hub.rehearsal.results import VERDICT_TITLES, CaseResult, CheckResult, Verdict


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in the report. `mark` is ok, fail, or person for what an unattended rehearsal only declared."""

    title: str
    roles: str
    owner: str
    state: str
    mark: str
    who: str
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class PhaseBlock:
    """A phase with its steps."""

    title: str
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class CaseBlock:
    """A case: its verdict, what was seen, and expected and actual beside each other."""

    title: str
    verdict: str
    mark: str
    grade: str
    said: tuple[str, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class CheckBlock:
    """A check that was made."""

    title: str
    verdict: str
    mark: str
    at: str
    said: tuple[tuple[str, str], ...]
    cases: tuple[CaseBlock, ...]


@dataclass(frozen=True, slots=True)
class FormBlock:
    """A form as it was filled in: texts by title, then tables with their columns."""

    title: str
    texts: tuple[tuple[str, str], ...]
    tables: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything in the report. `words` are its headings in its language."""

    language: Language
    words: Mapping[str, str]
    title: str
    municipality: str
    number: str
    course: str
    begun: str
    newest: str
    newest_at: datetime
    readiness: Readiness
    verdict: str
    blocking: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    phases: tuple[PhaseBlock, ...]
    checks: tuple[CheckBlock, ...]
    deviations: tuple[Deviation, ...]
    forms: tuple[FormBlock, ...]
    sources: tuple[str, ...]


def local(moment: datetime, language: Language) -> str:
    """Norwegian time to the minute, as it is written in `language`."""
    t = moment.astimezone(OSLO)
    if language is Language.EN:
        return f"{t.day} {ENGLISH_MONTHS[t.month - 1]} {t:%Y, %H:%M}"
    return f"{t:%d.%m.%Y kl. %H:%M}"


def report(standing: Standing, forms: Mapping[str, Form], language: Language) -> Report:
    """The report of a rehearsal as it stands. The same standing gives the same report."""
    words = {key: text.said(language) for key, text in WORDS.items()}
    reached, summary = standing.progress, standing.readiness
    newest = standing.entries[-1].at if standing.entries else standing.begun.started_at
    return Report(
        language=language,
        words=words,
        title=f"{words['title']}: {standing.begun.name}",
        municipality=standing.begun.name,
        number=standing.begun.municipality,
        course=reached.course.title.said(language),
        begun=local(standing.begun.started_at, language),
        newest=local(newest, language),
        newest_at=newest,
        readiness=summary,
        verdict=_verdict(summary, words),
        blocking=tuple(text.said(language) for text in summary.blocking),
        facts=tuple(_facts(summary, words)),
        phases=tuple(_phases(reached, language, words)),
        checks=tuple(_check(p.step, p.result, language) for p in reached.steps if p.result is not None),
        deviations=reached.deviations,
        forms=tuple(_form(forms[name], values, language) for name, values in reached.forms.items()),
        sources=tuple(_sources(reached.course, words)),
    )


def _verdict(summary: Readiness, words: Mapping[str, str]) -> str:
    if not summary.is_ready:
        return words["not_ready"]
    return words["ready_as_rehearsal"] if summary.is_rehearsal_only else words["ready"]


def _facts(summary: Readiness, words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (words["steps_over"], f"{summary.over} / {summary.steps}"),
        (words["checked"], str(summary.checked)),
        (words["declared"], str(summary.declared)),
        (words["open_a"], str(summary.open_a)),
        (words["open_b"], str(summary.open_b)),
        (words["planned_c"], str(summary.planned_c)),
    ]


def _phases(reached: Progress, language: Language, words: Mapping[str, str]) -> list[PhaseBlock]:
    by_id = {p.step.id: p for p in reached.steps}
    course = reached.course
    return [
        PhaseBlock(
            phase.title.said(language),
            tuple(_line(by_id[step.id], course, language, words) for step in phase.step),
        )
        for phase in course.phase
    ]


def _line(of: StepProgress, course: Course, language: Language, words: Mapping[str, str]) -> StepLine:
    name = words["unattended"] if of.who == AUTO else of.who
    who = f"{name}, {local(of.at, language)}" if of.at else ""
    return StepLine(
        title=of.step.title.said(language),
        roles=", ".join(of.step.roles),
        owner=ROLE_TITLES[of.step.owner].said(language),
        state=words["declared_state"] if of.is_declared else STATE_TITLES[of.state].said(language),
        mark="person" if of.is_declared else "ok" if of.state.is_over else "fail",
        who=who,
        evidence="" if of.is_declared else of.evidence,
        source=source_line(course, of.step, words),
    )


def source_line(course: Course, step: Step, words: Mapping[str, str]) -> str:
    """Where a step is known from, with the date, or that NHN has not confirmed it."""
    source = course.source_of(step)
    if source is None:
        return words["unconfirmed"]
    return f"{source.title} ({words[source.date_is]} {source.date})"


def _sources(course: Course, words: Mapping[str, str]) -> list[str]:
    return [f"{s.title}, {s.address} ({words[s.date_is]} {s.date})" for s in course.source]


_MARKS = {Verdict.PASSED: "ok", Verdict.FAILED: "fail", Verdict.PERSON: "person", Verdict.SKIPPED: "skip"}


def _check(step: Step, result: CheckResult, language: Language) -> CheckBlock:
    return CheckBlock(
        title=step.title.said(language),
        verdict=VERDICT_TITLES[result.verdict].said(language),
        mark=_MARKS[result.verdict],
        at=local(result.at, language),
        said=tuple((_MARKS[s.verdict], s.text.said(language)) for s in result.said),
        cases=tuple(_case(case, language, is_whole=step.check == "acceptance") for case in result.cases),
    )


def _case(case: CaseResult, language: Language, *, is_whole: bool) -> CaseBlock:
    """A case; outside the acceptance test the notes are shown only where they are not as expected."""
    return CaseBlock(
        title=case.title.said(language),
        verdict=VERDICT_TITLES[case.verdict].said(language),
        mark=_MARKS[case.verdict],
        grade=case.grade or "",
        said=tuple(s.text.said(language) for s in case.said),
        pairs=case.pairs if is_whole or case.verdict is Verdict.FAILED else (),
    )


def _form(form: Form, values: Values, language: Language) -> FormBlock:
    texts = [
        (field.title.said(language), shown(field, values.get(field.id), language) or "–")
        for field in form.field
        if field.kind != "table"
    ]
    tables = []
    for field in form.field:
        rows = values.get(field.id, ())
        if field.kind == "table" and not isinstance(rows, str):
            titles = tuple(column.title.said(language) for column in field.column)
            cells = tuple(tuple(row.get(column.id, "") for column in field.column) for row in rows)
            tables.append((field.title.said(language), titles, cells))
    return FormBlock(form.title.said(language), tuple(texts), tuple(tables))
