"""Runs the tests of a plan, several at a time, and gives each its verdict."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from hub.conformance.blotting import blotted
from hub.conformance.catalogue import Placed
from hub.conformance.requirement import Requirement
from hub.conformance.results import Exchange, Result, TestResult
from hub.conformance.verdicts import Failed, Omitted, Skipped, Verdict, Waiting, both
from hub.model.language import Text

log = logging.getLogger(__name__)

_RESULTS: tuple[tuple[type[Verdict], Result], ...] = (
    (Failed, Result.FAIL),
    (Skipped, Result.SKIP),
    (Omitted, Result.OMIT),
    (Waiting, Result.WAIT),
)


class Bench(Protocol):
    """What every kind of bench can do."""

    def exchanges(self) -> tuple[Exchange, ...]:
        """What was said in the test."""
        ...


class Benches(Protocol):
    """Gives each test its bench. `can` is what the system under test offers beyond the ordinary."""

    @property
    def can(self) -> Collection[str]:
        """Abilities that tests may need."""
        ...

    def bench(self, placed: Placed) -> Any:
        """An async context manager of the bench for a test."""
        ...


async def run_tests(
    tests: Sequence[Placed],
    benches: Benches,
    requirements: dict[str, Requirement],
    *,
    at_once: int,
    on_result: Callable[[TestResult], None],
) -> None:
    """Run `tests`, at most `at_once` at a time, and tell `on_result` of each as it ends."""
    line = iter(tests)

    async def work() -> None:
        for placed in line:
            on_result(await run_test(placed, benches, requirements[placed.test.requirement]))

    async with asyncio.TaskGroup() as group:
        for number in range(min(at_once, len(tests))):
            group.create_task(work(), name=f"conformance tests, line {number}")


async def run_test(placed: Placed, benches: Benches, requirement: Requirement) -> TestResult:
    """The verdict on one test."""
    began = time.monotonic()
    test = placed.test
    result, reason, expected = Result.PASS, None, None
    exchange: tuple[Exchange, ...] = ()
    try:
        missing = test.needs - set(benches.can)
        if missing:
            raise _cannot(missing)
        async with _bench(benches, placed) as bench:
            try:
                async with asyncio.timeout(test.within_s):
                    await test.run(bench)
            finally:
                exchange = bench.exchanges()
    except Verdict as verdict:
        result = next(found for kind, found in _RESULTS if isinstance(verdict, kind))
        reason = verdict.text
        expected = verdict.expected if isinstance(verdict, Failed) else None
    except TimeoutError:
        result, reason = Result.FAIL, _took_too_long(test.within_s)
        expected = both("prøven blir ferdig i tide", "the test ends in time")
    except Exception as error:
        log.exception("the test %s could not be made", test.id)
        result, reason = Result.ERROR, _error(error)
    return TestResult(
        id=test.id,
        suite=placed.suite.id,
        group=placed.group.id,
        title=test.title,
        requirement=requirement.id,
        level=requirement.level,
        grade=requirement.grade,
        way=test.way,
        result=result,
        seconds=round(time.monotonic() - began, 3),
        reason=reason,
        expected=expected,
        exchange=exchange if result in (Result.FAIL, Result.ERROR) else (),
    )


@asynccontextmanager
async def _bench(benches: Benches, placed: Placed) -> AsyncIterator[Any]:
    async with benches.bench(placed) as bench:
        yield bench


def _cannot(missing: Collection[str]) -> Verdict:
    named = ", ".join(sorted(missing))
    return Skipped(
        both(f"prøven krever noe som ikke kan gjøres her: {named}", f"the test needs what can't be done here: {named}")
    )


def _took_too_long(seconds: float) -> Text:
    return both(f"ikke ferdig etter {seconds:g} sekunder", f"not done after {seconds:g} seconds")


def _error(error: BaseException) -> Text:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = blotted(f"{type(error).__name__}: {error}"[:500])
    return both(f"prøven kunne ikke gjennomføres: {said}", f"the test could not be made: {said}")
