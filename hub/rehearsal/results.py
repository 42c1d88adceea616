"""What a check found: sentences, and for tests a result per case with expected and actual side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from hub.model.language import Frozen, Text
from hub.rehearsal.comparing import Grade, Pair


class Verdict(StrEnum):
    """How a check or a case ended.

    `person` means that the hub could not see it for itself and a person must confirm it, with evidence; `skipped` that
    the case does not concern this municipality or cannot be run here.
    """

    PASSED = "passed"
    FAILED = "failed"
    PERSON = "person"
    SKIPPED = "skipped"


VERDICT_TITLES = {
    Verdict.PASSED: Text(nb="Bestått", en="Passed"),
    Verdict.FAILED: Text(nb="Ikke bestått", en="Failed"),
    Verdict.PERSON: Text(nb="Må bekreftes av et menneske", en="To be confirmed by a person"),
    Verdict.SKIPPED: Text(nb="Hoppet over", en="Skipped"),
}


class Said(Frozen):
    """One sentence of a check: what was looked at, and how it was."""

    verdict: Verdict
    text: Text


class CaseResult(Frozen):
    """One case. `note` is the hub's key of the journal note, `seen_in` where its lines were read."""

    case: str
    title: Text
    verdict: Verdict
    said: tuple[Said, ...] = ()
    pairs: tuple[Pair, ...] = ()
    grade: Grade | None = None
    note: str | None = None
    seen_in: str = ""


class CheckResult(Frozen):
    """One run of a step's check. `at` is when it ended (aware, UTC), `seconds` how long it took."""

    step: str
    verdict: Verdict
    said: tuple[Said, ...]
    cases: tuple[CaseResult, ...] = ()
    at: datetime
    seconds: float = 0.0


def verdict_of(parts: Sequence[Said] | Sequence[CaseResult]) -> Verdict:
    """The verdict of a whole: failed if a part failed, else a person's if a part needs one, else passed.

    Skipped only when every part was, or when there is none.
    """
    verdicts = {part.verdict for part in parts}
    for verdict in (Verdict.FAILED, Verdict.PERSON, Verdict.PASSED):
        if verdict in verdicts:
            return verdict
    return Verdict.SKIPPED


def passed(nb: str, en: str) -> Said:
    """A sentence about something that is as it should be."""
    return Said(verdict=Verdict.PASSED, text=Text(nb=nb, en=en))


def failed(nb: str, en: str) -> Said:
    """A sentence about something that is not."""
    return Said(verdict=Verdict.FAILED, text=Text(nb=nb, en=en))


def for_a_person(nb: str, en: str) -> Said:
    """A sentence about something that the hub cannot see."""
    return Said(verdict=Verdict.PERSON, text=Text(nb=nb, en=en))


def skipped(nb: str, en: str) -> Said:
    """A sentence about something that does not concern this municipality."""
    return Said(verdict=Verdict.SKIPPED, text=Text(nb=nb, en=en))
