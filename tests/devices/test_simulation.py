from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices_sim.answer_key import AnswerKey, Scribe
from devices_sim.assembly import Wish, assembled
from devices_sim.emission import Emission
from devices_sim.happening import Alert, Dispense, Report
from devices_sim.message.vocabulary import ALERT_NAMES, DISPENSE_NAMES
from devices_sim.scenario import FaultSettings, Scenario, scenario_files
from devices_sim.simulation import simulated
from hub.model.codes import EventKind
from tests.devices.worlds import START, a_run, emitted, events, findings, in_testvik, small_world


def _with(**fault: Any) -> Scenario:
    return Scenario(name="prøve", fault=(FaultSettings.model_validate(fault),))


def _key(emissions: list[Emission]) -> AnswerKey:
    scribe = Scribe()
    for emission in emissions:
        scribe.note(emission)
    return scribe.key()


FAULTS: list[dict[str, Any]] = [
    {"kind": "drop", "probability": 0.1},
    {"kind": "delay", "probability": 0.3, "seconds": 4000},
    {"kind": "duplicate", "probability": 0.2, "times": 2, "seconds": 500},
    {"kind": "renumber", "share": 0.3, "seconds": 10},
    {"kind": "reorder", "probability": 0.5, "seconds": 300},
    {"kind": "corrupt", "probability": 0.1},
    {"kind": "replay_yesterday", "from": "10:00", "to": "11:00"},
    {"kind": "flood", "from": "12:00", "to": "12:30", "times": 20},
    {"kind": "outage", "from": "22:00", "to": "04:00", "districts": [1, 2, 3]},
    {"kind": "going_live", "from": "06:00", "to": "12:00"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["kind"])
def test_whatever_happens_on_the_way_time_never_goes_back(fault: dict[str, Any]) -> None:
    times = [e.at for e in emitted(_with(**fault))]
    assert times == sorted(times)


@settings(max_examples=20)
@given(st.lists(st.sampled_from(FAULTS), min_size=2, max_size=5), st.integers(1, 50))
def test_faults_compose_in_any_order(faults: list[dict[str, Any]], seed: int) -> None:
    scenario = Scenario(name="prøve", fault=tuple(FaultSettings.model_validate(f) for f in faults))
    all_of_it = list(simulated(a_run(scenario, seed=seed, world=_WORLD)))
    times = [e.at for e in all_of_it]
    assert times == sorted(times)
    key = _key(all_of_it)
    assert key.published == len(events(all_of_it))
    assert sum(sum(c.emitted) for c in key.cases) + len(key.faults) == key.published


_WORLD = small_world(size=8)


def test_dropped_messages_are_in_the_answer_key_and_not_sent() -> None:
    without = emitted()
    dropped = emitted(_with(kind="drop", probability=0.3))
    lost = [e for e in dropped if e.lost]
    assert 0.2 < len(lost) / len(without) < 0.4
    key = _key(dropped)
    nothing = [c for c in key.cases if c.why_not == "nothing_sent"]
    assert nothing
    assert all(not c.must_have_note and c.emitted == () for c in nothing)


def test_the_response_centre_answers_only_what_reached_it() -> None:
    for fault in (FAULTS[0], FAULTS[5], FAULTS[8]):
        arrived: dict[str, datetime] = {}
        for e in emitted(_with(**fault)):
            if e.case is None or e.lost:
                continue
            if e.door == "centre" and not e.fault:
                assert e.at > arrived[e.case.id]
            elif not e.fault:
                arrived.setdefault(e.case.id, e.at)


def test_an_outage_holds_events_back_in_their_order_and_sends_wills() -> None:
    scenario = _with(**{"kind": "outage", "from": "02:00", "to": "09:00", "seconds": 60})
    inside = (START + timedelta(hours=2), START + timedelta(hours=9))
    all_of_it = [e for e in emitted(scenario) if not e.lost]
    device_events = [e for e in all_of_it if e.door == "device" and e.kind == "event"]
    assert not [e for e in device_events if inside[0] <= e.at < inside[1]]
    burst = [e for e in device_events if inside[1] <= e.at <= inside[1] + timedelta(seconds=60)]
    assert len(burst) > 20
    happened = [e.case.occurred_at for e in burst if e.case and e.case.occurred_at < inside[1] and not e.repeats]
    late = sum(later < earlier for earlier, later in pairwise(happened))
    assert late / len(happened) < 0.2
    states = Counter(orjson.loads(e.payload)["state"] for e in all_of_it if e.kind == "status")
    assert states["offline"] > 5
    assert {t.why for t in _key(all_of_it).technical} >= {"last_will"}


def test_duplicates_have_the_same_bytes_and_renumbered_ones_new_names() -> None:
    twice = emitted(_with(kind="duplicate", times=1, seconds=5))
    counts = Counter(e.sha256 for e in events(twice))
    assert min(counts.values()) == 2
    renumbered = emitted(_with(kind="renumber", seconds=5))
    originals = {e.identifier for e in renumbered if not e.is_renumbered}
    copies = [e for e in renumbered if e.is_renumbered]
    assert len(copies) > 50
    for e in copies:
        assert e.identifier not in originals
        assert findings(e) == []
    assert sum(c.renumbered for c in _key(renumbered).cases) == len(copies)


def test_corrupted_messages_are_refused_and_their_cases_excused() -> None:
    all_of_it = emitted(_with(kind="corrupt", probability=0.3), hours=24)
    spoilt = [e for e in all_of_it if e.fault]
    assert {e.fault for e in spoilt} == {
        *("broken_json", "wrong_encoding", "missing_element", "invalid_identity_number"),
        *("wrong_type", "unknown_resource"),
    }
    for e in spoilt:
        assert _is_refused(e), e.fault
    key = _key(all_of_it)
    assert {c.why_not for c in key.cases} == {None, "only_broken"}


def _is_refused(emission: Emission) -> bool:
    try:
        resource = orjson.loads(emission.payload)
    except orjson.JSONDecodeError:
        return True
    if not {"patient", "subject"} & resource.keys() and resource["resourceType"] == "Observation":
        return True  # refused by the hub for want of a patient, whichever profile is meant
    return any(f.is_error for f in findings(emission, "vkp"))


def test_yesterdays_messages_come_again_a_day_late() -> None:
    scenario = _with(**{"kind": "replay_yesterday", "from": "00:00", "to": "24:00"})
    first = events(emitted(hours=24))
    both = events(emitted(scenario, hours=48))
    yesterday = Counter(e.sha256 for e in first if e.door == "device" and e.at < START + timedelta(hours=23))
    today = Counter(e.sha256 for e in both if e.at >= START + timedelta(hours=24) and e.repeats)
    assert sum((yesterday - today).values()) <= len(yesterday) * 0.02


def test_before_a_municipality_is_live_nothing_is_heard_and_afterwards_all() -> None:
    scenario = _with(**{"kind": "going_live", "from": "08:00", "to": "16:00"})
    heard = events(emitted(scenario))
    assert min(e.at for e in heard) >= START + timedelta(hours=8)
    usual = [e.sha256 for e in events(emitted()) if e.at >= START + timedelta(hours=17) and e.door == "device"]
    assert set(usual) <= {e.sha256 for e in heard}
    assert all(c.why_not is None for c in _key(emitted(scenario)).cases)


def test_a_fault_keeps_to_its_hours_its_senders_and_its_share() -> None:
    scenario = _with(
        **{"kind": "drop", "from": "22:00", "to": "06:00", "devices": ["camera", "nurse_call"], "share": 0.5}
    )
    lost = [e for e in emitted(scenario) if e.lost]
    assert {e.device_type for e in lost} == {"camera", "nurse_call"}
    hours = {(e.at + timedelta(hours=1)).hour for e in lost}
    assert hours <= {22, 23, 0, 1, 2, 3, 4, 5}
    everybody = {e.device for e in emitted() if e.device_type in {"camera", "nurse_call"}}
    assert 0.3 < len({e.device for e in lost}) / len(everybody) < 0.7
    other = _with(kind="drop", senders=["Respons_*"])
    assert {e.device_type for e in emitted(other) if e.lost} == {"response_centre"}


def test_to_start_in_the_middle_gives_the_same_messages_from_there_on() -> None:
    world = small_world(3)
    for scenario in (Scenario(name="vanlig"), _with(kind="delay", probability=0.3, seconds=900)):
        middle = START + timedelta(hours=40)
        whole = [e for e in simulated(a_run(scenario, hours=60, world=world)) if e.at >= middle]
        rest = list(simulated(a_run(scenario, hours=60, world=world, sent_from=middle)))
        assert [(e.at, e.topic, e.payload) for e in rest] == [(e.at, e.topic, e.payload) for e in whole]


def test_the_day_before_and_after_differ_but_schedules_stay() -> None:
    doses: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for e in events(emitted(hours=96)):
        if e.source and isinstance(e.source.what, Dispense) and e.source.what.code != "1.3":
            doses[e.device][e.at.date().isoformat()].add(e.source.what.dose)
    for days in doses.values():
        every = set().union(*days.values())
        assert all(len(day) >= len(every) - 2 for day in list(days.values())[1:-1])


@pytest.mark.slow
def test_every_alert_and_dispense_code_is_sent_in_some_scenario_with_an_unlucky_seed_too() -> None:
    alerts, dispenses = set(ALERT_NAMES), set(DISPENSE_NAMES)
    for name in scenario_files():
        for e in simulated(assembled(Wish(name, seed=5))):
            is_sent = e.source and e.kind == "event" and not e.lost and not e.fault
            what = e.source.what if e.source and is_sent else None
            if isinstance(what, Alert | Report):
                alerts.discard(what.code)
            elif isinstance(what, Dispense):
                dispenses.discard(what.code)
        if not alerts | dispenses:
            break
    assert (alerts, dispenses) == (set(), set())


@pytest.mark.parametrize("name", ["clock_change_autumn", "clock_change_spring"])
def test_some_clocks_miss_the_change_and_say_an_hour_wrong(name: str) -> None:
    wrong = 0
    for e in simulated(in_testvik(name, 1, None)):
        if e.source and e.kind == "event":
            wrong += abs(e.source.clock_error_s) >= 3500
    assert wrong > 10


def test_no_event_of_any_scenario_breaks_its_profile() -> None:
    for name in scenario_files():
        for e in events(simulated(in_testvik(name, 5, 12))):
            if not e.fault:
                assert [f.rule for f in findings(e)] == [], (name, e.resource_type)


def test_an_alert_that_nobody_had_time_for_is_passed_on() -> None:
    busy = Scenario(name="travelt", rates={}, response_centre={"staff": 0.1})  # type: ignore[arg-type]
    steps = Counter[str]()
    for e in emitted(busy):
        if e.door == "centre":
            note = orjson.loads(e.payload)["entry"][0]["resource"]
            steps.update(c["text"] for s in note["event"] for c in s["code"] if c.get("text"))
    assert steps["Overført til hjemmetjenestens vakttelefon"] > 0


def test_supervisions_come_in_every_mode_planned_and_event_driven() -> None:
    seen: set[tuple[str, str]] = set()
    for seed in range(4):
        for e in events(emitted(seed=seed, hours=96)):
            if e.case and e.case.kind is EventKind.SUPERVISION:
                resource = orjson.loads(e.payload)
                look = resource["entry"][1]["resource"] if e.resource_type == "Bundle" else resource
                mode = look["participant"][0]["type"][0]["coding"][0]["code"]
                seen.add((mode, look["reasonCode"][0]["coding"][0]["code"]))
    assert seen == {(mode, reason) for mode in "01234" for reason in "12"}
