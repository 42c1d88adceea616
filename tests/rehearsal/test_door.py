"""The JSON door: what its OpenAPI says is what it does, and a whole rehearsal can be scripted against it."""

from __future__ import annotations

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.rehearsal.conftest import RunningHub

pytestmark = pytest.mark.slow
FUZZED = "310000043"
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
AT = "/rehearsal/api/rehearsals/{municipality}/{course}"
PATHS = [
    ("GET", "/rehearsal/api/courses"),
    ("GET", "/rehearsal/api/forms"),
    ("GET", "/rehearsal/api/cases"),
    ("GET", "/rehearsal/api/rehearsals"),
    ("POST", AT),
    ("GET", AT),
    ("POST", f"{AT}/steps/{{step}}"),
    ("POST", f"{AT}/steps/{{step}}/notes"),
    ("POST", f"{AT}/steps/{{step}}/check"),
    ("POST", f"{AT}/forms/{{form}}"),
    ("GET", f"{AT}/forms/{{form}}"),
    ("POST", f"{AT}/deviations/{{deviation}}"),
    ("POST", f"{AT}/cases"),
    ("DELETE", f"{AT}/cases/{{case}}"),
    ("GET", f"{AT}/report.html"),
    ("GET", f"{AT}/report.pdf"),
]


@pytest.fixture(scope="module")
def operations(running_hub: RunningHub) -> dict[tuple[str, str], object]:
    schema = schemathesis.openapi.from_url(f"{running_hub.door.http}/openapi.json")
    found = [operation.ok() for operation in schema.get_all_operations()]
    ours = [o for o in found if o.path.startswith("/rehearsal")]
    running_hub.door.post(f"/rehearsals/{FUZZED}/jft")
    return {(o.method.upper(), o.path): o for o in ours}


def test_the_list_of_paths_is_the_whole_of_the_door(operations: dict[tuple[str, str], object]) -> None:
    assert set(operations) == set(PATHS)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_answer_is_documented(
    running_hub: RunningHub, operations: dict[tuple[str, str], object], path: tuple[str, str]
) -> None:
    operation = operations[path]
    turn = iter(range(1_000_000))

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy())  # type: ignore[attr-defined]
    def answers_as_documented(case: schemathesis.Case) -> None:
        if "municipality" in case.path_parameters and next(turn) % 2:
            case.path_parameters |= {"municipality": FUZZED, "course": "jft"}
        case.call_and_validate(base_url=running_hub.door.http, checks=CHECKS, allow_redirects=False)

    answers_as_documented()


def test_a_script_can_follow_a_municipality(running_hub: RunningHub) -> None:
    base = f"{running_hub.door.http}/rehearsal/api"
    begun = requests.post(f"{base}/rehearsals/958935420/vkp", json={"name": "Oslo"}, timeout=10).json()
    assert (begun["name"], begun["next_step"]) == ("Oslo", "mapping-form")
    at = f"{base}/rehearsals/958935420/vkp"
    found = requests.post(f"{at}/steps/sender-registered/check", params={"who": "Kari"}, timeout=30).json()
    assert found["verdict"] == "failed"
    refused = requests.post(f"{at}/steps/sender-registered", json={"state": "done"}, timeout=10)
    assert refused.status_code == 409
    assert "kontrollerer" in refused.json()["detail"]
    listed = requests.get(f"{base}/rehearsals", timeout=10).json()
    assert "Oslo" in {row["name"] for row in listed}
    page = requests.get(f"{at}/report.html", timeout=10)
    assert "unsafe" not in page.headers["Content-Security-Policy"]
