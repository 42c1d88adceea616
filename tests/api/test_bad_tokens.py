"""Each fault of section 5, at every national door: 401 with the challenge that says what is wrong."""

import pytest

from hub.token_service import FAULTS
from tests.api.access.test_section_5_faults import merged
from tests.api.shared import on_one_loop

pytestmark = on_one_loop

DOORS = {
    "vkp write": ("POST", "/epj/r4/314159265/bundle", "nhn:vkp"),
    "vkp look-up": ("POST", "/epj/r4/314159265/Patient/_search", "nhn:vkp"),
    "jft write": ("POST", "/jft/v1/Bundle", "nhn:jft"),
    "jft read": ("GET", "/jft/v1/Composition?_count=1", "nhn:jft"),
    "pit": ("GET", "/pit/v1/Patient", "nhn:pit"),
    "pmd": ("POST", "/pmd/Observation/_search", "nhn:pmd"),
}


async def order(hub, session, door, more, *, bound=True):
    method, path, audience = DOORS[door]
    good = {
        "audience": audience,
        "createDPoPTokenWithDPoPProof": bound,
        "clientClaimsParameters": {"clientId": "test-client"},
        "dPoPProofParameters": {"htmClaimValue": method, "htuClaimValue": f"{hub.http}{path.partition('?')[0]}"},
    }
    async with session.post(f"{hub.issuer}/v2/create-test-token-with-key", json=merged(good, more)) as answer:
        made = (await answer.json())["successResponse"]
        return made["accessTokenJwt"], made["dPoPProof"]


async def send(hub, session, door, headers):
    method, path, _ = DOORS[door]
    async with session.request(method, f"{hub.http}{path}", headers=headers) as answer:
        return answer.status, answer.headers.get("WWW-Authenticate", ""), await answer.json(content_type=None)


@pytest.mark.parametrize("door", DOORS)
async def test_without_a_fault_the_token_is_taken(one_hub, one_session, door):
    token, proof = await order(one_hub, one_session, door, {})
    status, _, _ = await send(one_hub, one_session, door, {"Authorization": f"DPoP {token}", "DPoP": proof})
    assert status != 401
    status, _, _ = await send(one_hub, one_session, door, {"Authorization": f"DPoP {token}", "DPoP": proof})
    assert status == 401


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("door", DOORS)
async def test_each_fault_is_a_401_with_its_challenge_and_an_outcome(one_hub, one_session, door, fault):
    token, proof = await order(one_hub, one_session, door, fault.parameter)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    status, challenge, body = await send(one_hub, one_session, door, headers)
    assert status == 401
    assert challenge.startswith(f'DPoP error="{fault.error}", error_description="')
    assert body["issue"][0]["details"]["coding"][0]["code"] == "1.5"


@pytest.mark.parametrize("door", [d for d in DOORS if not d.startswith("vkp")])
async def test_bearer_is_refused_where_dpop_is_demanded(one_hub, one_session, door):
    token, _ = await order(one_hub, one_session, door, {}, bound=False)
    status, challenge, _ = await send(one_hub, one_session, door, {"Authorization": f"Bearer {token}"})
    assert (status, challenge.split(" ")[0]) == (401, "DPoP")


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.of == "token" and "Proof" not in str(f.parameter)], ids=str)
async def test_token_faults_as_bearer_at_vkp(one_hub, one_session, fault):
    token, _ = await order(one_hub, one_session, "vkp write", fault.parameter, bound=False)
    status, challenge, _ = await send(one_hub, one_session, "vkp write", {"Authorization": f"Bearer {token}"})
    assert status == 401
    assert challenge.startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize("door", DOORS)
async def test_without_any_token_the_challenge_names_the_schemes(one_hub, one_session, door):
    status, challenge, body = await send(one_hub, one_session, door, {})
    assert status == 401
    assert "DPoP algs=" in challenge
    assert ("Bearer" in challenge) is door.startswith("vkp")
    assert body["resourceType"] == "OperationOutcome"
