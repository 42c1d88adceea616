"""Every broken system is caught, by the test that is meant for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio

from hub.conformance.bench.benches import SenderBenches
from hub.conformance.bench.people import people
from hub.conformance.catalogue import catalogue
from hub.conformance.driving.child import OwnSystem, own_system
from hub.conformance.national.stage import Stage, stage
from hub.conformance.requirement import requirements
from hub.conformance.results import Result, TestResult
from hub.conformance.running import run_test
from tests.conformance.broken import Broken, all_broken

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

_AT_ONCE = 14
_TESTS = {placed.test.id: placed for placed in catalogue()}
_CASES = [(broken, test) for broken in all_broken() for test in broken.caught_by]
_NEEDED = requirements()


async def _verdict(broken: Broken, test: str, national: Stage, products: OwnSystem) -> TestResult:
    placed = _TESTS[test]
    assert broken.plan in placed.group.plans
    system = await products.product(broken.name)
    benches = SenderBenches(national, system, people(), plan=broken.plan)
    return await run_test(placed, benches, _NEEDED[placed.test.requirement])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def verdicts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[tuple[str, str], TestResult]]:
    """The verdict of each test that is chosen on its broken system: all behind one address, several at a time."""
    chosen = [item.callspec.params for item in request.session.items if item.path == request.path]
    names = tuple(f"{broken.kind.__module__}:{broken.name}" for broken in all_broken())
    turns = asyncio.Semaphore(_AT_ONCE)
    folder = tmp_path_factory.mktemp("broken")
    found: dict[tuple[str, str], TestResult] = {}

    async def judge(broken: Broken, test: str) -> None:
        async with turns:
            found[broken.name, test] = await _verdict(broken, test, national, products)

    async with stage(folder / "national") as national, own_system(names, folder / "system") as products:
        async with asyncio.TaskGroup() as tasks:
            for params in chosen:
                tasks.create_task(judge(params["broken"], params["test"]))
        # What got by in the crowd is judged once more alone: on a slow machine a fault of timing can pass for patience.
        for params in chosen:
            if found[params["broken"].name, params["test"]].result is not Result.FAIL:
                await judge(params["broken"], params["test"])
        yield found


@pytest.mark.parametrize(("broken", "test"), _CASES, ids=[f"{broken.name}-{test}" for broken, test in _CASES])
async def test_each_fault_is_caught_by_the_test_that_is_meant_for_it(
    broken: Broken, test: str, verdicts: Mapping[tuple[str, str], TestResult]
) -> None:
    verdict = verdicts[broken.name, test]
    assert verdict.result is Result.FAIL, f"{verdict.result}: {verdict.reason}"
