"""Every broken connector is caught, by the test that is meant for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hub.conformance.bench.benches import SenderBenches
from hub.conformance.bench.people import people
from hub.conformance.catalogue import catalogue
from hub.conformance.driving.child import OwnSystem, own_system
from hub.conformance.national.stage import Stage, stage
from hub.conformance.requirement import requirements
from hub.conformance.results import Result
from hub.conformance.running import run_test
from tests.conformance.broken import Broken, all_broken

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

_TESTS = {placed.test.id: placed for placed in catalogue()}
_CASES = [
    pytest.param(broken, name, id=f"{broken.name}-{name}") for broken in all_broken() for name in broken.caught_by
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def national(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("national")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def products(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnSystem]:
    """All broken connectors behind one address."""
    names = tuple(f"{broken.kind.__module__}:{broken.name}" for broken in all_broken())
    async with own_system(names, tmp_path_factory.mktemp("broken")) as system:
        yield system


@pytest.mark.parametrize(("broken", "test_id"), _CASES)
async def test_each_fault_is_caught_by_the_test_that_is_meant_for_it(
    broken: Broken, test_id: str, national: Stage, products: OwnSystem
) -> None:
    placed = _TESTS[test_id]
    assert broken.plan in placed.group.plans
    system = await products.product(broken.name)
    benches = SenderBenches(national, system, people(), plan=broken.plan)
    result = await run_test(placed, benches, requirements()[placed.test.requirement])
    assert result.result is Result.FAIL, f"{result.result}: {result.reason}"
