from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.model.codes import Route, ServiceCode
from hub.rehearsal.cases import AcceptanceCase, Fill, acceptance_cases, sit_cases
from hub.rehearsal.checks import Checking, check
from hub.rehearsal.comparing import Grade
from hub.rehearsal.course import course
from hub.rehearsal.identity import reserved_identity
from hub.rehearsal.results import CheckResult, Verdict
from hub.rehearsal.surroundings import RegisteredSender, SeenNote, TokenTrial
from tests.rehearsal.fake_hub import CALM, REGISTERED, TESTVIK, FakeHub, one_note, only

BEFORE, STEP = timedelta(minutes=12), timedelta(seconds=7)
REGISTERED_PERSON = reserved_identity(TESTVIK, "any")


async def run(
    hub: FakeHub,
    name: str,
    *,
    course_id: str = "vkp",
    own: Sequence[AcceptanceCase] = (),
    has_contacts: bool = True,
) -> CheckResult:
    step = next(s for s in course(course_id).steps() if s.check == name)
    result = await check(step, Checking(TESTVIK, course_id, own, "run-1", has_contacts=has_contacts), hub)
    said = [s.text for s in (*result.said, *(s for case in result.cases for s in case.said))]
    assert [text for text in said if text.en == text.nb] == [], "everything is said in both languages"
    return result


def as_expected(hub: FakeHub, names: Sequence[str]) -> tuple[SeenNote, ...]:
    """The note that the case of these names is meant to become."""
    for place in range(10):
        for case in acceptance_cases():
            fill = Fill(REGISTERED_PERSON, hub.now() - BEFORE - place * STEP, f"run-1/{case.id}", "Acme")
            if fill.name("message0") in names and any(fill.at(0).isoformat().encode() in m.payload for m in hub.sent):
                return (SeenNote("key-1", tuple(fill.line(line) for line in case.expected), 1, "epj"),)
    return ()


def last_note(change: int) -> object:
    def notes(hub: FakeHub, names: Sequence[str]) -> tuple[SeenNote, ...]:
        return as_expected(hub, names) * change

    return notes


async def test_the_communication_test_passes_when_one_event_becomes_one_note() -> None:
    found = await run(FakeHub(make_notes=as_expected), "communication")
    assert found.verdict is Verdict.PASSED
    assert found.cases[0].case == "safety-alarm"
    assert all(pair.actual for pair in found.cases[0].pairs)


@pytest.mark.parametrize(("copies", "grade"), [(0, Grade.A), (2, Grade.A)])
async def test_no_note_or_two_fail_the_communication_test_with_an_a(copies: int, grade: Grade) -> None:
    found = await run(FakeHub(make_notes=last_note(copies)), "communication")  # type: ignore[arg-type]
    assert found.verdict is Verdict.FAILED
    assert found.cases[0].grade is grade


async def test_the_first_case_is_one_that_the_municipality_has_a_sender_for() -> None:
    found = await run(FakeHub(only(ServiceCode.MEDICATION), make_notes=as_expected), "communication")
    assert found.cases[0].case == "dispense"


async def test_a_message_that_is_not_answered_fails_the_check_and_says_so() -> None:
    found = await run(FakeHub(is_gone=True), "communication")
    assert found.verdict is Verdict.FAILED
    assert "svarte" in found.said[0].text.nb


async def test_where_the_hub_may_not_send_a_person_must_see_to_it() -> None:
    hub = FakeHub(replace(REGISTERED, doors=()))
    for name in ("communication", "sit", "acceptance", "verification"):
        found = await run(hub, name)
        assert found.verdict is Verdict.PERSON
    assert hub.sent == []


async def test_a_note_that_only_the_hub_shows_must_be_confirmed_in_the_epj() -> None:
    def delivered(hub: FakeHub, names: Sequence[str]) -> tuple[SeenNote, ...]:
        return tuple(replace(note, seen_in="hub") for note in as_expected(hub, names))

    found = await run(FakeHub(make_notes=delivered), "communication")
    assert found.verdict is Verdict.PERSON


async def test_the_acceptance_test_runs_what_has_a_sender_and_skips_the_rest_by_name() -> None:
    found = await run(FakeHub(only(ServiceCode.DIGITAL_SUPERVISION), make_notes=as_expected), "acceptance")
    verdicts = {case.case: case.verdict for case in found.cases}
    assert found.verdict is Verdict.PASSED
    assert verdicts["supervision"] is Verdict.PASSED
    assert verdicts["dispense"] is Verdict.SKIPPED


async def test_a_line_that_is_missing_in_the_note_is_a_b_and_stands_in_the_comparison() -> None:
    def shortened(hub: FakeHub, names: Sequence[str]) -> tuple[SeenNote, ...]:
        return tuple(replace(note, lines=note.lines[:-1]) for note in as_expected(hub, names))

    hub = FakeHub(only(ServiceCode.MEDICATION), make_notes=shortened)
    found = await run(hub, "acceptance")
    case = next(case for case in found.cases if case.case == "dispense")
    assert (found.verdict, case.grade) == (Verdict.FAILED, Grade.B)
    assert [pair.expected for pair in case.pairs if pair.is_missing] == ["Tjeneste: Medisindispenser"]


async def test_a_case_of_the_municipalitys_own_is_run_with_the_others() -> None:
    own = acceptance_cases()[1].model_copy(update={"id": "egen", "expected": ("Multidose",), "own": True})
    hub = FakeHub(only(ServiceCode.MEDICATION))
    found = await run(hub, "acceptance", own=[own])
    verdicts = {case.case: case.verdict for case in found.cases}
    assert verdicts["egen"] is Verdict.PASSED
    assert verdicts["dispense"] is Verdict.FAILED, "the fake note is not what our own case expects"


async def test_by_jft_only_what_jft_takes_is_sent_and_only_as_the_client() -> None:
    both = (RegisteredSender("Other", (ServiceCode.SAFETY_ALARM,)), RegisteredSender("Acme", (ServiceCode.MEDICATION,)))
    hub = FakeHub(replace(REGISTERED, senders=both), make_notes=as_expected)
    found = await run(hub, "acceptance", course_id="jft")
    assert {m.door for m in hub.sent} == {"jft"}
    ran = {case.case for case in found.cases if case.verdict is not Verdict.SKIPPED}
    assert ran == {"dispense", "missed-dispense"}


async def test_the_verification_uses_another_reserved_person_than_the_acceptance_test() -> None:
    hub = FakeHub(only(ServiceCode.MEDICATION), make_notes=as_expected)
    await run(hub, "acceptance")
    accepted, hub.sent = [m.payload for m in hub.sent], []
    found = await run(hub, "verification")
    assert "syntetisk serie" in found.said[0].text.nb
    person = reserved_identity(TESTVIK, "verification").value.encode()
    assert all(person in m.payload for m in hub.sent)
    assert not any(person in payload for payload in accepted)


async def test_the_integration_test_passes_on_a_hub_that_does_right() -> None:
    hub = FakeHub()
    found = await run(hub, "sit")
    assert [(c.case, c.verdict) for c in found.cases if c.verdict is not Verdict.PASSED] == []
    assert len(found.cases) == len(sit_cases()[0])
    assert set(hub.disturbances) == {"down", "drops"}
    assert len(hub.dismissed) == 1, "what was rejected on purpose is tidied away"


async def test_the_integration_test_catches_a_hub_that_writes_every_message() -> None:
    def doubled(hub: FakeHub, names: Sequence[str]) -> tuple[SeenNote, ...]:
        sent = [m for m in hub.sent if m.name in names and m.code.value != "rejected"]
        return tuple(SeenNote(str(n), m.texts, 1, "epj") for n, m in enumerate(sent))

    found = await run(FakeHub(make_notes=doubled), "sit")
    failing = {case.case for case in found.cases if case.verdict is Verdict.FAILED}
    assert failing == {"duplicate", "version", "out-of-order", "late-repeat"}
    assert all(case.grade is Grade.A for case in found.cases if case.case in failing)


async def test_the_integration_test_catches_a_hub_that_goes_by_arrival() -> None:
    def latest(hub: FakeHub, names: Sequence[str]) -> tuple[SeenNote, ...]:
        sent = [m for m in hub.sent if m.name in names and m.code.value != "rejected"]
        return (SeenNote("k", sent[-1].texts, 1, "epj"),) if sent else ()

    found = await run(FakeHub(make_notes=latest), "sit")
    failing = {case.case for case in found.cases if case.verdict is Verdict.FAILED}
    assert failing == {"out-of-order", "late-repeat"}


async def test_a_real_epj_is_never_disturbed() -> None:
    hub = FakeHub(replace(REGISTERED, is_simulated=False))
    found = await run(hub, "sit")
    assert hub.disturbances == []
    assert {c.case for c in found.cases if c.verdict is Verdict.SKIPPED} == {"epj-down", "epj-time-out"}


async def test_a_municipality_that_is_not_set_up_is_told_what_to_add() -> None:
    found = await run(FakeHub(registered=None), "sender_registered")
    assert found.verdict is Verdict.FAILED
    assert "[[municipality]]" in found.said[0].text.nb


async def test_a_sender_without_services_and_a_municipality_without_senders_fail() -> None:
    bare = replace(REGISTERED, senders=(RegisteredSender("Acme", ()),))
    assert (await run(FakeHub(bare), "sender_registered")).verdict is Verdict.FAILED
    assert (await run(FakeHub(replace(REGISTERED, senders=())), "sender_registered")).verdict is Verdict.FAILED
    assert (await run(FakeHub(), "sender_registered")).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "fault",
    [
        replace(REGISTERED, epj_codes={}),
        replace(REGISTERED, unmapped_codes=("ta",)),
        replace(REGISTERED, alert_route=Route.NONE),
        replace(REGISTERED, senders=()),
    ],
)
async def test_service_codes_without_a_place_in_the_epj_or_alerts_without_a_way_fail(fault: object) -> None:
    assert (await run(FakeHub(fault), "services_mapped")).verdict is Verdict.FAILED  # type: ignore[arg-type]
    assert (await run(FakeHub(), "services_mapped")).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("trial", "verdict"),
    [
        (TokenTrial("GET /x", "DPoP", 200, 401), Verdict.PASSED),
        (TokenTrial("GET /x", "DPoP", 403, 401), Verdict.FAILED),
        (TokenTrial("GET /x", "DPoP", 200, 200), Verdict.FAILED),
        (None, Verdict.PERSON),
    ],
)
async def test_a_token_must_open_the_door_and_nothing_else_may(trial: TokenTrial | None, verdict: Verdict) -> None:
    assert (await run(FakeHub(trial=trial), "token")).verdict is verdict


@pytest.mark.parametrize(
    "change",
    [
        {"pending": 1},
        {"alerts_pending": 1},
        {"waiting": 1},
        {"quarantined": 1},
        {"alerts": ("Noe er galt",)},
        {"held": True},
    ],
)
async def test_the_hand_over_needs_a_clean_table(change: dict[str, object]) -> None:
    assert (await run(FakeHub(rest=replace(CALM, **change)), "handover")).verdict is Verdict.FAILED  # type: ignore[arg-type]
    assert (await run(FakeHub(), "handover")).verdict is Verdict.PASSED
    assert (await run(FakeHub(), "handover", has_contacts=False)).verdict is Verdict.FAILED


def test_the_fake_hub_gives_no_note_for_what_was_never_sent() -> None:
    assert one_note(FakeHub(), ["nothing"]) == ()
