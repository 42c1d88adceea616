"""Which of a plan's requirements were tested, what came of it, and why the rest were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.conformance.requirement import Requirement
from hub.conformance.results import Coverage, Result, TestResult
from hub.conformance.verdicts import both
from hub.model.language import Text

#: The worst first: what a requirement's tests came to together is what the worst of them came to.
WORST_FIRST = (Result.FAIL, Result.ERROR, Result.WAIT, Result.SKIP, Result.PASS, Result.OMIT)
_NOT_RUN = both("Prøvene av kravet ble ikke kjørt denne gangen.", "The requirement's tests were not run this time.")
_NO_TEST = both("Ingen prøve av kravet hører til planen.", "No test of the requirement belongs to the plan.")


def coverage_of(
    requirements: Mapping[str, Requirement], tests: Sequence[TestResult], plan: str
) -> tuple[Coverage, ...]:
    """A line for each requirement of `plan`, in the table's order."""
    by_requirement: dict[str, list[TestResult]] = {}
    for test in tests:
        by_requirement.setdefault(test.requirement, []).append(test)
    return tuple(
        _line(requirement, by_requirement.get(requirement.id, ()))
        for requirement in requirements.values()
        if plan in requirement.applies_to
    )


def worst(results: Sequence[Result]) -> Result | None:
    """The worst of `results`, None when there is none."""
    return min(results, key=WORST_FIRST.index, default=None)


def _line(requirement: Requirement, tests: Sequence[TestResult]) -> Coverage:
    result = worst([test.result for test in tests])
    return Coverage(
        requirement=requirement.id,
        text=requirement.text,
        source=requirement.source,
        level=requirement.level,
        grade=requirement.grade,
        tests=tuple(test.id for test in tests) or requirement.tested_by,
        result=result,
        not_tested_because=None if result else _why_not(requirement),
    )


def _why_not(requirement: Requirement) -> Text:
    return requirement.not_tested_because or (_NOT_RUN if requirement.tested_by else _NO_TEST)
