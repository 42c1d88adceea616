"""What came of a run, as values: what the reports are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from hub.conformance.requirement import Grade, Level
from hub.model.language import Frozen, Text


class Result(StrEnum):
    """How a test ended. `wait`: a person had to act and nobody did; unattended it counts as skip."""

    PASS = "pass"  # noqa: S105 — a result, no secret
    FAIL = "fail"
    SKIP = "skip"
    OMIT = "omit"
    WAIT = "wait"
    ERROR = "error"


class Exchange(Frozen):
    """One message or request between the system under test and the national side, identity numbers blotted out.

    `way` is mqtt or http; `what` is the topic, or method and path; `body` is what the system said, `answer` what the
    national side said to it, over MQTT each in an exchange of its own. Both are cut to what a reader can use.
    """

    at: datetime
    way: str
    what: str
    headers: Mapping[str, str] = {}
    body: str = ""
    answer: str = ""


class TestResult(Frozen):
    """What came of one test. `reason` is what was seen, `expected` what should have been.

    `is_expected_failure`: it stands on the list of expected failures, because of `known_because`, whatever came of it.
    """

    __test__ = False  # not a pytest test, for all its name

    id: str
    suite: str
    group: str
    title: Text
    requirement: str
    level: Level
    grade: Grade
    way: str | None = None
    result: Result
    seconds: float = 0.0
    reason: Text | None = None
    expected: Text | None = None
    exchange: tuple[Exchange, ...] = ()
    is_expected_failure: bool = False
    known_because: str = ""

    @property
    def counts_against(self) -> bool:
        """Whether the run can't pass because of this test: what must hold doesn't, or could not be tried."""
        return self.level is Level.MUST and self.result in (Result.FAIL, Result.ERROR)


class RuleResult(Frozen):
    """A rule of the quality scale: whether it is met, and by what."""

    id: str
    tier: str
    title: Text
    met: bool
    by: str  # "tests" or "declaration"
    because: Text | None = None


class Coverage(Frozen):
    """A requirement of the plan: which tests of it there are, and what came of them (None: not tested, and why)."""

    requirement: str
    text: Text
    source: str
    level: Level
    grade: Grade
    tests: tuple[str, ...]
    result: Result | None
    not_tested_because: Text | None = None


class RunReport(Frozen):
    """A whole run. `versions` and `configuration` say what was tested with what; `complete` whether all tests ran.

    `titles` are those of the suites and groups, by `suite` and `suite.group`; one that isn't there is called by its id.
    """

    plan: str
    plan_title: Text
    target: str
    product: str
    product_version: str
    started: datetime
    ended: datetime
    complete: bool
    versions: Mapping[str, str]
    configuration: Mapping[str, Any]
    declarations: Mapping[str, str]
    tests: tuple[TestResult, ...]
    quality: str
    rules: tuple[RuleResult, ...]
    coverage: tuple[Coverage, ...]
    titles: Mapping[str, Text] = {}

    @property
    def result(self) -> Result:
        """Pass when something was tried and nothing that must pass failed, else fail."""
        was_tried = any(test.result is Result.PASS for test in self.tests)
        failed = any(test.counts_against for test in self.tests)
        return Result.PASS if was_tried and not failed else Result.FAIL

    @property
    def counts(self) -> Mapping[Result, int]:
        """How many tests ended in each way."""
        found = Counter(test.result for test in self.tests)
        return {result: found[result] for result in Result}

    def failures(self, grade: Grade) -> tuple[TestResult, ...]:
        """The tests that failed with errors of `grade`."""
        return tuple(t for t in self.tests if t.result in (Result.FAIL, Result.ERROR) and t.grade is grade)
