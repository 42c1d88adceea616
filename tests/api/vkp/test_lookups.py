"""VKP's seven searches: who may be asked about, on which services, and resources that others can read."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.fhir.checking import check
from tests.api.national import ORGANISATION
from tests.api.shared import on_one_loop
from tests.messages import GRY, LINE, alarm, composition, document, observation, raw

pytestmark = on_one_loop

SEARCHES = {
    "patient": ("identifier", "Patient"),
    "episodeofcare": ("patient.identifier", "EpisodeOfCare"),
    "careplan": ("patient.identifier", "CarePlan"),
    "composition": ("patient.identifier", "Composition"),
    "condition": ("patient.identifier", "Condition"),
    "medicationstatement": ("patient.identifier", "MedicationStatement"),
    "allergyintolerance": ("identifier", "AllergyIntolerance"),
}
PERIOD = [("date", "ge2024-05-17T07:08:09Z"), ("date", "le2024-12-24T09:08:07Z")]


async def search(one_vkp, name, person=LINE, *, codes="ta", more=()):
    form = [*([(SEARCHES[name][0], person)] if person else []), *more]
    headers = {"ServiceCodes": codes} if codes is not None else {}
    return await one_vkp("POST", f"/epj/r4/{ORGANISATION}/{name}/_search", data=form or None, headers=headers)


def matches(answer):
    return [e["resource"] for e in answer.json.get("entry", []) if e["search"]["mode"] == "match"]


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("person", [LINE, f"urn:oid:2.16.578.1.12.4.1.4.1|{LINE}", "1302"])
async def test_every_search_answers_with_valid_resources_about_that_person(one_hub, one_vkp, name, person):
    await one_hub.publish(
        raw(document("b", composition(date=datetime.now(UTC).isoformat(timespec="seconds")), alarm()))
    )
    answer = await search(one_vkp, name, person)
    assert answer.status == 200, answer.raw
    found = matches(answer)
    assert found
    assert {r["resourceType"] for r in found} == {SEARCHES[name][1]}
    assert answer.json["type"] == "searchset"
    assert answer.json["total"] == len(found)
    findings = check(answer.json, level="jft", now=datetime.now(UTC), mode="test")
    assert [f for f in findings if f.is_error] == []


@pytest.mark.parametrize("name", [n for n in SEARCHES if n != "composition"])
async def test_an_independent_reader_of_r4_takes_every_resource(one_vkp, name):
    from fhir.resources.R4B import get_fhir_model_class

    for entry in (await search(one_vkp, name)).json["entry"]:
        get_fhir_model_class(entry["resource"]["resourceType"]).model_validate(entry["resource"])


async def test_patients_have_zone_household_lock_and_a_number_of_the_epjs_own(one_vkp):
    (line,) = matches(await search(one_vkp, "patient"))
    said = {e["url"].rsplit("/", 1)[-1] for e in (*line["extension"], *line["address"][0]["extension"])}
    assert said == {"vkp-sone-v090", "vkp-household-v090", "vkp-elock-v090"}
    assert {"system": "http://cosdoc.dips.no/lopenummer", "value": "1302"} in line["identifier"]


async def test_without_a_person_all_four_are_listed_by_the_services_asked_on(one_vkp):
    people = matches(await search(one_vkp, "patient", None, codes="rt,ta,gps,md,dt,dho"))
    assert {p["name"][0]["family"] for p in people} == {"Danser", "Telokk", "Dottno"}
    assert len(people) == 4
    episodes = matches(await search(one_vkp, "episodeofcare", None, codes="gps"))
    assert {e["type"][0]["coding"][0]["code"] for e in episodes} == {"3.2.3"}


async def test_all_six_services_are_active_for_the_test_persons(one_vkp):
    episodes = matches(await search(one_vkp, "episodeofcare", GRY, codes="rt,ta,gps,md,dt,dho"))
    assert len(episodes) == 6


async def test_the_period_bounds_visits_and_tells_what_is_over(one_vkp):
    (plan,) = matches(await search(one_vkp, "careplan", codes="ta,gps", more=PERIOD))
    starts = [datetime.fromisoformat(a["detail"]["scheduledPeriod"]["start"]) for a in plan["activity"]]
    assert starts == sorted(starts)
    assert datetime(2024, 5, 17, 7, 8, 9, tzinfo=UTC) <= starts[0]
    assert starts[-1] <= datetime(2024, 12, 24, 9, 8, 7, tzinfo=UTC)
    assert {a["detail"]["status"] for a in plan["activity"]} == {"completed"}
    soon = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    (ahead,) = matches(await search(one_vkp, "careplan", more=[("date", f"ge{soon}")]))
    assert {a["detail"]["status"] for a in ahead["activity"]} == {"scheduled"}
    entries = (await search(one_vkp, "careplan")).json["entry"]
    assert [e["resource"]["resourceType"] for e in entries if e["search"]["mode"] == "include"] == ["Patient"]


async def test_compositions_are_those_written_through_the_hub_as_they_were_written(one_hub, one_vkp):
    inside = composition(date="2024-06-01T10:00:00+02:00", text="Første.")
    outside = composition(date="2025-06-01T10:00:00+02:00", text="Senere.")
    await one_hub.publish(raw(document("b-1", inside, alarm())))
    await one_vkp("POST", f"/epj/r4/{ORGANISATION}/composition", data=raw(outside))
    await one_hub.publish(raw(observation("o-1")))
    answer = await search(one_vkp, "composition", codes="dho", more=PERIOD)
    assert matches(answer) == [inside]
    included = [e["resource"]["resourceType"] for e in answer.json["entry"] if e["search"]["mode"] == "include"]
    assert included == ["DetectedIssue"]
    assert matches(await search(one_vkp, "composition", GRY, more=PERIOD)) == []
    for dates in ([], ["ge2020-01-01"], ["ge2020-01-01", "le2030-01-01"]):
        found = matches(await search(one_vkp, "composition", more=[("date", date) for date in dates]))
        assert inside in found
        assert outside in found
    found = matches(await search(one_vkp, "composition", more=[("date", "le2025-01-01")]))
    assert (inside in found, outside in found) == (True, False)


async def test_what_vkp_takes_loosely_is_found_again_as_valid_fhir(one_hub, one_vkp):
    from fhir.resources.R4B import get_fhir_model_class

    loose = composition(date="2023-06-02T10:00:00+02:00", author={"display": "Operatør 7"}, event="")
    answer = await one_vkp("POST", f"/epj/r4/{ORGANISATION}/composition", data=raw(loose))
    assert answer.status == 200
    (found,) = matches(await search(one_vkp, "composition", more=[("date", "le2024-01-01")]))
    get_fhir_model_class("Composition").model_validate(found)
    assert "event" not in found


async def test_a_note_about_a_local_number_is_found_by_the_national_one(one_hub, one_vkp):
    note = composition(date="2024-07-01T10:00:00+02:00")
    note["subject"] = {"identifier": {"system": "http://cosdoc.dips.no/lopenummer", "value": "1302"}}
    await one_hub.publish(raw(note))
    assert matches(await search(one_vkp, "composition", LINE, more=[("date", "ge2024-06-30"), PERIOD[1]])) == [note]


async def test_parameters_may_stand_in_the_address_as_fhir_allows(one_vkp):
    url = f"/epj/r4/{ORGANISATION}/patient/_search?identifier={LINE}"
    answer = await one_vkp("POST", url, headers={"ServiceCodes": "ta"})
    assert len(matches(answer)) == 1


async def test_a_search_by_get_is_not_offered(one_vkp):
    answer = await one_vkp("GET", f"/epj/r4/{ORGANISATION}/patient", headers={"ServiceCodes": "ta"})
    assert answer.status in {404, 405}
    assert answer.json["resourceType"] == "OperationOutcome"


async def test_each_look_up_on_a_patient_is_metered_once_as_a_read_and_names_nobody(one_hub, one_vkp):
    async def reads():
        return [r for r in await one_hub.usage() if r.usage_kind == "read"]

    before = len(await reads())
    await search(one_vkp, "patient", LINE, codes="gps")
    await search(one_vkp, "patient", None)
    await search(one_vkp, "patient", "no such person")
    (record,) = (await reads())[before:]
    assert (record.service_code, record.quantity) == ("gps", 1)
    assert LINE not in str(record)
