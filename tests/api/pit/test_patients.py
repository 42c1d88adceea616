"""PIT: patients in, patients out, page by page."""

import io

import pytest

from hub.api.examples import BY_TYPE
from tests.api.national import dpop_api
from tests.messages import raw


def patient(value, *, system="urn:x", family="Danser"):
    return BY_TYPE["Patient"] | {"identifier": [{"system": system, "value": value}], "name": [{"family": family}]}


@pytest.fixture
async def pit(world, session):
    return await dpop_api(world, session, "nhn:pit/api.read nhn:pit/api.write")


async def put(pit, *patients):
    for one in patients:
        answer = await pit("POST", "/pit/v1/Patient", data=raw(one))
        assert (answer.status, answer.raw) == (202, b"")


async def test_a_patient_is_accepted_and_found_with_its_time(pit):
    await put(pit, BY_TYPE["Patient"])
    (found,) = (await pit("GET", "/pit/v1/Patient")).resources
    assert found["meta"]["lastUpdated"]
    assert {k: v for k, v in found.items() if k not in {"id", "meta"}} == BY_TYPE["Patient"]


async def test_a_new_version_of_a_patient_takes_the_place_of_the_old_and_keeps_the_id(pit):
    await put(pit, patient("1", family="Gammel"), patient("2"))
    before = (await pit("GET", "/pit/v1/Patient")).resources[0]
    await put(pit, patient("1", family="Ny"))
    _, after = (await pit("GET", "/pit/v1/Patient")).resources
    assert after["id"] == before["id"]
    assert after["name"] == [{"family": "Ny"}]
    assert after["meta"]["lastUpdated"] > before["meta"]["lastUpdated"]


@pytest.mark.parametrize("sort", ["_lastUpdated", "-_lastUpdated"])
async def test_pages_hold_each_patient_once(pit, sort):
    await put(pit, *(patient(str(i)) for i in range(7)))
    url, seen = f"/pit/v1/Patient?_count=3&_sort={sort}", []
    while url:
        answer = await pit("GET", url)
        seen += [r["identifier"][0]["value"] for r in answer.resources]
        url = next((link["url"] for link in answer.json["link"] if link["relation"] == "next"), None)
    expected = [str(i) for i in range(7)]
    assert seen == (expected[::-1] if sort.startswith("-") else expected)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("_count=50", 200),
        ("_count=51", 400),
        ("_count=0", 400),
        ("_lastUpdated=ge2024-01-01T12:00Z", 200),
        ("_lastUpdated=lt2024-01-01T12:00:30.5%2B01:00", 200),
        ("_lastUpdated=ge2024-01-01", 400),
        ("_lastUpdated=2024-01-01T12:00Z", 400),
        ("_lastUpdated=eq2024-01-01T12:00Z", 400),
        ("identifier=1", 400),
        ("_sort=name", 400),
    ],
)
async def test_parameters_are_held_to_what_pit_documents(pit, query, status):
    assert (await pit("GET", f"/pit/v1/Patient?{query}")).status == status


async def test_twenty_is_the_usual_page(pit):
    await put(pit, *(patient(str(i)) for i in range(21)))
    assert len((await pit("GET", "/pit/v1/Patient")).resources) == 20


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        raw({"resourceType": "Patient"}),
        raw(patient("13116900217", system="urn:oid:2.16.578.1.12.4.1.4.1")),
        raw(patient("01010012356", system="urn:oid:2.16.578.1.12.4.1.4.1")),
        raw(patient("1") | {"gender": ""}),
        raw(BY_TYPE["Observation"]),
    ],
)
async def test_faults_in_the_content_are_400(pit, body):
    answer = await pit("POST", "/pit/v1/Patient", data=body)
    assert (answer.status, answer.json["resourceType"]) == (400, "OperationOutcome")


async def test_about_900_kilobytes_is_the_limit(pit):
    assert (await pit("POST", "/pit/v1/Patient", data=io.BytesIO(b" " * (900 * 1024 + 1)))).status == 413


async def test_reading_and_writing_take_scopes_of_their_own(world, session):
    reader = await dpop_api(world, session, "nhn:pit/api.read")
    assert (await reader("POST", "/pit/v1/Patient", data=raw(BY_TYPE["Patient"]))).status == 403
    assert (await reader("GET", "/pit/v1/Patient")).status == 200


async def test_another_municipality_sees_none_of_them(world, session, pit):
    from hub.store.patients import patients_in

    await put(pit, patient("1"))
    async with world.engines.reading() as connection:
        found = await patients_in(connection, "312229544", after=None, before=None, newest_first=False, most=9)
    assert found == []
