"""The checks fail for real when something is really wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from hub.rehearsal.cases import acceptance_cases
from tests.rehearsal.conftest import FAILING, RunningHub

pytestmark = pytest.mark.slow
AT = f"/rehearsals/{FAILING}/vkp"


def check(hub: RunningHub, step: str) -> dict[str, Any]:
    hub.door.post(AT)
    points = [{"about": "Alt", "who": "VKP", "day": "81 50 00 00", "night": "samme"}]
    hub.door.post(f"{AT}/forms/contacts", {"values": {"points": points}})
    found: dict[str, Any] = hub.door.post(f"{AT}/steps/{step}/check", who="Kari")
    return found


def test_a_line_that_the_note_lacks_is_a_b_that_a_person_may_live_with_for_a_while(running_hub: RunningHub) -> None:
    own = acceptance_cases()[0].model_copy(update={"id": "ordlyd", "expected": ("Alarm utløst av bruker",)})
    running_hub.door.post(AT)
    running_hub.door.post(f"{AT}/cases", json.loads(own.model_dump_json()))
    found = check(running_hub, "acceptance-test")
    case = next(c for c in found["cases"] if c["case"] == "ordlyd")
    assert (found["verdict"], case["verdict"], case["grade"]) == ("failed", "failed", "B")
    plan = {"title": "Ordlyd", "grade": "C", "plan": "Ny tekst", "responsible": "VFT", "due": "2027-01-31"}
    standing = running_hub.door.post(f"{AT}/deviations/acceptance-test/ordlyd", plan)
    state = next(s["state"] for s in standing["steps"] if s["step"] == "acceptance-test")
    assert state == "planned"
    running_hub.door.delete(f"{AT}/cases/ordlyd")
    assert check(running_hub, "acceptance-test")["verdict"] == "passed"
    [deviation] = running_hub.door.get(AT)["deviations"]
    assert deviation["closed"]


def test_an_epj_that_refuses_is_an_a_and_stops_the_hand_over_until_it_is_settled(running_hub: RunningHub) -> None:
    endpoints = json.loads((running_hub.directory / "endpoints.json").read_text())
    admin, http = endpoints["epj_admin"][FAILING], endpoints["http"]
    requests.post(f"{admin}/faults", json={"fault": "refuses", "count": 1}, timeout=10).raise_for_status()
    found = check(running_hub, "communication-test")
    assert (found["verdict"], found["cases"][0]["grade"]) == ("failed", "A")
    assert check(running_hub, "handover")["verdict"] == "failed"
    waiting = requests.get(f"{http}/operations/waiting", timeout=10).json()
    [mine] = [row for row in waiting if row["municipality"] == FAILING]
    again = f"{http}/operations/waiting/{mine['case_id']}/{mine['destination']}/resend"
    requests.post(again, timeout=10).raise_for_status()
    assert check(running_hub, "communication-test")["verdict"] == "passed"
    assert check(running_hub, "handover")["verdict"] == "passed"


def test_traffic_that_is_held_stops_the_hand_over(running_hub: RunningHub) -> None:
    hold = f"{running_hub.door.http}/operations/holds/{FAILING}/epj"
    requests.put(hold, timeout=10).raise_for_status()
    try:
        found = check(running_hub, "handover")
        assert found["verdict"] == "failed"
        assert "holdt tilbake" in json.dumps(found, ensure_ascii=False)
    finally:
        requests.delete(hold, timeout=10).raise_for_status()
