"""A whole run: from what is to be tested to the report."""

from __future__ import annotations

import asyncio
import hashlib
import platform
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.testing.driving import ProductCard
from hub import VERSION
from hub.conformance.bench.benches import Subject
from hub.conformance.bench.opening import open_benches
from hub.conformance.catalogue import PLAN_TITLES, Placed, matches, placed_in, titles
from hub.conformance.coverage import coverage_of
from hub.conformance.expected import Expected, mark_expected
from hub.conformance.progress import Progress, RunHead
from hub.conformance.quality import quality_of
from hub.conformance.requirement import Requirement, requirements, write_requirements
from hub.conformance.results import RunReport, TestResult
from hub.conformance.running import run_tests
from hub.model.errors import ConfigurationError, ConfigurationFault


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What to run: `plan` against `subject`, only the tests that match `only`, at most `at_once` side by side.

    With `is_resumed` the run in `folder` is gone on with: what is done is kept, except what matches `repeat`.
    """

    plan: str
    subject: Subject
    folder: Path
    only: tuple[str, ...] = ()
    at_once: int = 4
    is_resumed: bool = False
    repeat: tuple[str, ...] = ()
    declarations: Mapping[str, str] | None = None
    expected: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Watching:
    """Who watches a run: told how many tests there are, and of each result."""

    on_begin: Callable[[int], None]
    on_result: Callable[[TestResult], None]


async def conduct(order: RunOrder, watching: Watching, *, stop: asyncio.Event) -> RunReport:
    """Run the plan until it is done or `stop` is set; what came of it.

    Raises DidNotStart or OSError when there is nothing to test, ConfigurationError when there is nothing to resume.
    """
    table = requirements()
    head = RunHead(plan=order.plan, target=order.subject.name, started=datetime.now(UTC))
    progress = (Progress.resume if order.is_resumed else Progress.begin)(order.folder, head)
    chosen = placed_in(order.plan, order.only)
    if not chosen:
        raise ConfigurationError([ConfigurationFault(0, "only", "ingen prøver i planen passer")])
    to_run = _to_run(chosen, progress, order.repeat)
    watching.on_begin(len(to_run))

    def on_result(result: TestResult) -> None:
        progress.add(result)
        watching.on_result(result)

    with tempfile.TemporaryDirectory(prefix="kp-conformance-") as scratch:
        async with open_benches(order.plan, order.subject, Path(scratch)) as benches:
            at_once = min(order.at_once, benches.at_once)
            running = asyncio.create_task(
                run_tests(to_run, benches, table, at_once=at_once, on_result=on_result), name="conformance tests"
            )
            stopping = asyncio.create_task(stop.wait(), name="stop asked for")
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in (running, stopping):
                task.cancel()
            await asyncio.gather(running, stopping, return_exceptions=True)
            if running.done() and not running.cancelled() and (error := running.exception()) is not None:
                raise error
            return _report(order, progress, table, benches.card)


def _to_run(chosen: Sequence[Placed], progress: Progress, repeat: Sequence[str]) -> list[Placed]:
    done = {test for test in progress.done() if not matches(test, repeat)}
    return [placed for placed in chosen if placed.test.id not in done]


def _report(order: RunOrder, progress: Progress, table: Mapping[str, Requirement], card: ProductCard) -> RunReport:
    whole = placed_in(order.plan, ())
    found = progress.results
    results = mark_expected((found[p.test.id] for p in whole if p.test.id in found), order.expected)
    is_complete = len(results) == len(whole)
    declared = dict(order.declarations or {})
    quality, rules = quality_of(results, declared, order.plan, is_complete)
    return RunReport(
        plan=order.plan,
        plan_title=PLAN_TITLES[order.plan],
        target=order.subject.name,
        product=card.product,
        product_version=card.version,
        started=progress.head.started,
        ended=datetime.now(UTC),
        complete=is_complete,
        versions=_versions(table),
        configuration=_configuration(order, card),
        declarations=declared,
        tests=results,
        quality=quality,
        rules=rules,
        coverage=coverage_of(table, results, order.plan),
        titles=titles(order.plan),
    )


def _versions(table: Mapping[str, Requirement]) -> dict[str, str]:
    digest = hashlib.sha256(write_requirements(dict(table)).encode()).hexdigest()
    return {
        "knutepunkt": VERSION,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "requirements_sha256": digest,
    }


def _configuration(order: RunOrder, card: ProductCard) -> dict[str, Any]:
    return {
        "plan": order.plan,
        "target": order.subject.name,
        "only": list(order.only),
        "at_once": order.at_once,
        "attended": order.subject.person is not None,
        "options": dict(order.subject.options),
        "expected_failures": [f"{each.pattern}: {each.reason}" for each in order.expected],
        "card": card.model_dump(mode="json", exclude={"examples"}),
    }
