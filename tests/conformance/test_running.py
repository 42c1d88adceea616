from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from hub.conformance.catalogue import Placed
from hub.conformance.plan import Group, Suite
from hub.conformance.requirement import Grade, Level, Requirement
from hub.conformance.results import Exchange, Result, TestResult
from hub.conformance.running import Benches, run_test, run_tests
from hub.conformance.verdicts import Failed, Omitted, Skipped, Waiting, both, expect

SOME = both("noe", "something")
NEEDED = Requirement(id="X-1", text=SOME, source="her", level=Level.MUST, grade=Grade.A, applies_to=("connector",))


class _Bench:
    def exchanges(self) -> tuple[Exchange, ...]:
        return ()


class _Benches:
    can = frozenset({"restart"})

    @asynccontextmanager
    async def bench(self, placed: Placed) -> AsyncIterator[_Bench]:
        yield _Bench()


def placed(run: Callable[..., object], **more: object) -> Placed:
    group = Group("suite", "group", SOME, ("connector",))
    group.test("test", "X-1", SOME, **more)(run)  # type: ignore[arg-type]
    return Placed(Suite("suite", SOME), group, group.tests[0])


async def verdict(run: Callable[..., object], **more: object) -> TestResult:
    benches: Benches = _Benches()
    return await run_test(placed(run, **more), benches, NEEDED)


def raising(error: Exception) -> Callable[..., object]:
    async def run(_bench: _Bench) -> None:
        raise error

    return run


async def nothing(_bench: _Bench) -> None:
    return None


@pytest.mark.parametrize(
    ("run", "result"),
    [
        (nothing, Result.PASS),
        (raising(Failed(SOME, expected=SOME)), Result.FAIL),
        (raising(Skipped(SOME)), Result.SKIP),
        (raising(Omitted(SOME)), Result.OMIT),
        (raising(Waiting(SOME)), Result.WAIT),
        (raising(RuntimeError("of the kit's own")), Result.ERROR),
    ],
)
async def test_a_test_ends_as_what_it_raises_says(run: Callable[..., object], result: Result) -> None:
    assert (await verdict(run)).result is result


async def test_a_failure_carries_what_was_expected_and_the_requirements_grade() -> None:
    async def run(_bench: _Bench) -> None:
        expect(1 > 2, expected=both("mer", "more"), seen=both("mindre", "less"))

    found = await verdict(run)
    assert (found.expected, found.reason) == (both("mer", "more"), both("mindre", "less"))
    assert (found.requirement, found.level, found.grade) == ("X-1", Level.MUST, Grade.A)
    assert found.counts_against


async def test_a_test_that_takes_too_long_has_failed() -> None:
    async def run(_bench: _Bench) -> None:
        await asyncio.Event().wait()

    assert (await verdict(run, within_s=0.05)).result is Result.FAIL


async def test_what_the_system_cannot_do_is_skipped_with_a_word() -> None:
    found = await verdict(nothing, needs=("kill",))
    assert found.result is Result.SKIP
    assert found.reason is not None
    assert "kill" in found.reason.en


async def test_an_error_never_shows_an_identity_number() -> None:
    found = await verdict(raising(ValueError("no such patient: 07885132000")))
    assert "07885132000" not in found.model_dump_json()


async def test_as_many_tests_run_side_by_side_as_are_allowed() -> None:
    running, most, results = 0, 0, []

    async def run(_bench: _Bench) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    tests = [placed(run) for _ in range(9)]
    await run_tests(tests, _Benches(), {"X-1": NEEDED}, at_once=3, on_result=results.append)
    assert (most, len(results)) == (3, 9)
