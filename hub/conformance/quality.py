"""Which tier of the quality scale a run reaches, and by which rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from hub.conformance.quality_rules import RULES, TIERS, ByDeclaration, ByTests, Rule
from hub.conformance.results import Result, RuleResult, TestResult
from hub.conformance.verdicts import both
from hub.model.language import Text, same

_MOST_NAMED = 5


def quality_of(
    tests: Sequence[TestResult], declarations: Mapping[str, str], plan: str, complete: bool
) -> tuple[str, tuple[RuleResult, ...]]:
    """The tier that the run reaches, and every rule of its plan with whether it is met.

    A tier is reached when all rules of it and of the tiers below are met. A run that is not complete, or in which
    something failed that must hold, reaches none.
    """
    rules = tuple(_judged(rule, tests, declarations) for rule in RULES if plan in rule.plans)
    if not complete or any(test.counts_against for test in tests):
        return TIERS[0], rules
    return _tier(rules), rules


def _tier(rules: Sequence[RuleResult]) -> str:
    reached = TIERS[0]
    for tier in TIERS[1:]:
        if not all(rule.met for rule in rules if rule.tier == tier):
            break
        reached = tier
    return reached


def _judged(rule: Rule, tests: Sequence[TestResult], declarations: Mapping[str, str]) -> RuleResult:
    match rule.decided_by:
        case ByDeclaration(id=name):
            text = declarations.get(name, "").strip()
            because = same(text) if text else both("Ikke erklært.", "Not declared.")
            return _result(rule, "declaration", because, met=bool(text))
        case ByTests() as chosen:
            fault = _fault(chosen, tests)
            return _result(rule, "tests", fault or _passed(chosen, tests), met=fault is None)


def _result(rule: Rule, by: str, because: Text, *, met: bool) -> RuleResult:
    return RuleResult(id=rule.id, tier=rule.tier, title=rule.title, met=met, by=by, because=because)


def _fault(rule: ByTests, tests: Sequence[TestResult]) -> Text | None:
    """Why the rule is not met, or None."""
    against = [
        test.id
        for test in _chosen(rule, tests, rule.patterns)
        if test.result not in {Result.PASS, Result.OMIT, *rule.let_through}
    ]
    if against:
        named = ", ".join(against[:_MOST_NAMED]) + (" …" if len(against) > _MOST_NAMED else "")
        return both(f"Ikke bestått: {named}", f"Not passed: {named}")
    for pattern in rule.patterns:
        if not any(test.result is Result.PASS for test in _chosen(rule, tests, (pattern,))):
            return both(f"Ingen prøve er bestått ({pattern}).", f"No test passed ({pattern}).")
    return None


def _passed(rule: ByTests, tests: Sequence[TestResult]) -> Text:
    count = sum(test.result is Result.PASS for test in _chosen(rule, tests, rule.patterns))
    return both(f"Beståtte prøver: {count}.", f"Tests passed: {count}.")


def _chosen(rule: ByTests, tests: Sequence[TestResult], patterns: tuple[str, ...]) -> list[TestResult]:
    return [
        test
        for test in tests
        if _matches(test.id, patterns)
        and not _matches(test.id, rule.apart)
        and rule.level in (None, test.level)
        and rule.grade in (None, test.grade)
    ]


def _matches(test_id: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(test_id, pattern) for pattern in patterns)
