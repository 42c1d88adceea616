from __future__ import annotations

import pytest

from hub.rehearsal.cases import acceptance_cases
from hub.rehearsal.comparing import Grade
from hub.rehearsal.desk import Desk, NotAllowed, NotFound
from hub.rehearsal.entries import DeviationSet, FormFilled, StepSaid
from hub.rehearsal.progress import StepState
from hub.rehearsal.results import Verdict
from tests.rehearsal.fake_hub import TESTVIK, FakeHub
from tests.rehearsal.memory_journal import MemoryJournal

OSLO = "958935420"


def desk(hub: FakeHub | None = None) -> Desk:
    return Desk(MemoryJournal(), hub or FakeHub(), new_run=lambda: "run-1")


async def test_several_municipalities_rehearse_at_once_without_touching_each_other() -> None:
    d = desk()
    await d.begin(TESTVIK, "vkp")
    await d.begin(TESTVIK, "jft")
    await d.begin(OSLO, "vkp", name="Oslo")
    await d.say(OSLO, "vkp", StepSaid(step="membership", state="done", evidence="avtale"), who="Ola")
    over = {(s.begun.name, s.begun.course): s.readiness.over for s in await d.everything()}
    assert over == {("Testvik", "vkp"): 0, ("Testvik", "jft"): 0, ("Oslo", "vkp"): 1}


async def test_beginning_twice_is_beginning_once() -> None:
    d = desk()
    assert await d.begin(TESTVIK, "vkp") == await d.begin(TESTVIK, "vkp", name="Noe annet")


@pytest.mark.parametrize("number", ["", "12345678", "123456789", "abc"])
async def test_a_municipality_has_an_organisation_number(number: str) -> None:
    with pytest.raises(NotAllowed, match="organisasjonsnummer"):
        await desk().begin(number, "vkp")


async def test_a_check_is_made_and_kept_with_who_asked_for_it() -> None:
    d = desk()
    await d.begin(TESTVIK, "vkp")
    assert (await d.check(TESTVIK, "vkp", "token", who="Kari")).verdict is Verdict.PASSED
    of = (await d.standing(TESTVIK, "vkp")).progress.of("token")
    assert (of.state, of.who) == (StepState.DONE, "Kari")


async def test_a_step_that_people_do_can_not_be_checked_and_one_that_the_hub_checks_not_declared() -> None:
    d = desk()
    await d.begin(TESTVIK, "vkp")
    with pytest.raises(NotAllowed):
        await d.check(TESTVIK, "vkp", "terms", who="Kari")
    with pytest.raises(NotAllowed, match="kontrollerer dette steget selv"):
        await d.say(TESTVIK, "vkp", StepSaid(step="token", state="done", evidence="x"), who="Kari")


async def test_what_the_hub_can_not_see_is_confirmed_with_evidence_only() -> None:
    d = desk(FakeHub(trial=None))
    await d.begin(TESTVIK, "vkp")
    await d.check(TESTVIK, "vkp", "token", who="Kari")
    with pytest.raises(NotAllowed, match="hva som ble sett"):
        await d.say(TESTVIK, "vkp", StepSaid(step="token", state="done"), who="Kari")
    standing = await d.say(TESTVIK, "vkp", StepSaid(step="token", state="done", evidence="svar 200"), who="Kari")
    assert standing.progress.of("token").state is StepState.DONE


async def test_skipping_needs_a_step_that_may_be_skipped_and_a_reason() -> None:
    d = desk()
    await d.begin(TESTVIK, "vkp")
    with pytest.raises(NotAllowed, match="gjelder alltid"):
        await d.say(TESTVIK, "vkp", StepSaid(step="terms", state="not_relevant", evidence="x"), who="Kari")
    with pytest.raises(NotAllowed, match="hvorfor"):
        await d.say(TESTVIK, "vkp", StepSaid(step="sit-test", state="not_relevant"), who="Kari")


async def test_a_deviation_that_a_check_found_is_not_closed_by_hand() -> None:
    d = desk(FakeHub(make_notes=lambda _hub, _names: ()))
    await d.begin(TESTVIK, "vkp")
    await d.check(TESTVIK, "vkp", "communication-test", who="Kari")
    word = DeviationSet(id="communication-test/safety-alarm", title="Borte", grade=Grade.C, closed=True)
    with pytest.raises(NotAllowed, match="lukkes når"):
        await d.deviate(TESTVIK, "vkp", word, who="Kari")
    standing = await d.deviate(TESTVIK, "vkp", word.model_copy(update={"closed": False}), who="Kari")
    assert standing.progress.deviations[0].grade is Grade.C


async def test_own_cases_come_and_go_and_never_take_a_common_ones_place() -> None:
    d = desk()
    await d.begin(TESTVIK, "vkp")
    common = acceptance_cases()[0]
    with pytest.raises(NotAllowed, match="samme id"):
        await d.keep_case(TESTVIK, "vkp", common, who="Kari")
    own = common.model_copy(update={"id": "eget"})
    assert [c.id for c in (await d.keep_case(TESTVIK, "vkp", own, who="Kari")).progress.cases] == ["eget"]
    assert (await d.drop_case(TESTVIK, "vkp", "eget", who="Kari")).progress.cases == ()
    with pytest.raises(NotFound):
        await d.drop_case(TESTVIK, "vkp", "eget", who="Kari")


async def test_what_is_not_there_is_said_so() -> None:
    d = desk()
    for call in (
        d.standing(TESTVIK, "vkp"),
        d.begin(TESTVIK, "pmd"),
    ):
        with pytest.raises(NotFound):
            await call
    await d.begin(TESTVIK, "vkp")
    with pytest.raises(NotFound):
        await d.check(TESTVIK, "vkp", "party", who="Kari")
    with pytest.raises(NotFound):
        await d.fill(TESTVIK, "vkp", FormFilled(form="party", values={}), who="Kari")
