"""The report as values in one language, ready for a page or a PDF. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.conformance.report.seen import MARKS, local, visible
from hub.conformance.report.view_errors import ErrorBlock, error_block
from hub.conformance.report.words import GRADES, LEVELS, RESULTS, TIERS, WORDS
from hub.conformance.requirement import Grade
from hub.conformance.results import Coverage, Result, RuleResult, RunReport, TestResult
from hub.model.language import Language


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its cells, and the mark (good, bad, warn, quiet) of the one that holds a result."""

    mark: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GradeBlock:
    """The open errors of one grade."""

    grade: str
    said: str
    errors: tuple[ErrorBlock, ...]


@dataclass(frozen=True, slots=True)
class GroupBlock:
    """The tests of one group: id and title, result, requirement, grade, seconds, remark."""

    title: str
    tests: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SuiteBlock:
    """The groups of one suite."""

    title: str
    groups: tuple[GroupBlock, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Everything in the report. `words` are its headings in its language, `thumbprint` that of the key that signs."""

    language: Language
    words: Mapping[str, str]
    title: str
    has_passed: bool
    verdict: str
    because: str
    is_complete: bool
    tier: str
    tier_title: str
    facts: tuple[tuple[str, str], ...]
    counts: tuple[Line, ...]
    grades: tuple[GradeBlock, ...]
    off_the_list: tuple[str, ...]
    suites: tuple[SuiteBlock, ...]
    covered: str
    coverage: tuple[Line, ...]
    rules: tuple[Line, ...]
    declared_by: str
    versions: tuple[tuple[str, str], ...]
    configuration: tuple[tuple[str, str], ...]
    thumbprint: str
    ended: datetime


def view(report: RunReport, language: Language, *, thumbprint: str) -> View:
    """The report of a run in `language`. The same run gives the same view."""
    words = {key: text.said(language) for key, text in WORDS.items()}
    return View(
        language=language,
        words=words,
        title=words["title"],
        has_passed=report.result is Result.PASS,
        verdict=words["passed" if report.result is Result.PASS else "failed"],
        because=_because(report, words),
        is_complete=report.complete,
        tier=report.quality,
        tier_title=TIERS[report.quality].said(language),
        facts=tuple(_facts(report, language, words)),
        counts=tuple(
            Line(MARKS[result], (RESULTS[result].said(language), str(count))) for result, count in report.counts.items()
        ),
        grades=tuple(_grade(report, grade, language) for grade in Grade),
        off_the_list=tuple(t.id for t in report.tests if t.is_expected_failure and t.result is Result.PASS),
        suites=tuple(_suites(report, language)),
        covered=_covered(report.coverage, words),
        coverage=tuple(_coverage(line, language) for line in report.coverage),
        rules=tuple(_rule(rule, language, words) for rule in report.rules),
        declared_by=_declared_by(report.declarations, words),
        versions=tuple(sorted((name, visible(value)) for name, value in report.versions.items())),
        configuration=tuple(_flat("", report.configuration)),
        thumbprint=thumbprint,
        ended=report.ended,
    )


def _because(report: RunReport, words: Mapping[str, str]) -> str:
    count = sum(test.counts_against for test in report.tests)
    if not count:
        return words["passed_because"]
    return words["failed_because_one"] if count == 1 else words["failed_because"].format(count=count)


def _facts(report: RunReport, language: Language, words: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    yield words["plan"], f"{report.plan_title.said(language)} ({report.plan})"
    yield words["product"], visible(f"{report.product} {report.product_version}")
    yield words["target"], visible(report.target)
    yield words["started"], local(report.started)
    yield words["ended"], local(report.ended)
    yield words["complete"], words["yes" if report.complete else "no"]


def _grade(report: RunReport, grade: Grade, language: Language) -> GradeBlock:
    known = {line.requirement: line for line in report.coverage}
    errors = [error_block(test, known.get(test.requirement), language) for test in report.failures(grade)]
    return GradeBlock(grade.value, GRADES[grade.value].said(language), tuple(errors))


def _suites(report: RunReport, language: Language) -> Iterable[SuiteBlock]:
    ordered: dict[str, dict[str, list[TestResult]]] = {}
    for test in report.tests:
        ordered.setdefault(test.suite, {}).setdefault(test.group, []).append(test)
    titles = {name: text.said(language) for name, text in report.titles.items()}
    for suite, groups in ordered.items():
        blocks = [
            GroupBlock(titles.get(f"{suite}.{group}", group), tuple(_test(test, language) for test in tests))
            for group, tests in groups.items()
        ]
        yield SuiteBlock(titles.get(suite, suite), tuple(blocks))


def _test(test: TestResult, language: Language) -> Line:
    said = " ".join(filter(None, (test.reason.said(language) if test.reason else "", test.known_because)))
    return Line(
        MARKS[test.result],
        (
            RESULTS[test.result].said(language),
            test.title.said(language),
            test.id,
            test.requirement,
            f"{LEVELS[test.level.value].said(language)}, {test.grade.value}",
            f"{test.seconds:.1f}",
            visible(said),
        ),
    )


def _covered(coverage: Iterable[Coverage], words: Mapping[str, str]) -> str:
    results = [line.result for line in coverage]
    return words["covered"].format(tested=sum(result is not None for result in results), all=len(results))


def _coverage(line: Coverage, language: Language) -> Line:
    untested = line.not_tested_because.said(language) if line.not_tested_because else ""
    return Line(
        MARKS[line.result] if line.result else "quiet",
        (
            (RESULTS[line.result] if line.result else WORDS["not_tested"]).said(language),
            line.requirement,
            line.text.said(language),
            line.source,
            f"{LEVELS[line.level.value].said(language)}, {line.grade.value}",
            visible(untested or ", ".join(line.tests)),
        ),
    )


def _rule(rule: RuleResult, language: Language, words: Mapping[str, str]) -> Line:
    return Line(
        "good" if rule.met else "bad",
        (
            words["yes" if rule.met else "no"],
            TIERS[rule.tier].said(language),
            rule.title.said(language),
            words["by_declaration" if rule.by == "declaration" else "by_tests"],
            visible(rule.because.said(language)) if rule.because else "",
        ),
    )


def _declared_by(declarations: Mapping[str, str], words: Mapping[str, str]) -> str:
    if "who" not in declarations:
        return ""
    return visible(words["declared_by"].format(who=declarations["who"], date=declarations.get("date", "")))


def _flat(name: str, value: object) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), inner)
    elif isinstance(value, list | tuple):
        yield name, visible(", ".join(map(str, value)))
    else:
        yield name, visible(str(value))
