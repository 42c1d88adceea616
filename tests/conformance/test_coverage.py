from __future__ import annotations

import pytest

from hub.conformance.coverage import coverage_of
from hub.conformance.requirement import Grade, Level, Requirement
from hub.conformance.results import Result
from hub.conformance.verdicts import both
from tests.conformance.made import outcome


def required(name: str, *plans: str, tested_by: tuple[str, ...] = (), because: str = "") -> Requirement:
    return Requirement(
        id=name,
        text=both(f"Krav {name}", f"Requirement {name}"),
        source="VKP, 3.2",
        level=Level.MUST,
        grade=Grade.A,
        applies_to=plans or ("connector",),
        tested_by=tested_by,
        not_tested_because=both(because, because) if because else None,
    )


@pytest.mark.parametrize(
    ("results", "together"),
    [
        ("pass fail error wait skip omit", Result.FAIL),
        ("pass error wait skip omit", Result.ERROR),
        ("pass wait skip omit", Result.WAIT),
        ("pass skip omit", Result.SKIP),
        ("omit pass", Result.PASS),
        ("omit omit", Result.OMIT),
    ],
)
def test_a_requirement_is_met_no_better_than_its_worst_test(results: str, together: Result) -> None:
    tests = [outcome(f"messages.order.t{i}", Result(r), requirement="KP-1") for i, r in enumerate(results.split())]
    (line,) = coverage_of({"KP-1": required("KP-1", tested_by=("messages.order.t0",))}, tests, "connector")
    assert line.result is together
    assert line.tests == tuple(test.id for test in tests)
    assert line.not_tested_because is None


def test_only_the_plans_requirements_are_there_in_the_tables_order() -> None:
    table = {r.id: r for r in (required("KP-3"), required("KP-1", "epj"), required("KP-2", "epj", "connector"))}
    assert [line.requirement for line in coverage_of(table, (), "connector")] == ["KP-3", "KP-2"]


def test_what_was_not_tested_says_why() -> None:
    table = {
        "KP-1": required("KP-1", because="Det kan bare et menneske se"),
        "KP-2": required("KP-2", tested_by=("messages.order.kept",)),
        "KP-3": required("KP-3"),
    }
    untestable, not_run, without = coverage_of(table, [outcome("messages.size.large", requirement="KP-9")], "connector")
    assert {untestable.result, not_run.result, without.result} == {None}
    assert untestable.not_tested_because == both("Det kan bare et menneske se", "Det kan bare et menneske se")
    assert not_run.not_tested_because is not None
    assert "this time" in not_run.not_tested_because.en
    assert not_run.tests == ("messages.order.kept",)
    assert without.not_tested_because is not None
    assert "No test" in without.not_tested_because.en
