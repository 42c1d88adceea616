from __future__ import annotations

import pytest
from pydantic import ValidationError

from hub.rehearsal.course import COURSES, Course, Role, course
from hub.rehearsal.forms import forms, missing, practised

EVERY_CHECK = {
    "sender_registered",
    "services_mapped",
    "token",
    "communication",
    "sit",
    "acceptance",
    "verification",
    "handover",
}


@pytest.mark.parametrize("course_id", COURSES)
def test_every_step_has_a_dated_source_or_says_that_nhn_has_not_confirmed_it(course_id: str) -> None:
    whole = course(course_id)
    for step in whole.steps():
        source = whole.source_of(step)
        assert (source is None) == step.unconfirmed, step.id
        assert source is None or source.date >= "2026", step.id


@pytest.mark.parametrize("course_id", COURSES)
def test_every_step_has_an_owner_among_its_roles_and_evidence_in_both_languages(course_id: str) -> None:
    for step in course(course_id).steps():
        assert step.owner in step.roles
        for text in (step.title, step.what, step.evidence, *step.decide):
            assert text.nb != text.en, (step.id, text)


@pytest.mark.parametrize("course_id", COURSES)
def test_a_course_has_every_check_once_and_only_forms_that_exist(course_id: str) -> None:
    steps = list(course(course_id).steps())
    checks = [step.check for step in steps if step.check]
    assert sorted(checks) == sorted(EVERY_CHECK)
    assert {step.form for step in steps if step.form} <= forms().keys()


@pytest.mark.parametrize("course_id", COURSES)
def test_the_communication_test_comes_before_every_other_test(course_id: str) -> None:
    order = [step.check for step in course(course_id).steps() if step.check]
    tests = ["communication", "sit", "acceptance", "verification", "handover"]
    assert [check for check in order if check in tests] == tests


@pytest.mark.parametrize("course_id", COURSES)
@pytest.mark.parametrize("step_id", ["membership", "risk", "delegation", "downtime", "training", "go-no-go"])
def test_what_is_needed_besides_the_phases_is_there_with_its_owner(course_id: str, step_id: str) -> None:
    step = course(course_id).step(step_id)
    assert step is not None
    assert step.owner is Role.KOMMUNE
    assert step.unconfirmed


def test_the_two_courses_differ_in_what_the_sources_say_differs() -> None:
    vkp, jft = course("vkp"), course("jft")
    plan = {c.id: c.step("rough-plan") for c in (vkp, jft)}
    assert plan["vkp"] is not None
    assert plan["jft"] is not None
    assert plan["vkp"].owner is Role.VKP
    assert plan["jft"].owner is Role.KOMMUNE
    assert vkp.step("epj-fetches") is None
    assert jft.step("epj-fetches") is not None


def test_a_step_without_source_and_mark_is_refused() -> None:
    whole = course("vkp").model_dump()
    whole["phase"][0]["step"][0]["source"] = None
    with pytest.raises(ValidationError, match="source or is unconfirmed"):
        Course.model_validate(whole)


def test_a_step_with_a_source_that_the_course_does_not_list_is_refused() -> None:
    whole = course("vkp").model_dump()
    whole["phase"][0]["step"][0]["source"] = "hearsay"
    with pytest.raises(ValidationError, match="unknown sources"):
        Course.model_validate(whole)


def test_an_unknown_course_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        course("pmd")


def test_every_form_can_be_practised_without_anything_missing() -> None:
    for form in forms().values():
        assert missing(form, practised(form)) == [], form.id
