"""The EPJ plan passes the simulated EPJs and catches every faulty one, by the test that is meant for it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from epj_adapter.simulated.puller import Puller
from hub.conformance.bench.benches import Subject
from hub.conformance.bench.opening import open_benches
from hub.conformance.catalogue import placed_in
from hub.conformance.driving.child import DidNotStart
from hub.conformance.epj.benches import EpjBenches, epj_benches
from hub.conformance.requirement import requirements
from hub.conformance.results import Result, TestResult
from hub.conformance.running import run_test, run_tests
from hub.model.errors import ConfigurationError
from tests.conformance.epjs import Answered, Asked, Faulty, SoundEpj, all_faulty, running
from tests.conformance.epjs.fetching import running_puller

_TESTS = {placed.test.id: placed for placed in placed_in("epj")}
_CASES = [
    pytest.param(faulty, name, id=f"{faulty.name}-{name}") for faulty in all_faulty() for name in faulty.caught_by
]
_FETCHING = {name for name in _TESTS if name.startswith("epj.fetching.")}
#: An EPJ that doesn't keep notes from being doubled is not tested for it.
_NEEDS_CONDITION = {"epj.creating.again", "epj.creating.at-once"}


@pytest.mark.slow
@pytest.mark.parametrize("adapter", ["fhir_rest", "journal_rest"])
async def test_a_simulated_epj_passes_every_test_and_is_known_by_its_answers(adapter: str, tmp_path: Path) -> None:
    results: list[TestResult] = []
    async with running(adapter, tmp_path) as url, open_benches("epj", Subject(target=url), tmp_path) as benches:
        assert isinstance(benches, EpjBenches)
        assert f"({adapter})" in benches.card.product
        await run_tests(placed_in("epj"), benches, requirements(), at_once=1, on_result=results.append)
    not_passed = {r.id: (r.result, r.reason) for r in results if r.result is not Result.PASS}
    omitted = _FETCHING | (_NEEDS_CONDITION if adapter == "journal_rest" else set())
    assert {id_ for id_, (result, _) in not_passed.items() if result is Result.OMIT} == omitted
    assert set(not_passed) == omitted, not_passed


@pytest.mark.slow
async def test_a_simulated_epj_that_fetches_passes_every_test_of_fetching(tmp_path: Path) -> None:
    results: list[TestResult] = []
    target = Subject(options=(("adapter", "pull"),))
    async with (
        running_puller(tmp_path) as url,
        open_benches("epj", replace(target, target=url), tmp_path) as benches,
    ):
        await run_tests(placed_in("epj"), benches, requirements(), at_once=1, on_result=results.append)
    assert {r.id: r.reason for r in results if r.result not in (Result.PASS, Result.OMIT)} == {}
    assert {r.id for r in results if r.result is Result.PASS} == _FETCHING


@pytest.mark.parametrize(("faulty", "test_id"), _CASES)
async def test_each_fault_is_caught_by_the_test_that_is_meant_for_it(
    faulty: Faulty, test_id: str, tmp_path: Path
) -> None:
    placed = _TESTS[test_id]
    async with (
        _running(faulty, tmp_path) as url,
        epj_benches(Subject(target=url, options=(("adapter", faulty.adapter),)), tmp_path) as benches,
    ):
        result = await run_test(placed, benches, requirements()[placed.test.requirement])
    assert result.result is Result.FAIL, f"{result.result}: {result.reason}"
    assert result.exchange


def _running(faulty: Faulty, folder: Path) -> AbstractAsyncContextManager[str]:
    if issubclass(faulty.kind, Puller):
        return running_puller(folder, faulty.kind)
    return running(faulty.adapter, folder, faulty.kind)


def test_every_test_of_the_plan_has_a_fault_that_it_catches() -> None:
    assert {name for faulty in all_faulty() for name in faulty.caught_by} == set(_TESTS)


class HasNoBackDoor(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        return Answered(404) if asked.path.startswith("/admin/") else await self.pass_on(asked)


async def test_without_a_back_door_what_only_a_person_can_do_waits_for_one(tmp_path: Path) -> None:
    names = ("epj.amending.read", "epj.creating.found")
    async with (
        running("fhir_rest", tmp_path, HasNoBackDoor) as url,
        epj_benches(Subject(target=url, options=(("patient", "07885132000"),)), tmp_path) as benches,
    ):
        results = [(await run_test(_TESTS[n], benches, requirements()[_TESTS[n].test.requirement])) for n in names]
    assert [each.result for each in results] == [Result.WAIT, Result.PASS]


@pytest.mark.parametrize(
    "options",
    [(("patient", "01010112345"),), (("adapter", "papir"),), (("secret_file", "finnes/ikke"),)],
    ids=lambda options: options[0][0],
)
async def test_options_that_can_t_be_used_are_faults_of_the_configuration(
    options: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    async with running("fhir_rest", tmp_path) as url:
        with pytest.raises(ConfigurationError):
            async with epj_benches(Subject(target=url, options=options), tmp_path):
                pass


async def test_what_can_t_be_tested_as_an_epj_is_said_before_the_first_test(tmp_path: Path) -> None:
    async with running("fhir_rest", tmp_path) as url:
        for target in (url.replace("/fhir", "/nowhere"), None):
            with pytest.raises(DidNotStart):
                async with epj_benches(Subject(target=target), tmp_path):
                    pass
    with pytest.raises(aiohttp.ClientError):
        async with epj_benches(Subject(target=url), tmp_path):
            pass
