from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.language import same
from hub.rehearsal.comparing import Grade
from hub.rehearsal.course import course
from hub.rehearsal.entries import AUTO, Checked, Content, DeviationSet, Entry, FormFilled, Noted, StepSaid
from hub.rehearsal.forms import forms, practised
from hub.rehearsal.progress import Progress, StepState, progress
from hub.rehearsal.readiness import readiness
from hub.rehearsal.results import CaseResult, CheckResult, Said, Verdict
from tests.rehearsal.fake_hub import NOW

VKP, FORMS = course("vkp"), forms()
STEPS = list(VKP.steps())


def entry(content: Content, minute: int = 0, who: str = "Kari") -> Entry:
    return Entry(at=NOW + timedelta(minutes=minute), who=who, content=content)


def result(step: str, verdict: Verdict, *cases: tuple[str, Verdict]) -> Checked:
    found = tuple(
        CaseResult(case=c, title=same(c), verdict=v, grade=Grade.B if v is Verdict.FAILED else None) for c, v in cases
    )
    said = (Said(verdict=verdict if not cases else Verdict.SKIPPED, text=same("sett")),)
    return Checked(result=CheckResult(step=step, verdict=verdict, said=said, cases=found, at=NOW))


def everything(who: str = "Kari") -> list[Entry]:
    """Every entry that a course needs to end ready."""
    found: list[Entry] = []
    for step in STEPS:
        if step.form:
            found.append(entry(FormFilled(form=step.form, values=practised(FORMS[step.form])), who=who))
        if step.check:
            found.append(entry(result(step.id, Verdict.PASSED), who=who))
        else:
            found.append(entry(StepSaid(step=step.id, state="done", evidence="sett"), who=who))
    return found


def of(*entries: Entry) -> Progress:
    return progress(VKP, FORMS, entries)


def deviation(grade: Grade, **more: Any) -> DeviationSet:
    return DeviationSet(id="own", title="Feil i notatet", grade=grade, **more)


WHOLE_PLAN = {"plan": "Rettes i neste versjon", "responsible": "VFT", "due": "2027-01-31"}


def test_a_course_where_everything_is_done_is_ready() -> None:
    reached = of(*everything())
    assert readiness(reached).is_ready
    assert reached.over == len(STEPS)
    assert reached.next is None


@settings(max_examples=60)
@given(st.sampled_from(range(len(STEPS))))
def test_whatever_step_is_left_out_the_municipality_is_not_ready_and_is_told_which(left: int) -> None:
    skipped = STEPS[left]
    entries = [e for e in everything() if getattr(e.content, "step", getattr(e.content, "result", None)) != skipped.id]
    entries = [e for e in entries if not (isinstance(e.content, Checked) and e.content.result.step == skipped.id)]
    summary = readiness(of(*entries))
    assert not summary.is_ready
    assert any(skipped.title.nb in text.nb for text in summary.blocking)


@given(st.sampled_from([Grade.A, Grade.B]), st.booleans())
def test_an_open_a_or_b_blocks_whatever_the_plan(grade: Grade, has_plan: bool) -> None:
    plan = WHOLE_PLAN if has_plan else {}
    assert not readiness(of(*everything(), entry(deviation(grade, **plan)))).is_ready
    assert readiness(of(*everything(), entry(deviation(grade, closed=True)))).is_ready


@given(st.sets(st.sampled_from(sorted(WHOLE_PLAN))))
def test_a_c_passes_only_with_plan_responsible_and_date(given_parts: set[str]) -> None:
    plan = {name: WHOLE_PLAN[name] for name in given_parts}
    assert readiness(of(*everything(), entry(deviation(Grade.C, **plan)))).is_ready == (plan == WHOLE_PLAN)


def test_a_check_can_not_be_declared_passed() -> None:
    said = entry(StepSaid(step="token", state="done", evidence="stol på meg"))
    assert of(said).of("token").state is StepState.OPEN
    failed = entry(result("token", Verdict.FAILED))
    assert of(failed, said).of("token").state is StepState.FAILED


def test_what_a_person_must_confirm_is_done_when_confirmed_after_the_check_and_not_before() -> None:
    said = StepSaid(step="token", state="done", evidence="sett i loggen")
    checked = result("token", Verdict.PERSON)
    assert of(entry(said, 0), entry(checked, 1)).of("token").state is StepState.PERSON
    assert of(entry(checked, 0), entry(said, 1)).of("token").state is StepState.DONE


def test_a_failed_case_is_a_deviation_until_it_passes() -> None:
    bad = entry(result("sit-test", Verdict.FAILED, ("duplicate", Verdict.FAILED), ("first", Verdict.PASSED)))
    good = entry(result("sit-test", Verdict.PASSED, ("duplicate", Verdict.PASSED), ("first", Verdict.PASSED)), 1)
    [found] = of(bad).deviations
    assert (found.id, found.grade, found.closed) == ("sit-test/duplicate", Grade.B, False)
    assert found.blocks
    assert of(bad, good).deviations[0].closed
    assert readiness(of(*everything(), bad, good)).is_ready


def test_a_persons_word_does_not_close_what_a_check_found_but_may_grade_it() -> None:
    bad = entry(result("sit-test", Verdict.FAILED, ("duplicate", Verdict.FAILED)))
    word = DeviationSet(id="sit-test/duplicate", title="Dobbelt", grade=Grade.C, closed=True, **WHOLE_PLAN)
    [found] = of(bad, entry(word, 1)).deviations
    assert not found.closed
    assert found.grade is Grade.C


def test_a_check_whose_only_faults_are_planned_c_counts_as_over_and_is_shown_as_planned() -> None:
    bad = entry(result("acceptance-test", Verdict.FAILED, ("dispense", Verdict.FAILED)), 1)
    plan = DeviationSet(id="acceptance-test/dispense", title="Ordlyd", grade=Grade.C, **WHOLE_PLAN)
    reached = of(*everything(), bad, entry(plan, 2))
    assert reached.of("acceptance-test").state is StepState.PLANNED
    assert readiness(reached).is_ready
    again = of(*everything(), bad, entry(plan, 2), bad)
    assert again.of("acceptance-test").state is StepState.PLANNED, "a new run keeps the grade and the plan"


def test_a_form_must_be_filled_before_its_step_is_done() -> None:
    said = entry(StepSaid(step="go-no-go", state="done", evidence="vedtak"))
    assert of(said).of("go-no-go").state is StepState.OPEN
    filled = entry(FormFilled(form="decision", values={"decision": "go", "by": "Kari"}))
    assert of(filled, said).of("go-no-go").state is StepState.DONE


def test_a_decision_to_wait_is_not_ready_though_every_step_is_over() -> None:
    waits = entry(FormFilled(form="decision", values={"decision": "wait", "by": "Kari"}), 5)
    summary = readiness(of(*everything(), waits))
    assert summary.over == summary.steps
    assert not summary.is_ready


def test_only_a_step_that_may_be_skipped_can_be_irrelevant() -> None:
    skip = StepSaid(step="sit-test", state="not_relevant", evidence="finnes fra før")
    always = StepSaid(step="terms", state="not_relevant", evidence="vil ikke")
    assert of(entry(skip)).of("sit-test").state is StepState.NOT_RELEVANT
    assert of(entry(always)).of("terms").state is StepState.OPEN


def test_what_an_unattended_rehearsal_declares_is_counted_and_never_looks_like_work_done() -> None:
    summary = readiness(of(*everything(who=AUTO)))
    assert summary.is_ready
    assert summary.is_rehearsal_only
    assert summary.declared == sum(step.check is None for step in STEPS)
    assert not readiness(of(*everything())).is_rehearsal_only


@st.composite
def some_entries(draw: st.DrawFn) -> list[Entry]:
    steps = st.sampled_from([step.id for step in STEPS])
    contents: st.SearchStrategy[Content] = st.one_of(
        st.builds(StepSaid, step=steps, state=st.sampled_from(["done", "not_relevant", "open"]), evidence=st.just("x")),
        st.builds(Noted, step=steps, text=st.just("husk")),
        st.builds(result, steps, st.sampled_from(list(Verdict))),
        st.builds(
            lambda step, case, verdict: result(step, verdict, (case, verdict)),
            steps,
            st.sampled_from(["a", "b"]),
            st.sampled_from(list(Verdict)),
        ),
        st.builds(deviation, st.sampled_from(list(Grade)), closed=st.booleans()),
    )
    return [entry(content, minute) for minute, content in enumerate(draw(st.lists(contents, max_size=25)))]


@settings(max_examples=150, deadline=None)
@given(some_entries())
def test_whatever_is_written_down_ready_means_that_nothing_is_open_and_nothing_blocks(entries: list[Entry]) -> None:
    reached = of(*everything(), *entries)
    summary = readiness(reached)
    nothing_open = all(p.state.is_over for p in reached.steps) and not any(d.blocks for d in reached.deviations)
    assert summary.is_ready == nothing_open
    assert reached.over + sum(not p.state.is_over for p in reached.steps) == len(STEPS)
    assert of(*everything(), *entries) == reached


@settings(max_examples=100, deadline=None)
@given(some_entries())
def test_a_remark_never_changes_a_state(entries: list[Entry]) -> None:
    without = [e for e in entries if not isinstance(e.content, Noted)]
    assert [p.state for p in of(*entries).steps] == [p.state for p in of(*without).steps]


def test_asking_for_a_step_that_the_course_lacks_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        of().of("party")
