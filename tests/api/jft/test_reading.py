"""JFT's Read API: everything that a municipality's doors took in, as it was submitted."""

import pytest

from tests.api.national import CONFIGURATION, PULLING, dpop_api, national_at
from tests.messages import alarm, composition, document, observation, raw

OLD = CONFIGURATION + '\n[jft]\ndocumentation = "2026-02"\n'


async def test_an_alarm_by_mqtt_is_readable_word_for_word(world, jft):
    message = b'{"resourceType":"Observation",' + raw(observation("o-1"))[len(b'{"resourceType":"Observation",') :]
    message = message.replace(b'"value":72', b'"value":72.50')
    await world.publish(message)
    await world.publish(raw(alarm()))
    answer = await jft("GET", "/jft/v1/Bundle")
    first, second = answer.resources
    assert first["type"] == second["type"] == "collection"
    assert second["entry"][0]["resource"] == alarm()
    assert b'"value":72.50' in answer.raw


async def test_a_document_keeps_its_own_meta_and_gets_jfts(world, jft):
    own = {"profile": ["http://example.org/p"], "tag": [{"system": "urn:own", "code": "x"}]}
    await world.publish(raw(document("b-1", composition(), alarm()) | {"meta": own, "id": "mine"}))
    (event,) = (await jft("GET", "/jft/v1/Bundle")).resources
    assert event["meta"]["profile"] == own["profile"]
    assert event["meta"]["tag"][0] == own["tag"][0]
    assert event["id"] != "mine"


async def test_get_and_post_answer_alike(world, jft):
    await world.publish(raw(composition()))
    by_get = await jft("GET", "/jft/v1/Composition?_count=1")
    by_post = await jft("POST", "/jft/v1/Composition/_search", data={"_count": "1"})
    assert by_get.resources == by_post.resources != []


async def test_the_types_are_kept_apart(world, jft):
    await world.publish(raw(composition()))
    assert (await jft("GET", "/jft/v1/Bundle")).resources == []
    assert len((await jft("GET", "/jft/v1/Composition")).resources) == 1


async def test_another_municipality_sees_nothing_of_it(world, jft, epj):
    await world.publish(raw(composition()))
    (event,) = (await jft("GET", "/jft/v1/Composition")).resources
    assert (await epj("GET", "/jft/v1/Composition")).resources == []
    assert (await epj("GET", f"/jft/v1/Composition/{event['id']}/$status")).status == 404
    assert (await epj("POST", f"/jft/v1/Composition/{event['id']}/$journaling-acknowledged")).status == 404


async def test_a_newer_version_is_an_event_of_its_own(world, jft):
    await world.publish(raw(document("b-1", composition(), alarm())))
    newer = document("b-1", composition(text="Mer."), alarm(), at="2026-11-23T11:00:00+01:00")
    await world.publish(raw(newer))
    first, second = (await jft("GET", "/jft/v1/Bundle")).resources
    assert first["id"] != second["id"]
    assert first["identifier"] == second["identifier"]


async def test_the_status_tells_the_first_reading_and_the_acknowledgement(jft):
    written = await jft("POST", "/jft/v1/Composition", data=raw(composition()))
    address = written.headers["Location"]
    (event,) = (await jft("GET", "/jft/v1/Composition")).resources
    read = (await jft("GET", address)).json["read"]
    assert read is not None
    await jft("GET", "/jft/v1/Composition")
    told = await jft("POST", f"/jft/v1/Composition/{event['id']}/$journaling-acknowledged")
    assert (told.status, told.headers["Location"]) == (202, address)
    status = (await jft("GET", address)).json
    assert status["read"] == read
    again = await jft("POST", f"/jft/v1/Composition/{event['id']}/$journaling-acknowledged")
    assert again.status == 202
    assert (await jft("GET", address)).json == status
    (event,) = (await jft("GET", "/jft/v1/Composition")).resources
    assert "journaling-acknowledged" in {t["code"] for t in event["meta"]["tag"]}


@pytest.mark.parametrize(
    "tag",
    [
        "journaling-acknowledged",
        "https://fhir.jft.nhn.no/event-status|journaling-acknowledged",
        "https://fhir.jft.nhn.no/journaling-acknowledged|true",
        "https://fhir.jft.nhn.no/status|journalingAcknowledged",
    ],
)
async def test_tags_tell_the_acknowledged_from_the_others(world, jft, tag):
    await world.publish(raw(composition(text="En.")))
    await world.publish(raw(composition(text="To.")))
    first, second = (await jft("GET", "/jft/v1/Composition")).resources
    await jft("POST", f"/jft/v1/Composition/{first['id']}/$journaling-acknowledged")
    assert [r["id"] for r in (await jft("GET", f"/jft/v1/Composition?_tag={tag}")).resources] == [first["id"]]
    assert [r["id"] for r in (await jft("GET", f"/jft/v1/Composition?_tag:not={tag}")).resources] == [second["id"]]


async def test_a_sender_cannot_give_the_tags_that_are_jfts_own(jft):
    said = [{"system": "https://fhir.jft.nhn.no/event-status", "code": "journaling-acknowledged"}, {"code": "eget"}]
    await jft("POST", "/jft/v1/Composition", data=raw(composition(meta={"tag": said})))
    (event,) = (await jft("GET", "/jft/v1/Composition?_tag:not=journaling-acknowledged")).resources
    codes = [tag["code"] for tag in event["meta"]["tag"]]
    assert ("journaling-acknowledged" in codes, "eget" in codes) == (False, True)


async def test_events_can_be_read_by_who_sent_them(world, jft):
    await world.publish(raw(composition(text="En.")))
    await jft("POST", "/jft/v1/Composition", data=raw(composition(text="To.")), headers={"nhn-source-system": "X"})
    base = "/jft/v1/Composition?_tag=https://fhir.jft.nhn.no"
    assert len((await jft("GET", f"{base}/source-client-id|test-client")).resources) == 1
    assert len((await jft("GET", f"{base}/source-system-name|X")).resources) == 1
    assert len((await jft("GET", f"{base}/parent-organization-number|314159265")).resources) == 2
    assert len((await jft("GET", f"{base}/parent-organization-number|{PULLING}")).resources) == 0


@pytest.mark.parametrize("named", ["x", "00000000-0000-0000-0000-000000000000", "01a208cb-ecf4-7c97-b3c4-b09de4540001"])
async def test_ids_that_nobody_has_are_404(jft, named):
    for method, what in (("GET", "$status"), ("POST", "$journaling-acknowledged")):
        answer = await jft(method, f"/jft/v1/Bundle/{named}/{what}")
        assert (answer.status, answer.json["resourceType"]) == (404, "OperationOutcome")


async def test_the_february_documentation_reads_by_post_only_and_says_journaled(tmp_path, session):
    async with national_at(tmp_path, OLD) as world:
        jft = await dpop_api(world, session)
        written = await jft("POST", "/jft/v1/Composition", data=raw(composition()))
        assert (await jft("GET", "/jft/v1/Composition")).status == 405
        assert len((await jft("POST", "/jft/v1/Composition/_search")).resources) == 1
        assert list((await jft("GET", written.headers["Location"])).json) == [
            "registered",
            "read",
            "journaled",
            "failed",
        ]
