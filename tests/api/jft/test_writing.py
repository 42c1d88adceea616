"""JFT's Write API: 202 with the address of a status, and as strict as JFT is."""

import io
import re

import pytest
from starlette.requests import Request

from hub.api.access import Caller
from hub.api.examples import BY_TYPE
from hub.api.jft.writing import source_of
from tests.api.national import CONFIGURATION, dpop_api, national_at
from tests.messages import alarm, composition, document, raw

GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
DOCUMENT = document("b-1", composition(), alarm())


@pytest.mark.parametrize("kind", ["Bundle", "Composition", "MedicationDispense"])
async def test_an_event_is_accepted_and_told_where_its_status_is(world, jft, kind):
    answer = await jft("POST", f"/jft/v1/{kind}", data=raw(BY_TYPE[kind]))
    assert answer.status == 202
    assert re.fullmatch(rf"{re.escape(world.http)}/jft/v1/{kind}/{GUID}/\$status", answer.headers["Location"])
    status = await jft("GET", answer.headers["Location"])
    assert status.headers["Content-Type"] == "application/json"
    assert list(status.json) == ["registered", "read", "journalingAcknowledged", "failed"]
    assert status.json["registered"]
    assert [status.json[k] for k in ("read", "journalingAcknowledged", "failed")] == [None] * 3


async def test_the_same_event_again_has_the_same_status_and_is_registered_once(world, jft):
    first = await jft("POST", "/jft/v1/Bundle", data=raw(DOCUMENT))
    again = await jft("POST", "/jft/v1/Bundle", data=raw(DOCUMENT))
    assert (again.status, again.headers["Location"]) == (202, first.headers["Location"])
    assert len((await jft("GET", "/jft/v1/Bundle")).resources) == 1


async def test_an_event_that_came_by_mqtt_first_is_the_same_event(world, jft):
    await world.publish(raw(DOCUMENT))
    (known,) = (await jft("GET", "/jft/v1/Bundle")).resources
    answer = await jft("POST", "/jft/v1/Bundle", data=raw(DOCUMENT))
    assert known["id"] in answer.headers["Location"]


async def test_a_conflict_is_kept_for_a_person_and_its_status_says_failed(jft):
    other = document("b-1", composition(), alarm(code="2"))
    await jft("POST", "/jft/v1/Bundle", data=raw(DOCUMENT))
    answer = await jft("POST", "/jft/v1/Bundle", data=raw(other))
    assert answer.status == 202
    assert (await jft("GET", answer.headers["Location"])).json["failed"] is not None
    assert len((await jft("GET", "/jft/v1/Bundle")).resources) == 1


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (raw(DOCUMENT | {"timestamp": ""}), "r4-empty"),
        (raw(document("b", composition(author={"display": "X"}), alarm())), "r4-list-expected"),
        (raw(document("b", composition(category=[]), alarm())), None),
        (raw(document("b", composition(), alarm(patient="13116900217"))), "person-number-invalid"),
        (raw(document("b", composition(), alarm(patient="01010012356"))), None),
        (raw(composition()), "resource-of-other-type"),
        (b'{"resourceType": "Bundle"', "json-broken"),
        (b"", "json-broken"),
    ],
)
async def test_what_vkp_lets_pass_and_what_nobody_should_is_400_and_kept(world, jft, body, rule):
    answer = await jft("POST", "/jft/v1/Bundle", data=body)
    assert (answer.status, answer.json["resourceType"]) == (400, "OperationOutcome")
    rules = {c["code"] for i in answer.json["issue"] for c in i["details"]["coding"]}
    assert rule is None or rule in rules
    async with world.engines.reading() as connection:
        from hub.store.summary import summary

        assert (await summary(connection))["quarantined"] == 1


async def test_about_one_megabyte_is_the_limit(jft):
    answer = await jft("POST", "/jft/v1/Bundle", data=io.BytesIO(b" " * (1_048_576 + 1)))
    assert answer.status == 413


@pytest.mark.parametrize("written", ["EvRep", "Trygg på Ås"])
async def test_the_source_system_comes_back_as_a_tag(jft, written):
    await jft("POST", "/jft/v1/Bundle", data=raw(DOCUMENT), headers={"nhn-source-system": written})
    (event,) = (await jft("GET", "/jft/v1/Bundle")).resources
    tags = {t["system"].rsplit("/", 1)[-1]: t["code"] for t in event["meta"]["tag"]}
    assert tags["source-system-name"] == written
    assert tags["source-client-id"] == "test-client"
    assert tags["source-client-name"] == "Testklient test-client"
    assert tags["parent-organization-number"] == "314159265"


def test_the_source_system_may_be_written_in_latin_1_as_old_clients_do():
    request = Request({"type": "http", "headers": [(b"nhn-source-system", "Ås".encode("latin-1"))]})
    caller = Caller("c", "314159265", None, None, None, frozenset(), None, None, "DPoP", 0.0)
    assert source_of(request, caller).system_name == "Ås"


async def test_production_refuses_synthetic_people(tmp_path, session):
    from tests.token_service.world import client_with_key

    client, key = client_with_key(
        tmp_path / "k", "vendor", organisation_number="964338531", vkp_id="Acme", scopes=("nhn:jft/api",)
    )
    configuration = """
mode = "production"
[[municipality]]
organisation_number = "964338531"
name = "Ekteby"
epj = { adapter = "pull" }
[[sender]]
id = "Acme"
municipality = "964338531"
password_hash = "$2b$12$0123456789012345678901234567890123456789012345678901u"
"""
    async with national_at(tmp_path, configuration, clients=[(client, key)]) as world:
        jft = await dpop_api(world, session, client_id="vendor")
        answer = await jft("POST", "/jft/v1/Bundle", data=raw(DOCUMENT))
    assert answer.status == 400
    assert any(c["code"] == "person-number-synthetic" for i in answer.json["issue"] for c in i["details"]["coding"])


async def test_a_municipality_that_the_hub_does_not_serve_is_403(tmp_path, session):
    from tests.token_service.world import client_with_key

    client, key = client_with_key(tmp_path / "k", "stray", scopes=("nhn:jft/api",))
    client = client.model_copy(update={"organisation_number": "994598759"})
    async with national_at(tmp_path, CONFIGURATION, clients=[(client, key)]) as world:
        jft = await dpop_api(world, session, client_id="stray")
        answer = await jft("POST", "/jft/v1/Bundle", data=raw(DOCUMENT))
    assert (answer.status, answer.code) == (403, "1.1")


async def test_a_sender_that_the_municipality_has_not_registered_is_403(tmp_path, session):
    from tests.token_service.world import client_with_key

    client, key = client_with_key(tmp_path / "k", "unregistered", scopes=("nhn:jft/api",))
    async with national_at(tmp_path, clients=[(client, key)]) as world:
        jft = await dpop_api(world, session, client_id="unregistered")
        answer = await jft("POST", "/jft/v1/Bundle", data=raw(DOCUMENT))
    assert (answer.status, answer.code) == (403, "1.2")
