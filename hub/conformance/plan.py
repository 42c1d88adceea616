"""Suites, groups and tests. A group is one file of `hub/conformance/suites/<suite>/`; a new file is found by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.model.language import Text

Run = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Suite:
    """A chapter of a plan. Its package holds its groups; `place` orders chapters."""

    id: str
    title: Text
    place: int = 50


@dataclass(frozen=True, slots=True)
class Test:
    """One thing that a system must do, as one requirement has it. `run` gets a bench and raises a `Verdict`.

    `way` is the way to the hub that it is about, where it is about one; `needs` what the driven system must be able
    to do (`restart`, `kill`, `output`, …), or the test is skipped with a word.
    """

    __test__ = False  # not a pytest test, for all its name

    id: str
    requirement: str
    title: Text
    run: Run
    way: str | None = None
    needs: frozenset[str] = frozenset()
    within_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Group:
    """Tests of one kind. `plans` are those that hold it; `suite` is the id of the suite that it stands in.

    `place` orders groups within their suite.
    """

    suite: str
    id: str
    title: Text
    plans: tuple[str, ...]
    place: int = 50
    tests: list[Test] = field(default_factory=list)

    def test(
        self,
        name: str,
        requirement: str,
        title: Text,
        *,
        ways: Sequence[str] = (),
        needs: Sequence[str] = (),
        within_s: float = 60.0,
    ) -> Callable[[Run], Run]:
        """Make the decorated coroutine a test of the group, once for each of `ways` where they are given."""

        def register(run: Run) -> Run:
            for way in ways or (None,):
                test_id = ".".join(part for part in (self.suite, self.id, name, way) if part)
                self.tests.append(Test(test_id, requirement, title, run, way, frozenset(needs), within_s))
            return run

        return register
