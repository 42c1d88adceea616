"""Every code of the operation-outcome table can be met, with its status and advice."""

import aiohttp
import pytest
import pytest_asyncio

from hub.api.vkp.authorisation import matching
from hub.fhir.codes import OPERATION_OUTCOME, SYSTEMS
from hub.model.errors import StoreUnavailable
from hub.model.person import check_digits
from tests.api.national import CONFIGURATION, ORGANISATION, bearer_api, national_at
from tests.api.shared import on_one_loop
from tests.messages import LINE, alarm, composition, document, raw

CLOSED = CONFIGURATION.replace(
    'epj = { adapter = "fhir_rest" }', 'epj = { adapter = "fhir_rest" }\nvkp = { closed = ["condition"] }'
)
BASE = f"/epj/r4/{ORGANISATION}"


async def search(vkp, path=f"{BASE}/patient", form=None, codes="ta"):
    headers = {"ServiceCodes": codes} if codes else {}
    return await vkp("POST", f"{path}/_search", data=form or {"identifier": LINE}, headers=headers)


#: A valid synthetic number that nobody in the register has.
NOBODY = next(n for i in range(100, 200) if (d := check_digits(f"118245{i}")) for n in [f"118245{i}{d}"])


def person(value):
    return lambda vkp: search(vkp, form={"identifier": value})


ASKED = {
    "1 a closed look-up": ("1", 403, lambda vkp: search(vkp, f"{BASE}/condition", {"patient.identifier": LINE})),
    "1.1 an unknown municipality": ("1.1", 403, lambda vkp: search(vkp, "/epj/r4/994598759/patient")),
    "1.2 another's municipality": ("1.2", 403, lambda vkp: search(vkp, "/epj/r4/312229544/patient")),
    "1.2 an unknown service": ("1.2", 403, lambda vkp: search(vkp, codes="ta,xyz")),
    "1.3 nobody known": ("1.3", 403, person(NOBODY)),
    "1.3 an unknown local number": ("1.3", 403, person("9999")),
    "2 a reversed period": (
        "2",
        400,
        lambda vkp: search(
            vkp,
            f"{BASE}/careplan",
            [("patient.identifier", LINE), ("date", "ge2024-02-01"), ("date", "le2024-01-01")],
        ),
    ),
    "2.1 bad check digits": ("2.1", 400, person("13116900217")),
    "2.1 a real number in test": ("2.1", 400, person("01010012356")),
    "2.2 a bad organisation number": ("2.2", 400, lambda vkp: search(vkp, "/epj/r4/123456789/patient")),
    "2.2 no organisation number": ("2.2", 400, lambda vkp: search(vkp, "/epj/r4/testvik/patient")),
    "2.2 a system that is none": ("2.2", 400, person(f"fnr|{LINE}")),
    "2.3 no services": ("2.3", 400, lambda vkp: search(vkp, codes="")),
    "2.3 no person": ("2.3", 400, lambda vkp: search(vkp, f"{BASE}/careplan", {"date": "ge2024-01-01"})),
    "2.3 two people": (
        "2.3",
        400,
        lambda vkp: search(vkp, form=[("identifier", LINE), ("identifier", LINE)]),
    ),
    "2.3 an unknown parameter": ("2.3", 400, lambda vkp: search(vkp, form={"identifier": LINE, "name": "x"})),
    "2.4 no date": (
        "2.4",
        400,
        lambda vkp: search(vkp, f"{BASE}/careplan", {"patient.identifier": LINE, "date": "ge2024-13-01"}),
    ),
    "2.4 no prefix": (
        "2.4",
        400,
        lambda vkp: search(vkp, f"{BASE}/careplan", {"patient.identifier": LINE, "date": "2024-01-01"}),
    ),
    "2.4 not form": ("2.4", 400, lambda vkp: search(vkp, form=b"identifier=%ff")),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def closing(tmp_path_factory):
    """VKP in a municipality that has closed a look-up."""
    async with aiohttp.ClientSession() as session, national_at(tmp_path_factory.mktemp("hub"), CLOSED) as world:
        yield await bearer_api(world, session)


@pytest.mark.parametrize("name", ASKED)
@on_one_loop
async def test_a_look_up_that_may_not_be_made_says_why(closing, name):
    code, status, ask = ASKED[name]
    answer = await ask(closing)
    assert (answer.status, answer.code) == (status, code), answer.raw
    issue = answer.json["issue"][0]
    assert issue["details"]["text"]
    assert issue["diagnostics"]
    assert LINE not in answer.raw.decode()


async def test_no_access_is_a_token_without_the_scope(world, session):
    vkp = await bearer_api(world, session, "nhn:vkp/api/user/bundle.write")
    answer = await search(vkp)
    assert (answer.status, answer.code) == (403, "1.4")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


async def test_not_authorised_is_a_request_without_a_token(world, session):
    async with session.post(f"{world.http}{BASE}/patient/_search") as answer:
        body = await answer.json(content_type=None)
        assert answer.status == 401
    assert body["issue"][0]["details"]["coding"][0]["code"] == "1.5"


async def test_another_fault_is_a_store_that_does_not_answer(world, session, monkeypatch):
    vkp = await bearer_api(world, session)

    def fails(_):
        raise StoreUnavailable("gone")

    monkeypatch.setattr(world.ingest, "submit", fails)
    answer = await vkp("POST", f"{BASE}/bundle", data=raw(document("b", composition(), alarm())))
    assert (answer.status, answer.code) == (503, "3")
    assert int(answer.headers["Retry-After"]) > 0


async def test_timed_out_is_a_message_that_is_not_committed_in_time(tmp_path, session):
    slow = CONFIGURATION + "\n[vkp]\ntimeout_s = 0.05\n"
    async with national_at(tmp_path, slow, commits=False) as world:
        vkp = await bearer_api(world, session)
        answer = await vkp("POST", f"{BASE}/bundle", data=raw(document("b", composition(), alarm())))
    assert (answer.status, answer.code) == (504, "3.1")


def test_no_code_of_the_table_is_left_out():
    here = {code for code, _, _ in ASKED.values()} | {"1.4", "1.5", "3", "3.1"}
    assert here == set(SYSTEMS[OPERATION_OUTCOME])


@pytest.mark.parametrize(
    ("patterns", "code", "means"),
    [
        (["%.2.3"], "3.2.3", True),
        (["%.2.3"], "1.1.2.3", True),
        (["%.2.3"], "3.2.31", False),
        (["%.2.3"], "2.3", False),
        (["2.%"], "2.9.9", True),
        (["gps"], "GPS", True),
        (["a.c"], "abc", False),
        (["1.1", "%.9"], "7.9", True),
        ([], "", False),
    ],
)
def test_service_codes_are_matched_with_wildcards(patterns, code, means):
    assert bool(matching(patterns).match(code)) is means


async def test_a_service_that_is_over_or_has_not_begun_is_not_active(world, vkp):
    from dataclasses import replace
    from datetime import date

    from hub.app.default_register import test_persons as four
    from hub.store.register import Service, fill

    line = next(four(world.settings, ORGANISATION))
    services = (
        Service("3.2.2", "Trygghetsalarm", date(2020, 1, 1), date(2020, 2, 1)),
        Service("3.2.3", "Lokalisering", date(2999, 1, 1)),
        Service("3.2.4", "Dispenser", date(2020, 1, 1)),
    )
    async with world.engines.writing() as connection:
        await fill(connection, ORGANISATION, [replace(line, services=services)])
    assert (await search(vkp, codes="ta,gps")).code == "1.3"
    assert (await search(vkp, codes="ta,md")).status == 200
