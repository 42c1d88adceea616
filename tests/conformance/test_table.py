"""The table of requirements and the code say the same."""

from __future__ import annotations

import re

import pytest

from hub.conformance.catalogue import catalogue, placed_in
from hub.conformance.requirement import PLANS, Grade, Level, Requirement, home, requirements, write_requirements
from hub.conformance.tested_by import with_tests
from hub.model.language import Language
from tests.conformance.broken import all_broken
from tests.conformance.faults_table import PAGE, page

TABLE = requirements()


def test_every_test_names_a_requirement_of_the_table() -> None:
    assert {placed.test.requirement for placed in catalogue()} <= TABLE.keys()


def test_the_table_names_the_tests_that_there_are() -> None:
    """`knutepunkt conformance requirements --update` writes the column."""
    written = with_tests(TABLE, catalogue())
    assert {k: row.tested_by for k, row in TABLE.items()} == {k: row.tested_by for k, row in written.items()}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_a_requirement_is_tested_or_says_why_not(row: Requirement) -> None:
    assert bool(row.tested_by) != (row.not_tested_because is not None)
    assert row.text.nb
    assert row.text.en
    assert row.source
    assert set(row.applies_to) <= set(PLANS)
    assert row.applies_to


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_what_a_system_must_is_graded_a_or_b_and_what_it_should_c(row: Requirement) -> None:
    assert (row.grade is Grade.C) == (row.level is Level.SHOULD)


def test_a_test_belongs_to_plans_that_its_requirement_applies_to() -> None:
    strays = [
        (placed.test.id, plan)
        for placed in catalogue()
        for plan in placed.group.plans
        if plan not in TABLE[placed.test.requirement].applies_to
    ]
    assert strays == []


def test_the_table_is_written_the_way_it_is_read() -> None:
    assert home().read_text(encoding="utf-8") == write_requirements(TABLE)


def test_ids_are_of_one_form_and_used_once() -> None:
    ids = [placed.test.id for placed in catalogue()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(\.[a-z0-9-]+){2}(\.(mqtt|vkp|jft))?", found) for found in ids)


def test_the_connector_plan_has_at_least_sixty_tests() -> None:
    assert len(placed_in("connector", ())) >= 60


def test_every_plan_has_tests() -> None:
    assert all(placed_in(plan, ()) for plan in PLANS)


def test_titles_differ_within_a_group_in_both_languages() -> None:
    for language in Language:
        titles = {(p.suite.id, p.group.id, p.test.title.said(language), p.test.way) for p in catalogue()}
        assert len(titles) == len(catalogue())


def test_broken_systems_are_caught_by_tests_that_there_are() -> None:
    known = {placed.test.id for placed in catalogue()}
    assert {name for broken in all_broken() for name in broken.caught_by} <= known


def test_every_test_of_the_connector_plan_is_seen_to_catch_a_fault() -> None:
    """By its name: a test for several ways is shown to catch by one of them. What only a person can do is apart."""
    ways = re.compile(r"\.(mqtt|vkp|jft)$")
    caught = {ways.sub("", name) for broken in all_broken() for name in broken.caught_by}
    tests = {ways.sub("", placed.test.id) for placed in placed_in("connector", ()) if placed.suite.id != "person"}
    assert tests - caught == set()


def test_the_page_of_faults_is_what_the_broken_systems_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
