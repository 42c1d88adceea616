"""What the OpenAPI of every door says is what it does: no 5xx, no status that isn't there. Examples work as shown."""

import asyncio
import threading

import aiohttp
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.api.national import bearer_api, dpop_api, national_at

pytestmark = pytest.mark.slow
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
SCOPES = "nhn:jft/api nhn:pit/api.read nhn:pit/api.write nhn:pmd/api"


class Hub:
    """A hub on a thread of its own, with a bound token for all doors but VKP and a bearer token for that."""

    def __init__(self, directory):
        self._directory = directory
        self._ready, self._over = threading.Event(), None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    async def _run(self):
        self._over = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession() as session, national_at(self._directory) as world:
            self.world = world
            self.bound, self.bearer = await dpop_api(world, session, SCOPES), await bearer_api(world, session)
            self._ready.set()
            await self._over.wait()

    def close(self):
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(20)

    def headers(self, method, url):
        """What a request needs to be let in."""
        if "/epj/" in url:
            return {"Authorization": f"Bearer {self.bearer.token}"}
        proof = self.bound.client.proof(method, url.partition("?")[0], token=self.bound.token)
        return {"Authorization": f"DPoP {self.bound.token}", "DPoP": proof}


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    hub = Hub(tmp_path_factory.mktemp("hub"))
    yield hub
    hub.close()


@pytest.fixture(scope="module")
def operations(hub):
    schema = schemathesis.openapi.from_url(f"{hub.world.http}/openapi.json")
    found = [operation.ok() for operation in schema.get_all_operations()]
    return {(o.method.upper(), o.path): o for o in found if not o.path.startswith("/helseid")}


def paths():
    types = ("Bundle", "Composition", "MedicationDispense")
    vkp = [("POST", f"/epj/r4/{{organisation}}/{n}") for n in ("bundle", "encounter", "communication", "composition")]
    searches = ("patient", "episodeofcare", "careplan", "composition", "condition", "allergyintolerance")
    return [
        *vkp,
        ("POST", "/epj/r4/{organisation}/medicationdispense"),
        *(("POST", f"/epj/r4/{{organisation}}/{n}/_search") for n in (*searches, "medicationstatement")),
        ("GET", "/epj/r4/metadata"),
        *(("POST", f"/jft/v1/{t}") for t in types),
        *(("GET", f"/jft/v1/{t}") for t in types),
        *(("POST", f"/jft/v1/{t}/_search") for t in types),
        *(("GET", f"/jft/v1/{t}/{{id}}/$status") for t in types),
        *(("POST", f"/jft/v1/{t}/{{id}}/$journaling-acknowledged") for t in types),
        ("GET", "/jft/v1/metadata"),
        ("POST", "/pit/v1/Patient"),
        ("GET", "/pit/v1/Patient"),
        ("GET", "/pit/v1/metadata"),
        ("POST", "/pmd/"),
        ("POST", "/pmd/Observation/_search"),
        ("GET", "/pmd/metadata"),
        ("POST", "/lint"),
    ]


def test_the_list_of_paths_is_the_whole_of_the_openapi(operations):
    assert set(operations) == set(paths())


@pytest.mark.parametrize("path", paths(), ids=" ".join)
def test_every_answer_is_documented(hub, operations, path):
    operation = operations[path]

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy())
    def answers_as_documented(case):
        if "organisation" in case.path_parameters and len(case.path_parameters["organisation"]) % 2:
            case.path_parameters["organisation"] = "314159265"
        url = requests.Request(case.method, case.as_transport_kwargs(base_url=hub.world.http)["url"]).prepare().url
        case.call_and_validate(
            base_url=hub.world.http, headers=hub.headers(case.method, url), checks=CHECKS, allow_redirects=False
        )

    answers_as_documented()


def examples(operations):
    for (method, path), operation in operations.items():
        body = operation.definition.raw.get("requestBody", {}).get("content", {})
        for content in body.values():
            for name, example in content.get("examples", {}).items():
                yield method, _filled(path, operation), name, example["value"]


def _filled(path, operation):
    """The path with its parameters' own examples."""
    for parameter in operation.definition.raw.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["schema"]["example"])
    return path


def test_every_worked_example_is_accepted(hub, operations):
    told = list(examples(operations))
    assert len(told) >= 10
    for method, path, name, value in told:
        url = hub.world.http + path
        answer = requests.request(method, url, json=value, headers=hub.headers(method, url), timeout=10)
        assert answer.status_code in {200, 202}, (path, name, answer.text)
