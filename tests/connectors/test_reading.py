"""Asking the national APIs: what is read, how it is asked, and what is done when an API doesn't answer as it should."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest
from aiohttp import web

from connectors import DispenseGiven, PatientRef, patient
from connectors.helseid import HelseId
from connectors.http.line import HttpLine
from connectors.reading import (
    AccessDenied,
    Asker,
    JftReader,
    NationalApis,
    OutcomeUnknown,
    PitClient,
    PmdClient,
    Refused,
    Unreachable,
    VkpReader,
    apis_of,
)
from connectors.reading.pmd import measured_bundle
from connectors.reading.written import as_given, id_in_address, written
from connectors.settings import read_settings
from connectors.testing import VirtualClock
from connectors.testing.running_hub import RunningHub
from connectors.timing import SystemTimer
from tests.connectors.people import synthetic_numbers

WHO = patient("13116900216")  # one of VKP's listed test persons
UNKNOWN = patient("07885132000")  # a synthetic person
PEOPLE = synthetic_numbers(60)[40:]
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Puls, målt på høyre side"},
    "subject": {"identifier": {"system": UNKNOWN.system, "value": UNKNOWN.value}},
    "effectiveDateTime": NOW.isoformat(),
    "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@asynccontextmanager
async def asking(hub: RunningHub, *, service_codes: Sequence[str] = ("ta", "md")) -> AsyncIterator[NationalApis]:
    timer, line = SystemTimer(), HttpLine()
    told = hub.endpoints["test_client"]
    sign_in = HelseId(dataclasses.replace(hub.sign_in_client(), scopes=tuple(told["scopes"])), clock=timer)
    at = hub.endpoints

    def asker() -> Asker:
        return Asker(line, timer, sign_in)

    apis = NationalApis(
        line,
        vkp=VkpReader(hub.http, asker(), municipality=hub.municipality, service_codes=service_codes),
        jft=JftReader(at["jft_read"], asker()),
        pit=PitClient(at["pit"], asker()),
        pmd=PmdClient(at["pmd"], asker()),
    )
    async with apis:
        yield apis


@pytest.mark.slow  # a hub is started
class TestAWholeHub:
    async def test_is_asked_for_all_that_vkp_knows_of_a_patient(self, hub: RunningHub) -> None:
        async with asking(hub) as apis:
            vkp = apis.vkp
            assert vkp is not None
            [person] = (await vkp.patients(WHO)).found
            assert person["name"][0]["family"] == "Danser"
            assert len((await vkp.patients()).found) >= 4
            services = await vkp.episodes(WHO)
            assert {r["resourceType"] for r in services.found} == {"EpisodeOfCare"}
            assert [r["resourceType"] for r in services.included] == ["Patient"]
            [plan] = (await vkp.careplans(WHO, since=NOW - timedelta(days=2), until=NOW)).found
            assert plan["activity"]
            assert len((await vkp.conditions(WHO)).found) == 2
            assert len((await vkp.medications(WHO)).found) == 2
            assert len((await vkp.allergies(WHO)).found) == 1
            assert (await vkp.compositions(WHO, since=NOW, until=NOW + timedelta(hours=1))).found == ()

    async def test_says_why_it_tells_nothing_of_a_patient(self, hub: RunningHub) -> None:
        async with asking(hub) as apis:
            assert apis.vkp is not None
            with pytest.raises(AccessDenied) as refused:
                await apis.vkp.conditions(UNKNOWN)
            assert (refused.value.status, refused.value.code) == (403, "1.3")
            with pytest.raises(Refused):
                await apis.vkp.conditions(patient("07885132001"))
        async with asking(hub, service_codes=()) as apis:
            assert apis.vkp is not None
            with pytest.raises(Refused):
                await apis.vkp.conditions(WHO)

    async def test_gives_events_page_by_page_each_once_until_they_are_acknowledged(self, hub: RunningHub) -> None:
        doses = [DispenseGiven(patient=patient(n), device="MD-1", at=NOW, number=f"r-{n}") for n in PEOPLE[:5]]
        async with asking(hub) as apis, hub.connector() as connector:
            jft = apis.jft
            assert jft is not None
            before = [event async for event in jft.events("MedicationDispense", count=100)]
            since = before[-1]["meta"]["lastUpdated"] if before else None
            for told in await connector.tell_all(doses):
                assert (await told.answered()).receipt == "accepted"
            new = [event async for event in jft.events("MedicationDispense", since=since, count=2)]
            assert len({event["id"] for event in new}) == len(new) == 5
            assert [e["meta"]["lastUpdated"] for e in new] == sorted(e["meta"]["lastUpdated"] for e in new)
            last = new[-1]["meta"]["lastUpdated"]
            assert [event async for event in jft.events("MedicationDispense", since=last)] == []

            one = new[0]["id"]
            assert (await jft.status("MedicationDispense", one)).journaled is None
            await jft.acknowledge("MedicationDispense", one)
            await jft.acknowledge("MedicationDispense", one)
            assert (await jft.status("MedicationDispense", one)).journaled is not None
            waiting = [e["id"] async for e in jft.events("MedicationDispense", is_waiting=True, count=3)]
            assert set(waiting) & {e["id"] for e in new} == {e["id"] for e in new[1:]}
            with pytest.raises(Refused):
                await jft.status("Bundle", one)

    async def test_takes_and_gives_patients_with_their_letters(self, hub: RunningHub) -> None:
        async with asking(hub) as apis:
            pit = apis.pit
            assert pit is not None
            for i, number in enumerate(PEOPLE[:3]):
                await pit.write(person(number, f"Åse Sjøstrøm {i}"))
            mine = {f"Åse Sjøstrøm {i}" for i in range(3)}
            found = [one async for one in pit.patients(count=1)]
            assert {one["name"][0]["family"] for one in found} >= mine
            last = found[-1]["meta"]["lastUpdated"]
            assert [one async for one in pit.patients(since=last)] == []
            with pytest.raises(Refused):
                await pit.write({"resourceType": "Patient", "active": "nei"})

    async def test_takes_measurements_each_for_itself_and_finds_them_again(self, hub: RunningHub) -> None:
        bad = {k: v for k, v in OBSERVATION.items() if k != "status"}
        async with asking(hub) as apis:
            pmd = apis.pmd
            assert pmd is not None
            for _ in range(2):  # the second time all is known
                kept = await pmd.write([OBSERVATION, bad], municipality_number="9999")
                assert [(one.status, one.is_kept) for one in kept] == [(200, True), (400, False)]
            page = await pmd.measurements(UNKNOWN, since=NOW, until=NOW, codes=["http://loinc.org|8867-4"])
            assert [one["code"]["text"] for one in page.found] == ["Puls, målt på høyre side"]
            assert (await pmd.measurements(UNKNOWN, since=NOW + timedelta(days=1))).found == ()


def person(number: str, family: str) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": UNKNOWN.system, "value": number}],
        "name": [{"family": family, "given": ["Kåre"]}],
    }


Answer = Callable[[web.Request], Awaitable[web.Response]]


@dataclasses.dataclass
class Api:
    """An API that answers as the test has it, and remembers how it was asked."""

    asked: list[tuple[str, str, dict[str, str], list[tuple[str, str]]]] = dataclasses.field(default_factory=list)
    answers: list[web.Response] = dataclasses.field(default_factory=list)
    base: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        body = parse_qsl((await request.read()).decode())
        self.asked.append((request.method, str(request.rel_url), dict(request.headers), body))
        return self.answers.pop(0) if self.answers else found()


def found(*resources: dict[str, Any], next_: str | None = None, **more: Any) -> web.Response:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", **more}
    if resources:
        bundle["entry"] = [{"resource": resource} for resource in resources]
    if next_:
        bundle["link"] = [{"relation": "self", "url": "urn:x"}, {"relation": "next", "url": next_}]
    return web.Response(body=orjson.dumps(bundle), content_type="application/fhir+json")


@asynccontextmanager
async def an_api(*answers: web.Response) -> AsyncIterator[Api]:
    api = Api(answers=list(answers))
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", api.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        api.base = f"http://{host}:{port}"
        yield api
    finally:
        await runner.cleanup()


@asynccontextmanager
async def jft_of(api: Api, clock: VirtualClock) -> AsyncIterator[JftReader]:
    async with HttpLine(timeout_s=5) as line:
        yield JftReader(api.base, Asker(line, clock, random=Random(1)))


async def all_of(jft: JftReader, **more: Any) -> list[str]:
    return [event["id"] async for event in jft.events(**more)]


async def test_a_patient_is_named_in_the_body_alone(clock: VirtualClock) -> None:
    async with an_api() as api, HttpLine() as line:
        asker = Asker(line, clock)
        vkp = VkpReader(api.base, asker, municipality="314159265", service_codes=("ta", "gps"))
        for ask in (vkp.patients, vkp.episodes, vkp.careplans, vkp.compositions, vkp.conditions, vkp.medications):
            await ask(WHO)
        await vkp.allergies(WHO)
        await PmdClient(api.base, asker).measurements(WHO)
        assert {method for method, *_ in api.asked} == {"POST"}
        assert [url for _, url, *_ in api.asked if WHO.value in url] == []
        assert all(parameters[0][1].endswith(WHO.value) for *_, parameters in api.asked)
        assert {headers.get("ServiceCodes") for _, _, headers, _ in api.asked[:7]} == {"ta,gps"}
        assert {headers["Accept"] for _, _, headers, _ in api.asked} == {"application/fhir+json"}


async def test_the_next_page_is_asked_for_as_its_address_stands(clock: VirtualClock) -> None:
    async with an_api() as api, jft_of(api, clock) as jft:
        odd = "/v1/Bundle?cursor=a%2Bb~=='()&x=1%202"
        api.answers = [found({"id": "1"}, next_=api.base + odd), found({"id": "2"}, future=[{"new": True}])]
        assert await all_of(jft, count=1) == ["1", "2"]
        assert [url for _, url, *_ in api.asked] == ["/v1/Bundle?_count=1", odd]


async def test_a_service_that_is_read_by_forms_gets_the_next_page_asked_for_in_one(clock: VirtualClock) -> None:
    async with an_api() as api, HttpLine() as line:
        jft = JftReader(api.base, Asker(line, clock), reads_by="POST")
        link = f"{api.base}/v1/Bundle?_count=1&cursor=a%2Bb"
        api.answers = [found({"id": "1"}, next_=link), found({"id": "2"}, next_=link), found()]
        with pytest.raises(Refused):  # the second page leads to itself
            await all_of(jft, count=1)
        assert [(method, url) for method, url, *_ in api.asked] == [("POST", "/v1/Bundle/_search")] * 2
        assert [parameters for *_, parameters in api.asked] == [
            [("_count", "1")],
            [("_count", "1"), ("cursor", "a+b")],
        ]


async def test_no_page_of_another_origin_is_asked_for(clock: VirtualClock) -> None:
    async with an_api() as api, an_api() as other, jft_of(api, clock) as jft:
        for address in (f"{other.base}/v1/Bundle?cursor=1", api.base.replace("http", "https"), "file:///etc/hosts"):
            api.answers = [found({"id": "1"}, next_=address)]
            with pytest.raises(Refused):
                await all_of(jft)
        assert other.asked == []


async def test_pages_in_a_circle_come_to_an_end(clock: VirtualClock) -> None:
    async with an_api() as api, jft_of(api, clock) as jft:
        api.answers = [found({"id": "1"}, next_=f"{api.base}/v1/Bundle?cursor=1") for _ in range(9)]
        with pytest.raises(Refused):
            await all_of(jft)
        assert len(api.asked) == 2


async def test_a_busy_api_is_asked_again_when_it_wants_to_be(clock: VirtualClock) -> None:
    async with an_api() as api, jft_of(api, clock) as jft:
        api.answers = [web.Response(status=429, headers={"Retry-After": "7"}), found({"id": "1"})]
        began = clock.now()
        assert await clock.pass_until(all_of(jft)) == ["1"]
        assert clock.now() - began >= timedelta(seconds=7)


async def test_a_long_pause_is_left_to_the_caller_and_nobody_asks_meanwhile(clock: VirtualClock) -> None:
    async with an_api() as api, jft_of(api, clock) as jft:
        api.answers = [web.Response(status=503, headers={"Retry-After": "600"})]
        for left in (600, 500):
            with pytest.raises(Unreachable) as busy:
                await clock.pass_until(all_of(jft))
            assert busy.value.retry_after == pytest.approx(left, abs=5)
            await clock.advance(100)
        assert len(api.asked) == 1
        await clock.advance(500)
        assert await all_of(jft) == []


async def test_questions_are_asked_again_a_few_times_and_refusals_never(clock: VirtualClock) -> None:
    async with an_api() as api, jft_of(api, clock) as jft:
        for status, kind, times in (
            (503, Unreachable, 3),
            (500, OutcomeUnknown, 3),
            (400, Refused, 1),
            (404, Refused, 1),
            (403, AccessDenied, 1),
            (302, Refused, 1),
        ):
            api.asked, api.answers = [], [web.Response(status=status, text=UNKNOWN.value) for _ in range(9)]
            with pytest.raises(kind) as failed:
                await clock.pass_until(all_of(jft))
            assert len(api.asked) == times, status
            assert UNKNOWN.value not in str(failed.value)


async def test_a_write_that_may_have_got_in_is_not_sent_again(clock: VirtualClock) -> None:
    async with an_api() as api, HttpLine() as line:
        pit = PitClient(api.base, Asker(line, clock))
        api.answers = [web.Response(status=500)]
        with pytest.raises(OutcomeUnknown):
            await clock.pass_until(pit.write(person(UNKNOWN.value, "Å")))
        assert len(api.asked) == 1
        api.answers = [web.Response(status=503), web.Response(status=202)]
        await clock.pass_until(pit.write(person(UNKNOWN.value, "Å")))
        assert len(api.asked) == 3


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"resourceType": "OperationOutcome"}', b'{"entry": 1}'])
async def test_an_answer_that_is_no_searchset_is_an_error(body: bytes, clock: VirtualClock) -> None:
    async with an_api(web.Response(body=body)) as api, jft_of(api, clock) as jft:
        with pytest.raises(OutcomeUnknown):
            await all_of(jft)


async def test_numbers_keep_their_digits(clock: VirtualClock) -> None:
    answer = web.Response(body=b'{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"value":70.50}}]}')
    async with an_api(answer) as api, HttpLine() as line:
        [one] = (await PmdClient(api.base, Asker(line, clock)).measurements(WHO)).found
        assert b"70.50" in measured_bytes({"resourceType": "Observation", **one})


def measured_bytes(observation: dict[str, Any]) -> bytes:
    from hub.fhir import verbatim

    return verbatim.dumps(measured_bundle([observation], municipality_number="9999", bundle_type="collection"))


def test_a_batch_says_of_each_measurement_how_it_is_to_be_made() -> None:
    bundle = measured_bundle([OBSERVATION], municipality_number="9999", bundle_type="batch")
    assert bundle == measured_bundle([OBSERVATION], municipality_number="9999", bundle_type="batch")
    assert bundle["entry"][0]["request"] == {"method": "POST", "url": "Observation"}
    with pytest.raises(ValueError, match="Observations"):
        measured_bundle([{"resourceType": "Patient"}], municipality_number="9999", bundle_type="batch")


async def test_what_an_api_would_refuse_is_not_asked(clock: VirtualClock) -> None:
    async with an_api() as api, HttpLine() as line:
        asker = Asker(line, clock)
        vkp = VkpReader(api.base, asker, municipality="314159265", service_codes=("ta",))
        for look_up in (("vaccine", WHO), ("condition", None)):
            with pytest.raises(ValueError, match="look"):
                await vkp.look_up(*look_up)
        with pytest.raises(ValueError, match="period"):
            await vkp.look_up("condition", PatientRef("", "1302"), since=NOW)
        for count in (0, 51):
            with pytest.raises(ValueError, match="from 1 to 50"):
                await anext(PitClient(api.base, asker).patients(count=count))
        with pytest.raises(ValueError, match="id"):
            await JftReader(api.base, asker).acknowledge("Bundle", "../x")
        with pytest.raises(ValueError, match="at most"):
            await PitClient(api.base, asker).write({"text": "x" * 1_000_000})
        assert api.asked == []


def test_times_are_written_to_their_last_digit() -> None:
    moment = datetime(2026, 3, 3, 8, 30, 0, 120, tzinfo=UTC)
    assert written(moment) == "2026-03-03T08:30:00.000120Z"
    assert as_given("2026-03-03T09:30:00.0001200+01:00") == "2026-03-03T09:30:00.0001200+01:00"
    for text in ("2026-03-03", "2026-03-03T09:30:00", "x"):
        with pytest.raises(ValueError, match="instant"):
            as_given(text)
    with pytest.raises(ValueError, match="zone"):
        written(moment.replace(tzinfo=None))
    assert id_in_address("6e1a4a6e-8c0b-5d0a-9b53-0f2f7c1f0c11")


def test_the_settings_say_where_the_apis_are(tmp_path: Path) -> None:
    path = tmp_path / "connector.toml"
    path.write_text(
        'municipality = "314159265"\nsender = "A_B_C"\nhub = "mqtt://x"\n[apis]\njft = "https://jft.example"\n',
        encoding="utf-8",
    )
    apis = apis_of(read_settings(path))
    assert apis.jft is not None
    assert (apis.vkp, apis.pit, apis.pmd) == (None, None, None)
