"""Every fault of section 5, ordered from the test-token service: a protected route says 401, never 200 or 500."""

import pytest

from hub.token_service import FAULTS


def merged(*orders):
    """Orders laid on top of each other, one level down."""
    together = {}
    for order in orders:
        for name, value in order.items():
            together[name] = {**together.get(name, {}), **value} if isinstance(value, dict) else value
    return together


async def order(world, session, *, route="/jft/v1/Bundle", audience="nhn:jft", bound=True, **more):
    proof = {"htmClaimValue": "POST", "htuClaimValue": f"{world.base}{route}"}
    good = {
        "audience": audience,
        "createDPoPTokenWithDPoPProof": bound,
        "clientClaimsParameters": {"clientId": "test-client"},
        "dPoPProofParameters": proof,
    }
    address = f"{world.issuer}/v2/create-test-token-with-key"
    async with session.post(address, json=merged(good, more)) as answer:
        made = (await answer.json())["successResponse"]
        return made["accessTokenJwt"], made["dPoPProof"]


async def send(world, session, headers, *, route="/jft/v1/Bundle"):
    async with session.post(f"{world.base}{route}", headers=headers) as answer:
        return answer.status, answer.headers.get("WWW-Authenticate", ""), await answer.json()


async def test_without_a_fault_the_order_opens_the_door(world, session):
    token, proof = await order(world, session)
    status, _, body = await send(world, session, {"Authorization": f"DPoP {token}", "DPoP": proof})
    assert (status, body) == (200, {"client_id": "test-client", "organisation": "314159265", "scheme": "DPoP"})


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_each_fault_is_a_401_that_says_which_part_is_wrong(world, session, fault):
    token, proof = await order(world, session, **fault.parameter)
    status, challenge, _ = await send(world, session, {"Authorization": f"DPoP {token}", "DPoP": proof})
    assert status == 401
    assert challenge.startswith(f'DPoP error="{fault.error}", error_description="')
    assert 'algs="RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512"' in challenge


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.of == "token" and "Proof" not in str(f.parameter)], ids=str)
async def test_the_same_token_faults_as_bearer(world, session, fault):
    route = "/vkp/bundle"
    token, _ = await order(world, session, route=route, audience="nhn:vkp", bound=False, **fault.parameter)
    status, challenge, _ = await send(world, session, {"Authorization": f"Bearer {token}"}, route=route)
    assert status == 401
    assert challenge.startswith('Bearer error="invalid_token"')


async def test_a_replayed_proof_is_refused(world, session):
    token, proof = await order(world, session)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert (await send(world, session, headers))[0] == 200
    status, challenge, body = await send(world, session, headers)
    assert status == 401
    assert challenge.startswith('DPoP error="invalid_dpop_proof"')
    assert "jti" in body["text"]
