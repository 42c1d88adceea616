"""VKP's writes: the same event as by MQTT, faults told, nothing refused for its media type."""

import io

import pytest

from hub.api.examples import BY_TYPE
from hub.store.delivering import history_of
from hub.store.summary import summary
from tests.api.national import ORGANISATION, bearer_api, national_at
from tests.api.vkp.sample import sample_message
from tests.messages import alarm, composition, document, follow_up, raw

ALARM = raw(document("b", composition(), alarm()))
WRITES = ("bundle", "encounter", "communication", "medicationdispense", "composition")
TYPES = {"bundle": "Bundle", "encounter": "Encounter", "communication": "Communication"} | {
    "medicationdispense": "MedicationDispense",
    "composition": "Composition",
}


def receipt(answer):
    return answer.json["issue"][0]["details"]["coding"][0]["code"]


async def cases(world):
    async with world.engines.reading() as connection:
        return await summary(connection)


@pytest.mark.parametrize("name", WRITES)
async def test_each_resource_that_vkp_takes_is_registered_and_receipted(world, vkp, name):
    answer = await vkp("POST", f"/epj/r4/{ORGANISATION}/{name}", data=raw(BY_TYPE[TYPES[name]]))
    assert (answer.status, receipt(answer)) == (200, "accepted")
    assert answer.headers["Content-Type"] == "application/fhir+json"
    assert (await cases(world))["accepted"] == 1


@pytest.mark.parametrize("path", ["/epj/r4/{}/Bundle", "/EPJ/R4/{}/BUNDLE", "/epj/R4/{}/bundle/"])
async def test_addresses_match_whatever_their_case(vkp, path):
    answer = await vkp("POST", path.format(ORGANISATION), data=raw(document("b-1", composition(), alarm())))
    assert answer.status == 200


async def test_a_bundle_written_by_http_and_by_mqtt_is_one_event_in_one_case(world, vkp):
    message = raw(document("b-1", composition(), alarm()))
    by_mqtt = await world.publish(message)
    answer = await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=message)
    assert (answer.status, receipt(answer)) == (200, "duplicate")
    follows = await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=raw(follow_up(of="alarm-1")))
    assert receipt(follows) == "accepted"
    counted = await cases(world)
    assert (counted["cases"], counted["accepted"], counted["duplicates"]) == (1, 2, 1)
    async with world.engines.reading() as connection:
        history = await history_of(connection, by_mqtt.case_id)
    assert [m.sender for m in history.messages] == ["Acme_Alarm_Testvik"] * 2
    assert history.messages[0].raw == message


@pytest.mark.parametrize("media_type", ["application/fhir+json", "application/json", "text/plain", "image/png", ""])
async def test_no_media_type_is_a_ground_to_refuse(vkp, media_type):
    headers = {"Content-Type": media_type}
    answer = await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=ALARM, headers=headers)
    assert answer.status == 200


async def test_a_message_built_like_the_published_sample_is_taken_in_and_its_flaws_remarked_on(world, vkp):
    answer = await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=raw(sample_message()))
    assert (answer.status, receipt(answer)) == (200, "accepted")
    rules = {c["code"] for i in answer.json["issue"] for c in i["details"]["coding"]}
    assert {"r4-empty", "service-unmapped"} <= rules
    assert any("text" in rule or "contradict" in rule for rule in rules), rules
    assert all(issue["severity"] != "error" for issue in answer.json["issue"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "2.4"),
        (b"\xff\xfe{}", "2.4"),
        (b"[]", "2.4"),
        (b"", "2.4"),
        (raw(composition()), "2.4"),
        (raw(document("b", composition(), alarm(patient="13116900217"))), "2.1"),
        (raw(document("b", composition(), alarm(code="99"))), "2.4"),
    ],
)
async def test_faults_in_the_content_are_400_with_an_operation_outcome_and_kept_in_quarantine(world, vkp, body, code):
    answer = await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=body)
    assert (answer.status, answer.code) == (400, code)
    assert all(issue["details"]["text"] and issue["diagnostics"] for issue in answer.json["issue"])
    assert (await cases(world))["quarantined"] == 1


async def test_a_body_that_is_too_large_is_413(vkp):
    answer = await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=io.BytesIO(b" " * 1_048_577))
    assert answer.status == 413
    assert answer.json["resourceType"] == "OperationOutcome"


async def test_a_conflict_is_kept_for_a_person_and_not_sent_back(world, vkp):
    first, other = ALARM, raw(document("b", composition(), alarm(code="2")))
    assert (await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=first)).status == 200
    answer = await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=other)
    assert (answer.status, receipt(answer)) == (202, "conflict")


async def test_a_client_with_dpop_is_as_welcome_as_one_without(world, session):
    from tests.api.national import dpop_api

    api = await dpop_api(world, session, "nhn:vkp/api/user/bundle.write")
    assert (await api("POST", f"/epj/r4/{ORGANISATION}/bundle", data=ALARM)).status == 200


async def test_a_sender_may_only_write_for_its_own_services(tmp_path, session):
    configuration = """
mode = "test"
[[municipality]]
organisation_number = "314159265"
name = "Testvik"
[[sender]]
id = "Acme_Alarm_Testvik"
municipality = "314159265"
service_codes = ["gps"]
"""
    async with national_at(tmp_path, configuration) as world:
        vkp = await bearer_api(world, session)
        answer = await vkp("POST", f"/epj/r4/{ORGANISATION}/bundle", data=ALARM)
    assert (answer.status, answer.code) == (403, "1.2")
