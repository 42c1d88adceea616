"""Runs and results made by hand, for the tests of what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.conformance.requirement import Grade, Level
from hub.conformance.results import Coverage, Exchange, Result, RuleResult, RunReport, TestResult
from hub.conformance.verdicts import both

NOW = datetime(2026, 11, 23, 16, 45, 12, 345_000, tzinfo=UTC)
#: Synthetic: 80 is added to the month.
PERSON = "07885132000"
EVIL = "<script>alert('Øvrefjord')</script><img src=x onerror=alert(1)>"


def outcome(test_id: str, result: Result = Result.PASS, **more: Any) -> TestResult:
    suite, group, *_ = test_id.split(".")
    way = test_id.rsplit(".", 1)[-1]
    fields: dict[str, Any] = {
        "suite": suite,
        "group": group,
        "title": both(f"Prøven {test_id}", f"The test {test_id}"),
        "requirement": "KP-1",
        "level": Level.MUST,
        "grade": Grade.B,
        "way": way if way in {"mqtt", "jft", "vkp"} else None,
        "seconds": 0.25,
    }
    return TestResult(id=test_id, result=result, **fields | more)


def message(**more: Any) -> Exchange:
    fields: dict[str, Any] = {
        "at": NOW + timedelta(seconds=1),
        "way": "http",
        "what": f"GET /Patient?identifier={PERSON}",
        "headers": {"Content-Type": "application/fhir+json", "X-Person": PERSON},
        "body": f'{{"identifier": "{PERSON}"}}',
        "answer": f"400 for {PERSON}",
    }
    return Exchange(**fields | more)


def failing(test_id: str = "messages.identity.once.mqtt", **more: Any) -> TestResult:
    fields: dict[str, Any] = {
        "grade": Grade.A,
        "reason": both(f"Kom to ganger for {PERSON}: æøå", f"Came twice for {PERSON}"),
        "expected": both("At den kom én gang", "That it came once"),
        "exchange": (message(),),
    }
    return outcome(test_id, Result.FAIL, **fields | more)


def one_of_each() -> tuple[TestResult, ...]:
    """A test of every result, in three groups of two suites."""
    why = {"reason": both("Ingen trykket på knappen", "Nobody pressed the button")}
    return (
        outcome("messages.identity.told.mqtt", requirement="KP-2"),
        failing(),
        outcome("messages.order.kept.jft", Result.ERROR, grade=Grade.C, reason=both("Sprakk", "Broke")),
        outcome("delivery.http.skipped", Result.SKIP, **why),
        outcome("delivery.http.omitted", Result.OMIT, **why),
        outcome("delivery.http.waited", Result.WAIT, **why),
    )


def run(tests: Sequence[TestResult] | None = None, **more: Any) -> RunReport:
    fields: dict[str, Any] = {
        "plan": "connector",
        "plan_title": both("Kobling", "Connector"),
        "target": "http://127.0.0.1:8088",
        "product": "Acme Alarm Øst",
        "product_version": "4.2",
        "started": NOW,
        "ended": NOW + timedelta(minutes=3),
        "complete": True,
        "versions": {"knutepunkt": "0.1.0", "python": "3.11"},
        "configuration": {"plan": "connector", "hub": {"ways": ["mqtt", "jft"], "person": PERSON}},
        "declarations": {"who": "Kari Nordmann, Acme", "date": "2026-11-01", "support-contact": "hjelp@acme.example"},
        "tests": tuple(one_of_each() if tests is None else tests),
        "quality": "bronze",
        "rules": (
            RuleResult(id="bronze-must", tier="bronze", title=both("Alt må", "All must"), met=True, by="tests"),
            RuleResult(
                id="silver-support-contact",
                tier="silver",
                title=both("Hjelp finnes", "There is help"),
                met=False,
                by="declaration",
                because=both("Ikke erklært.", "Not declared."),
            ),
        ),
        "coverage": (covered("KP-1", Result.FAIL), covered("KP-2", Result.PASS), covered("KP-3", None)),
        "titles": {"messages": both("Meldinger", "Messages"), "messages.identity": both("Gjenkjenning", "Identity")},
    }
    return RunReport(**fields | more)


def covered(requirement: str, result: Result | None) -> Coverage:
    return Coverage(
        requirement=requirement,
        text=both(f"Kravet {requirement} skal holde", f"The requirement {requirement} must hold"),
        source="VKP, 3.2",
        level=Level.MUST,
        grade=Grade.A,
        tests=("messages.identity.once.mqtt",) if result else (),
        result=result,
        not_tested_because=None if result else both("Prøves av et menneske", "Tested by a person"),
    )
