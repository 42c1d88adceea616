"""PMD: Bundles of Observations in, each judged for itself; a patient's measurements out."""

import pytest

from hub.api.pmd.bundles import MUNICIPALITY_NUMBER
from tests.api.national import CONFIGURATION, dpop_api, national_at
from tests.messages import GRY, LINE, alarm, observation, raw, uuid

NUMBERED = CONFIGURATION.replace('name = "Testvik"', 'name = "Testvik"\nnumber = "0301"')
BATCH = CONFIGURATION + '\n[pmd]\nbundle_type = "batch"\n'


@pytest.fixture
async def pmd(world, session):
    return await dpop_api(world, session, "nhn:pmd/api")


def bundle(*resources, kind="collection", **more):
    return raw({"resourceType": "Bundle", "type": kind, "entry": [{"resource": r} for r in resources]} | more)


def statuses(answer):
    assert answer.json["type"] == "batch-response"
    return [entry["response"]["status"] for entry in answer.json["entry"]]


async def found(pmd, person=LINE, **more):
    answer = await pmd("POST", "/pmd/Observation/_search", data={"patient.identifier": person} | more)
    assert answer.status == 200, answer.raw
    return answer.resources


@pytest.mark.parametrize("path", ["/pmd", "/pmd/"])
async def test_each_entry_has_an_answer_and_one_bad_one_takes_none_with_it(pmd, path):
    patient = {"resourceType": "Patient", "name": [{"family": "X"}]}
    bad = observation("bad", status="nonsense")
    answer = await pmd("POST", path, data=bundle(observation("a"), patient, bad, alarm(), observation("b")))
    assert answer.status == 200
    assert statuses(answer) == ["200", "200", "400", "400", "200"]
    assert [r["identifier"][0]["value"] for r in await found(pmd)] == ["a", "b"]


async def test_sending_again_registers_nothing_again(pmd):
    for _ in range(2):
        assert statuses(await pmd("POST", "/pmd/", data=bundle(observation("a")))) == ["200"]
    assert len(await found(pmd)) == 1


async def test_numbers_come_back_as_they_were_written(pmd):
    await pmd("POST", "/pmd/", data=bundle(observation("a")).replace(b'"value":72', b'"value":72.500'))
    answer = await pmd("POST", "/pmd/Observation/_search", data={"patient.identifier": LINE})
    assert b'"value":72.500' in answer.raw


async def test_measurements_by_mqtt_are_found_too(world, pmd):
    await world.publish(raw(observation("a")))
    assert len(await found(pmd)) == 1
    assert await found(pmd, GRY) == []


@pytest.mark.parametrize(
    ("asked", "many"),
    [
        ({"code": "8867-4"}, 1),
        ({"code": "http://loinc.org|8867-4"}, 1),
        ({"code": "http://snomed.info/sct|8867-4"}, 0),
        ({"code": "8310-5,8867-4"}, 1),
        ({"date": "ge2026-11-23"}, 1),
        ({"date": "lt2026-11-23"}, 0),
        ({"date": "2026-11-23"}, 1),
    ],
)
async def test_date_and_code_narrow_the_search(pmd, asked, many):
    await pmd("POST", "/pmd/", data=bundle(observation("a")))
    assert len(await found(pmd, **asked)) == many


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (bundle(observation("a"), kind="batch"), 400),
        (raw({"resourceType": "Bundle", "type": "collection"}), 400),
        (raw(observation("a")), 400),
        (b"[", 400),
    ],
)
async def test_a_bundle_that_is_wrong_as_a_whole_is_400(pmd, body, status):
    assert (await pmd("POST", "/pmd/", data=body)).status == status


@pytest.mark.parametrize(
    ("form", "code"),
    [({}, "2.3"), ({"patient.identifier": "1" * 11}, "2.1"), ({"patient.identifier": LINE, "date": "x"}, "2.4")],
)
async def test_a_search_that_can_not_be_made_says_why(pmd, form, code):
    answer = await pmd("POST", "/pmd/Observation/_search", data=form)
    assert (answer.status, answer.code) == (400, code)


async def test_the_municipality_number_must_be_the_callers(tmp_path, session):
    async with national_at(tmp_path, NUMBERED) as world:
        pmd = await dpop_api(world, session, "nhn:pmd/api")
        for number, status in (("0301", 200), ("4601", 403)):
            meta = {"tag": [{"system": MUNICIPALITY_NUMBER, "code": number}]}
            assert (await pmd("POST", "/pmd/", data=bundle(observation("a"), meta=meta))).status == status


async def test_the_draft_guides_batch_demands_full_urls_and_requests(tmp_path, session):
    async with national_at(tmp_path, BATCH) as world:
        pmd = await dpop_api(world, session, "nhn:pmd/api")
        good = {
            "fullUrl": uuid("o"),
            "resource": observation("a"),
            "request": {"method": "POST", "url": "Observation"},
        }
        entries = [good, good | {"request": {"method": "GET", "url": "Observation"}}, {"resource": observation("b")}]
        answer = await pmd("POST", "/pmd/", data=raw({"resourceType": "Bundle", "type": "batch", "entry": entries}))
        assert statuses(answer) == ["200", "400", "400"]
        assert (await pmd("POST", "/pmd/", data=bundle(observation("c")))).status == 400
