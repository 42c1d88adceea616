"""The list of expected failures: tests that are known to fail, and why. A line of it is `pattern: reason`.

    # Waits for firmware 4.2
    delivery.mqtt.reconnects*: the radio drops its session (issue 118)

`pattern` is a test's id, or one with `*`, `?` and `[…]` in it. Being expected excuses nothing: the result stays what it
is. It tells a reader, and whoever compares runs, what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from hub.conformance.results import Result, TestResult
from hub.model.errors import ConfigurationError, ConfigurationFault


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of the list, and where it stands in the file (from 1)."""

    pattern: str
    reason: str
    line: int


def read_expected(path: Path) -> tuple[Expected, ...]:
    """The list in the file. Raises ConfigurationError with every fault in it; OSError when it can't be read."""
    lines = list(_lines(path.read_text(encoding="utf-8")))
    faults = list(_faults(lines))
    if faults:
        raise ConfigurationError(faults)
    return tuple(lines)


def _lines(text: str) -> Iterator[Expected]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            pattern, _, reason = line.partition(":")
            yield Expected(pattern.strip(), reason.strip(), number)


def _faults(lines: Iterable[Expected]) -> Iterator[ConfigurationFault]:
    seen: set[str] = set()
    for one in lines:
        if not one.pattern or any(letter.isspace() for letter in one.pattern):
            yield ConfigurationFault(one.line, one.pattern, "må være id-en til en prøve, eller et mønster, og så kolon")
        elif not one.reason:
            yield ConfigurationFault(one.line, one.pattern, "mangler grunn etter kolon")
        if one.pattern in seen:
            yield ConfigurationFault(one.line, one.pattern, "står flere ganger")
        seen.add(one.pattern)


def mark_expected(tests: Iterable[TestResult], expected: Sequence[Expected]) -> tuple[TestResult, ...]:
    """The tests, those on the list marked with the reason of the first line that they match."""
    return tuple(_marked(test, expected) for test in tests)


def _marked(test: TestResult, expected: Sequence[Expected]) -> TestResult:
    for one in expected:
        if fnmatchcase(test.id, one.pattern):
            return test.model_copy(update={"is_expected_failure": True, "known_because": one.reason})
    return test


def to_take_off(tests: Sequence[TestResult], expected: Sequence[Expected]) -> tuple[Expected, ...]:
    """The lines that are out of date: all tests that they match passed, or they match none."""
    return tuple(one for one in expected if all(t.result is Result.PASS for t in _matched(one, tests)))


def _matched(one: Expected, tests: Sequence[TestResult]) -> list[TestResult]:
    return [test for test in tests if fnmatchcase(test.id, one.pattern) and test.result is not Result.OMIT]


def unexpected(tests: Iterable[TestResult]) -> tuple[TestResult, ...]:
    """The tests that failed and are not on the list: what is new."""
    return tuple(t for t in tests if t.result in (Result.FAIL, Result.ERROR) and not t.is_expected_failure)
