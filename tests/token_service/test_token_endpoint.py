"""Getting a token by client credentials, as HelseID gives it (shared standards, section 5)."""

import pytest
from joserfc.jwk import ECKey, RSAKey

from hub.jose.signed import check_signature, peek
from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import client_with_key, world_at


async def test_discovery_names_the_endpoints_and_the_keys_that_sign(world, session, client):
    async with session.get(f"{world.issuer}/.well-known/openid-configuration") as answer:
        document = await answer.json()
    assert document["issuer"] == world.issuer
    assert document["token_endpoint"] == f"{world.issuer}/connect/token"
    assert document["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert {"client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"} <= set(
        document["grant_types_supported"]
    )
    async with session.get(document["jwks_uri"]) as answer:
        jwks = await answer.json()
    assert all("d" not in jwk for jwk in jwks["keys"])
    token = (await client.bearer("nhn:jft/api"))["access_token"]
    check_signature(peek(token), [ECKey.import_key(jwk) for jwk in jwks["keys"]])  # raises when it isn't
    assert peek(token).key_id == jwks["keys"][0]["kid"]


async def test_a_client_without_proof_gets_a_bearer_token(client):
    body = await client.bearer("nhn:vkp/api/user/bundle.write")
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 600
    assert body["scope"] == "nhn:vkp/api/user/bundle.write"
    assert "cnf" not in peek(body["access_token"]).claims


async def test_a_client_with_proof_gets_a_token_bound_to_its_key_after_the_nonce_round_trip(client):
    body = await client.bound("nhn:jft/api")
    assert body["token_type"] == "DPoP"
    assert peek(body["access_token"]).claims["cnf"] == {"jkt": client.proof_key.thumbprint()}


async def test_the_token_has_helseids_claims(world, client):
    said = peek((await client.bearer("nhn:jft/api"))["access_token"])
    assert said.type == "at+jwt"
    claims = said.claims
    now = world.clock.real()
    assert claims["iss"] == world.issuer
    assert claims["aud"] == "nhn:jft"
    assert claims["client_id"] == "test-client"
    assert claims["scope"] == ["nhn:jft/api"]
    assert claims["nbf"] <= now < claims["exp"] <= now + 601
    assert claims["helseid://claims/client/claims/orgnr_parent"] == "314159265"
    assert claims["helseid://claims/client/claims/client_tenancy"] == "single-tenant"
    assert claims["helseid://claims/client/client_name"] == "Testklient test-client"
    assert claims["helseid://claims/client/amr"] == "ec_private_key"
    assert claims["client_amr"] == "private_key_jwt"
    assert claims["nhn:vkp/client/claims/vkp-id"] == "Acme_Alarm_Testvik"
    assert "helseid://claims/client/claims/orgnr_supplier" not in claims


async def test_no_scope_asked_for_gives_all_that_the_client_has(client):
    body = await client.bearer()
    assert body["scope"].split() == ["nhn:jft/api", "nhn:pit/api.read", "nhn:vkp/api/user/bundle.write"]
    assert peek(body["access_token"]).claims["aud"] == ["nhn:jft", "nhn:pit", "nhn:vkp"]


async def test_a_resource_narrows_the_token_to_one_api(client):
    body = await client.bearer(resource="nhn:pit")
    assert body["scope"] == "nhn:pit/api.read"
    assert peek(body["access_token"]).claims["aud"] == "nhn:pit"


async def test_answers_are_never_stored_by_caches(client):
    _, _, headers = await client.post(client.form())
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("scope", ["nhn:unknown/api", "openid", "nhn:jft/api openid", "nhn:jft/api nhn:jft"])
async def test_a_scope_that_the_client_does_not_have_is_refused(client, scope):
    status, body, _ = await client.post(client.form(scope))
    assert (status, body["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unauthorized_client"),
        ({"resource": "nhn:other"}, "invalid_target"),
    ],
)
async def test_a_request_for_something_else_gets_its_own_error(client, more, error):
    status, body, _ = await client.post(client.form(**more))
    assert (status, body["error"]) == (400, error)


async def test_a_body_that_is_no_form_or_says_a_thing_twice_is_an_invalid_request(session, client):
    async with session.post(client.token_endpoint, json={}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_request")
    twice = [*client.form().items(), ("scope", "a"), ("scope", "b")]
    async with session.post(client.token_endpoint, data=twice) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_request")
    async with session.post(client.token_endpoint, data={"x": "y" * 70_000}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_request")


KEYS = [
    *[(RSAKey.generate_key(2048), alg) for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")],
    (RSAKey.generate_key(4096), "PS256"),
    *[(ECKey.generate_key(crv), alg) for crv, alg in (("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512"))],
]


@pytest.mark.parametrize(("key", "alg"), KEYS, ids=lambda v: v if isinstance(v, str) else v.key_type)
async def test_every_asymmetric_algorithm_serves_for_assertion_and_proof(tmp_path, session, key, alg):
    made, _ = client_with_key(tmp_path, "other", jwks=[key.as_dict(private=False)])
    with world_at(tmp_path, more_clients=[(made, key)]) as world:
        client = TinyClient(session, world.issuer, "other", key)
        assertion = client.assertion(header={"alg": alg})
        nonce = (await client.post(client.form(), DPoP=client.proof("POST", client.token_endpoint)))[2]["DPoP-Nonce"]
        proof = client.proof("POST", client.token_endpoint, key=key, nonce=nonce, header={"alg": alg})
        status, body, _ = await client.post(client.form(client_assertion=assertion), DPoP=proof)
        assert status == 200, body
        assert peek(body["access_token"]).claims["cnf"]["jkt"] == key.thumbprint()
