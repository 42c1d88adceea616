from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import orjson
import pytest

from devices_sim.emission import Emission
from devices_sim.plan import DEMO_START, DEMO_TOWNS, DayPlan, plan_day
from devices_sim.town import town
from hub.model.codes import EventKind
from hub.model.person import IDENTITY_NUMBER, NumberKind, number_kind, organisation_number_is_test
from tests.devices.worlds import findings


@pytest.fixture(scope="module")
def plan() -> DayPlan:
    return plan_day(7)


def _digest(emissions: tuple[Emission, ...]) -> str:
    whole = sha256()
    for e in emissions:
        whole.update(f"{e.at.isoformat()} {e.topic} {e.retain} {e.repeats} ".encode() + e.payload + b"\n")
    return whole.hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert _digest(plan_day(3).emissions) == _digest(plan_day(3).emissions)
    assert _digest(plan_day(3).emissions) != _digest(plan_day(4).emissions)


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_a_day_has_cases_enough_and_not_too_many(seed: int) -> None:
    assert 150 <= plan_day(seed).answer_key.unique_cases <= 400


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_kind_of_device_is_shown_in_every_municipality(seed: int) -> None:
    plan = plan_day(seed)
    wanted = {
        *("safety_alarm", "fall_detector", "medication_dispenser", "door_sensor", "bed_sensor", "room_sensor"),
        *("location_tracker", "camera", "remote_monitoring", "response_centre"),
    }
    for place in DEMO_TOWNS:
        mine = [e for e in plan.emissions if e.municipality == place.organisation_number and e.kind == "event"]
        assert wanted <= {e.device_type for e in mine} | {"response_centre" for e in mine if e.door == "centre"}
        measured = {c["display"] for e in mine if e.resource_type == "Observation" for c in _codings(e)}
        assert {"Blodtrykk", "Puls", "Oksygenmetning", "Kroppsvekt"} <= measured


def _codings(emission: Emission) -> list[dict[str, str]]:
    resource = orjson.loads(emission.payload)
    return resource.get("code", {}).get("coding", []) if not emission.fault else []


def test_times_never_go_back(plan: DayPlan) -> None:
    times = [e.at for e in plan.emissions]
    assert times == sorted(times)
    assert times[0] >= DEMO_START


def test_every_sound_message_is_valid_at_the_strictest_level(plan: DayPlan) -> None:
    for emission in plan.emissions:
        if emission.kind == "event" and not emission.fault:
            rules = {f.rule for f in findings(emission)}
            assert rules <= {"case-identifier-missing"}, (emission.resource_type, rules)


def test_every_broken_message_is_found_broken_at_the_element_that_was_broken(plan: DayPlan) -> None:
    broken = [e for e in plan.emissions if e.fault]
    assert Counter(e.fault for e in broken) == dict.fromkeys(
        (
            "broken_json",
            "missing_element",
            "invalid_identity_number",
            "unknown_code",
            "absurd_time",
            "missing_performer",
        ),
        len(DEMO_TOWNS),
    )
    for emission in broken:
        if emission.fault == "broken_json":
            with pytest.raises(orjson.JSONDecodeError):
                orjson.loads(emission.payload)
            continue
        paths = [f.path for f in findings(emission) if f.is_error]
        assert emission.fault_path is not None
        stem = emission.fault_path.removesuffix("DateTime")
        assert any(path.startswith(stem) for path in paths), (emission.fault, paths)


def test_the_answer_key_lists_every_broken_message_by_its_hash(plan: DayPlan) -> None:
    assert {f.sha256 for f in plan.answer_key.faults} == {e.sha256 for e in plan.emissions if e.fault}


def test_patients_are_synthetic_and_never_shared_between_municipalities(plan: DayPlan) -> None:
    homes: dict[str, set[str]] = {}
    for case in plan.answer_key.cases:
        assert number_kind(case.patient) is NumberKind.SYNTHETIC
        homes.setdefault(case.patient, set()).add(case.municipality)
    assert all(len(home) == 1 for home in homes.values())


def test_the_demo_towns_have_test_organisation_numbers() -> None:
    assert all(organisation_number_is_test(place.organisation_number) for place in DEMO_TOWNS)


def test_what_was_sent_is_counted_message_by_message(plan: DayPlan) -> None:
    key = plan.answer_key
    sent = Counter(e.sha256 for e in plan.emissions if e.kind == "event" and not e.fault)
    told = Counter[str]()
    for case in key.cases:
        told.update(dict(zip(case.message_sha256s, case.emitted, strict=True)))
    assert told == sent
    assert key.published == sum(sent.values()) + len(key.faults)


def test_some_messages_come_again_byte_for_byte(plan: DayPlan) -> None:
    again = [e for e in plan.emissions if e.repeats]
    assert len(again) >= 5
    first = {e.sha256 for e in plan.emissions if not e.repeats}
    assert all(e.sha256 in first for e in again)


def test_a_linked_double_is_one_case_by_two_doors(plan: DayPlan) -> None:
    clouds = [e for e in plan.emissions if e.door == "cloud" and not e.repeats]
    assert len(clouds) == len(DEMO_TOWNS)
    for cloud in clouds:
        assert cloud.case is not None
        case = next(c for c in plan.answer_key.cases if c.id == cloud.case.id)
        assert case.must_have_note
        bare = next(e for e in plan.emissions if e.case and e.case.id == case.id and e.door == "device")
        assert bare.identifier is None
        assert _alarm(bare) == _alarm(cloud)
        assert bare.sender != cloud.sender


def _alarm(emission: Emission) -> tuple[str, str, str, str]:
    resource = orjson.loads(emission.payload)
    if resource["resourceType"] == "Bundle":
        assert resource["identifier"]["system"] != "urn:ietf:rfc:3986"
        resource = next(e["resource"] for e in resource["entry"] if e["resource"]["resourceType"] == "DetectedIssue")
    assert "identifier" not in resource
    patient = resource["patient"]["identifier"]
    assert patient["system"] == IDENTITY_NUMBER
    device = resource["author"]["identifier"]["value"]
    return patient["value"], device, resource["code"]["coding"][0]["code"], resource["identifiedDateTime"]


def test_a_follow_up_says_which_alert_it_answers_and_comes_after_it(plan: DayPlan) -> None:
    alerts = {e.case.id: e for e in plan.emissions if e.case and e.door == "device" and not e.repeats}
    for answer in (e for e in plan.emissions if e.answers):
        assert answer.case is not None
        alert = alerts[answer.case.id]
        assert alert.at < answer.at
        assert {alert.identifier, alert.sha256} & set(answer.answers)


def test_one_follow_up_per_municipality_comes_before_its_alert(plan: DayPlan) -> None:
    first: dict[str, Emission] = {}
    for emission in plan.emissions:
        if emission.case and emission.case.kind is EventKind.ALERT:
            first.setdefault(emission.case.id, emission)
    early = [e for e in first.values() if e.door == "centre"]
    assert len(early) == len(DEMO_TOWNS)
    assert all(e.answers == () for e in early)


def test_a_second_version_is_the_same_document_said_later(plan: DayPlan) -> None:
    versions: dict[str, list[Emission]] = {}
    for emission in plan.emissions:
        if emission.door == "centre" and emission.identifier and not emission.repeats:
            versions.setdefault(emission.identifier, []).append(emission)
    amended = [v for v in versions.values() if len(v) > 1]
    assert len(amended) >= len(DEMO_TOWNS)
    for one, two in amended:
        said = [datetime.fromisoformat(orjson.loads(e.payload)["timestamp"]) for e in (one, two)]
        assert said[0] < said[1]
        assert one.payload != two.payload


def test_the_first_version_comes_once_more_after_the_second(plan: DayPlan) -> None:
    newest: dict[str, int] = {}
    late = 0
    for emission in plan.emissions:
        if emission.door != "centre" or emission.case is None:
            continue
        late += emission.case.version < newest.get(emission.case.id, 0)
        newest[emission.case.id] = max(newest.get(emission.case.id, 0), emission.case.version)
    assert late >= len(DEMO_TOWNS)


def test_one_device_falls_silent_and_one_leaves_a_will_in_every_municipality(plan: DayPlan) -> None:
    why = Counter((t.municipality, t.why) for t in plan.answer_key.technical)
    assert why == {(p.organisation_number, w): 1 for p in DEMO_TOWNS for w in ("silence", "last_will")}
    for alert in plan.answer_key.technical:
        topic = f"vft/{alert.municipality}/{alert.sender}/{alert.device}/"
        after = [e for e in plan.emissions if e.topic.startswith(topic) and e.at > alert.at]
        assert after == []


def test_statuses_are_retained_and_say_what_the_contract_says(plan: DayPlan) -> None:
    statuses = [e for e in plan.emissions if e.kind == "status"]
    assert statuses
    for status in statuses:
        assert status.retain
        assert status.topic.endswith("/status")
        assert orjson.loads(status.payload).keys() == {"state", "battery", "at", "next_within_s"}
    assert not any(e.retain for e in plan.emissions if e.kind == "event")


def test_handling_steps_of_every_code_are_seen(plan: DayPlan) -> None:
    seen: set[str] = set()
    for seed in (7, 8, 9, 10):
        for emission in plan_day(seed).emissions:
            if emission.door == "centre":
                note = orjson.loads(emission.payload)["entry"][0]["resource"]
                seen.update(step["code"][0]["coding"][0]["code"] for step in note["event"])
    assert seen == {"0", "1", "3", "4", "5", "6", "7", "8", "9", "10"}


def test_the_towns_and_the_day_can_be_chosen() -> None:
    place = town("310000035", "Vesle", {"safety_alarm": 30, "medication_dispenser": 5, "digital_supervision": 5})
    start = datetime(2026, 6, 1, 22, 0, tzinfo=UTC)
    plan = plan_day(1, towns=[place], start=start, hours=6)
    assert {e.municipality for e in plan.emissions} == {"310000035"}
    assert all(start <= e.at < start + timedelta(hours=8) for e in plan.emissions)
