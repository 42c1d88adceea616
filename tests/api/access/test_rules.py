"""What a careful API takes and what it refuses, beyond the faults of section 5."""

import pytest

from hub.jose.signed import sign
from tests.token_service.tiny_client import TinyClient

JFT, VKP = "/jft/v1/Bundle", "/vkp/epj/r4/314159265/bundle"


async def get(world, session, route, **headers):
    async with session.get(f"{world.base}{route}", headers=headers) as answer:
        return answer.status, answer.headers.get("WWW-Authenticate", ""), await answer.json()


async def signed_by_the_service(world, change):
    """A token for VKP that the service itself has signed, with claims changed (None: left out)."""
    signing = world.service.ring().signing
    now = int(world.clock.real())
    claims = {
        "iss": world.issuer,
        "aud": "nhn:vkp",
        "nbf": now,
        "exp": now + 60,
        "client_id": "c",
        "scope": "nhn:vkp/api/user/bundle.write other",
        "client_amr": "private_key_jwt",
        "nhn:vkp/client/claims/vkp-id": "Acme_Alarm_Testvik",
        **change,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    return sign(claims, signing, header={"alg": signing.alg, "kid": signing.kid, "typ": "JWT"})


async def test_no_token_is_a_challenge_without_an_error_code(world, session):
    status, challenge, _ = await get(world, session, JFT)
    assert (status, challenge.split(" ")[0]) == (401, "DPoP")
    assert "error" not in challenge
    status, challenge, _ = await get(world, session, VKP)
    assert status == 401
    assert challenge.startswith("DPoP algs=")
    assert challenge.endswith(", Bearer")


async def test_vkp_takes_a_bearer_token_and_names_the_sender(world, session, client):
    token = (await client.bearer("nhn:vkp/api/user/bundle.write"))["access_token"]
    status, _, body = await get(world, session, VKP, Authorization=f"Bearer {token}")
    assert (status, body) == (
        200,
        {"client_id": "test-client", "vkp_id": "Acme_Alarm_Testvik", "scheme": "Bearer"},
    )


async def test_jft_refuses_a_bearer_token(world, session, client):
    token = (await client.bearer("nhn:jft/api"))["access_token"]
    for scheme in ("Bearer", "DPoP"):
        proof = client.proof("GET", world.base + JFT, token=token)
        status, challenge, _ = await get(world, session, JFT, Authorization=f"{scheme} {token}", DPoP=proof)
        assert status == 401
        assert challenge.startswith('DPoP error="invalid_token"')


async def test_a_bound_token_is_no_bearer_token(world, session, client):
    token = (await client.bound("nhn:vkp/api/user/bundle.write"))["access_token"]
    status, challenge, _ = await get(world, session, VKP, Authorization=f"Bearer {token}")
    assert status == 401
    assert challenge.startswith('Bearer error="invalid_token"')
    proof = client.proof("GET", world.base + VKP, token=token)
    assert (await get(world, session, VKP, Authorization=f"DPoP {token}", DPoP=proof))[0] == 200


async def test_schemes_are_read_in_any_case(world, session, client):
    token = (await client.bound("nhn:jft/api"))["access_token"]
    proof = client.proof("GET", world.base + JFT, token=token)
    assert (await get(world, session, JFT, Authorization=f"dpop {token}", DPoP=proof))[0] == 200


async def test_one_token_for_several_apis_opens_each_of_them(world, session, client):
    token = (await client.bound())["access_token"]
    for route in (JFT, VKP):
        proof = client.proof("GET", world.base + route, token=token)
        assert (await get(world, session, route, Authorization=f"DPoP {token}", DPoP=proof))[0] == 200


async def test_a_token_for_another_api_is_refused(world, session, client):
    token = (await client.bound("nhn:pit/api.read"))["access_token"]
    proof = client.proof("GET", world.base + JFT, token=token)
    status, challenge, _ = await get(world, session, JFT, Authorization=f"DPoP {token}", DPoP=proof)
    assert status == 401
    assert challenge.startswith('DPoP error="invalid_token"')


async def test_an_api_that_asked_for_no_nonce_ignores_one(world, session, client):
    token = (await client.bound("nhn:jft/api"))["access_token"]
    proof = client.proof("GET", world.base + JFT, token=token, nonce="whatever")
    assert (await get(world, session, JFT, Authorization=f"DPoP {token}", DPoP=proof))[0] == 200


async def test_a_proof_belongs_to_its_method_address_token_and_key(world, session, client):
    token = (await client.bound("nhn:jft/api"))["access_token"]
    stranger = TinyClient(session, world.issuer, "test-client", client.key)
    address = world.base + JFT
    cases = {
        "invalid_dpop_proof": [
            client.proof("POST", address, token=token),
            client.proof("GET", f"{address}/other", token=token),
            client.proof("GET", address.replace("Bundle", "bundle"), token=token),
            client.proof("GET", address, token="another"),
            client.proof("GET", address, token=token, ath="\ud800"),
            client.proof("GET", address, token=token, jti="\udfff", iat=0),
            "",
        ],
        "invalid_token": [stranger.proof("GET", address, token=token)],
    }
    for error, proofs in cases.items():
        for proof in proofs:
            status, challenge, _ = await get(world, session, JFT, Authorization=f"DPoP {token}", DPoP=proof)
            assert status == 401
            assert challenge.startswith(f'DPoP error="{error}"')
    status, challenge, _ = await get(world, session, JFT, Authorization=f"DPoP {token}")
    assert status == 401
    assert challenge.startswith('DPoP error="invalid_dpop_proof"')


async def test_the_query_is_no_part_of_the_address_and_spelling_does_not_matter(world, session, client):
    token = (await client.bound("nhn:jft/api"))["access_token"]
    spelt = f"{world.base}{JFT}".replace("http:", "HTTP:").replace("/v1/", "/./v1/")
    proof = client.proof("GET", f"{spelt}?_count=1", token=token)
    status, _, body = await get(world, session, f"{JFT}?_count=2", Authorization=f"DPoP {token}", DPoP=proof)
    assert status == 200, body


async def test_a_proof_is_good_for_a_minute_and_a_token_for_its_lifetime(world, session, client):
    token = (await client.bound("nhn:jft/api"))["access_token"]
    old = client.proof("GET", world.base + JFT, token=token)
    world.clock.shift += 71
    assert (await get(world, session, JFT, Authorization=f"DPoP {token}", DPoP=old))[0] == 401
    fresh = client.proof("GET", world.base + JFT, token=token)
    assert (await get(world, session, JFT, Authorization=f"DPoP {token}", DPoP=fresh))[0] == 200
    world.clock.shift += 600
    fresh = client.proof("GET", world.base + JFT, token=token)
    assert (await get(world, session, JFT, Authorization=f"DPoP {token}", DPoP=fresh))[0] == 401


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None},
        {"exp": "2099"},
        {"exp": 1},
        {"nbf": 4_000_000_000},
        {"nbf": "x"},
        {"iat": 4_000_000_000},
        {"aud": None},
        {"aud": "nhn:vkp/api"},
        {"aud": "NHN:VKP"},
        {"aud": ["nhn:jft"]},
        {"aud": {"nhn:vkp": 1}},
        {"aud": [["nhn:vkp"], None]},
        {"iss": None},
        {"iss": "https://helseid-sts.test.nhn.no"},
        {"client_id": None},
        {"client_amr": None},
        {"client_amr": "rsa_private_key"},
        {"client_amr": ["private_key_jwt"]},
        {"nhn:vkp/client/claims/vkp-id": None},
        {"nhn:vkp/client/claims/vkp-id": ""},
        {"cnf": {"jkt": "x"}},
        {"cnf": None, "exp": float("nan")},
    ],
    ids=str,
)
async def test_a_token_with_one_wrong_claim_is_refused(world, session, change):
    token = await signed_by_the_service(world, change)
    status, challenge, body = await get(world, session, VKP, Authorization=f"Bearer {token}")
    assert status == 401
    assert challenge.startswith('Bearer error="invalid_token"')
    assert body["code"] == "1.5"


async def test_scopes_may_be_a_list_or_a_text(world, session):
    for scope in ("nhn:vkp/api/user/bundle.write", ["a", "nhn:vkp/api/user/bundle.*", 7]):
        token = await signed_by_the_service(world, {"scope": scope})
        assert (await get(world, session, VKP, Authorization=f"Bearer {token}"))[0] == 200


@pytest.mark.parametrize("scope", [None, "", "nhn:vkp/api/user/bundle.read", {"nhn:vkp/api/user/bundle.*": 1}, [[]]])
async def test_a_good_token_without_the_scope_is_forbidden(world, session, scope):
    token = await signed_by_the_service(world, {"scope": scope})
    status, challenge, body = await get(world, session, VKP, Authorization=f"Bearer {token}")
    assert (status, body["code"]) == (403, "1.4")
    assert challenge.startswith('Bearer error="insufficient_scope"')
    assert 'scope="nhn:vkp/api/user/bundle.write nhn:vkp/api/user/bundle.*"' in challenge


async def test_two_tokens_are_refused(world, session, client):
    token = (await client.bearer("nhn:vkp/api/user/bundle.write"))["access_token"]
    headers = [("Authorization", f"Bearer {token}")] * 2
    async with session.get(world.base + VKP, headers=headers) as answer:
        assert answer.status == 401


async def test_a_refusal_repeats_nothing_of_the_token(world, session):
    token = await signed_by_the_service(world, {"iss": "12057900499"})
    _, challenge, body = await get(world, session, VKP, Authorization=f"Bearer {token}")
    assert "12057900499" not in challenge + str(body)
    assert token not in challenge + str(body)
