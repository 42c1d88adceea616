"""All suites, groups and tests there are, found by looking through `hub.conformance.suites`."""

from __future__ import annotations

import fnmatch
import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from hub.conformance import suites as suites_package
from hub.conformance.plan import Group, Suite, Test
from hub.conformance.verdicts import both
from hub.model.language import Text

PLAN_TITLES = {
    "connector": both("Kobling", "Connector"),
    "response-centre": both("Responssenter", "Response centre"),
    "epj": both("EPJ", "EPJ (health record)"),
    "api-client": both("Klient av de nasjonale API-ene", "Client of the national APIs"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A test and where it stands."""

    suite: Suite
    group: Group
    test: Test


@cache
def catalogue() -> tuple[Placed, ...]:
    """Every test, in the order of the suites' and groups' `place`, then of the files' names."""
    return tuple(Placed(suite, group, test) for suite, groups in _suites() for group in groups for test in group.tests)


def placed_in(plan: str, patterns: Sequence[str] = ()) -> tuple[Placed, ...]:
    """The tests of `plan`; with `patterns` only those whose id, or whose beginning of it, matches one of them."""
    return tuple(p for p in catalogue() if plan in p.group.plans and (not patterns or matches(p.test.id, patterns)))


def matches(test_id: str, patterns: Sequence[str]) -> bool:
    """Whether `test_id`, its group or its suite matches one of `patterns` (`*` and `?` as in file names)."""
    return any(fnmatch.fnmatchcase(test_id, p) or fnmatch.fnmatchcase(test_id, f"{p}.*") for p in patterns)


def titles(plan: str) -> dict[str, Text]:
    """The titles of the plan's suites and groups, by `suite` and `suite.group`."""
    found: dict[str, Text] = {}
    for placed in placed_in(plan):
        found[placed.suite.id] = placed.suite.title
        found[f"{placed.suite.id}.{placed.group.id}"] = placed.group.title
    return found


def _suites() -> Iterator[tuple[Suite, list[Group]]]:
    found = []
    for package in pkgutil.iter_modules(suites_package.__path__):
        module = importlib.import_module(f"{suites_package.__name__}.{package.name}")
        groups = [
            importlib.import_module(f"{module.__name__}.{each.name}").GROUP
            for each in pkgutil.iter_modules(module.__path__)
            if not each.name.startswith("_")
        ]
        found.append((module.SUITE, sorted(groups, key=lambda g: (g.place, g.id))))
    return iter(sorted(found, key=lambda each: (each[0].place, each[0].id)))
