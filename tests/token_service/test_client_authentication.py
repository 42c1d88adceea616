"""Clients authenticate by private_key_jwt alone, and each demand on the assertion is kept (section 5)."""

import asyncio

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import client_with_key, world_at


async def refused(client, form, **headers):
    status, body, _ = await client.post(form, **headers)
    assert (status, body["error"]) == (401, "invalid_client"), body
    return body["error_description"]


@pytest.mark.parametrize("typ", ["client-authentication+jwt", "JWT", None])
async def test_new_and_old_types_of_assertion_are_taken(client, typ):
    await client.bearer(client_assertion=client.assertion(header={"typ": typ}))


async def test_a_client_signs_with_any_algorithm_of_its_keys_kind(tmp_path, session):
    """Also when its key says that it was made for one of them, as those of `client new` do."""
    made, key = client_with_key(tmp_path, "rsa-client", kind="RSA")
    assert made.jwks[0]["alg"] == "RS256"
    free = RSAKey.import_key({name: value for name, value in key.as_dict(private=True).items() if name != "alg"})
    with world_at(tmp_path, more_clients=[(made, key)]) as world:
        client = TinyClient(session, world.issuer, "rsa-client", free)
        for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
            await client.bearer(client_assertion=client.assertion(header={"alg": alg}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"without": ["jti"]},
        {"jti": ""},
        {"jti": 7},
        {"without": ["exp"]},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"without": ["aud"]},
        {"aud": "https://helseid-sts.test.nhn.no"},
        {"aud": []},
        {"without": ["iss"]},
        {"iss": "somebody-else"},
        {"without": ["sub"]},
        {"sub": "somebody-else"},
        {"iss": "unknown", "sub": "unknown"},
        {"header": {"typ": "dpop+jwt"}},
        {"header": {"typ": "at+jwt"}},
        {"header": {"kid": "another"}},
        {"header": {"crit": ["exp"]}},
    ],
    ids=str,
)
async def test_an_assertion_with_one_fault_is_refused(client, wrong):
    await refused(client, client.form(client_assertion=client.assertion(**wrong)))


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -30), ("exp", 90), ("exp", 3600), ("nbf", 30), ("iat", 30)])
async def test_times_are_enforced(client, world, claim, seconds):
    assertion = client.assertion(**{claim: int(world.clock.real()) + seconds})
    await refused(client, client.form(client_assertion=assertion))


async def test_clocks_may_differ_by_a_few_seconds(client, world):
    now = int(world.clock.real())
    await client.bearer(client_assertion=client.assertion(exp=now + 63, nbf=now + 3, iat=now + 3))


async def test_the_audience_is_the_issuer_alone(client):
    await refused(client, client.form(client_assertion=client.assertion(aud=client.token_endpoint)))
    await refused(client, client.form(client_assertion=client.assertion(aud=[client.issuer, client.token_endpoint])))
    await client.bearer(client_assertion=client.assertion(aud=[client.issuer]))


async def test_older_clients_may_name_the_token_endpoint_where_that_is_configured(tmp_path, session):
    with world_at(tmp_path, assertion_audience="issuer_or_token_endpoint") as world:
        client = TinyClient(session, world.issuer, "test-client", world.keys["test-client"])
        await client.bearer(client_assertion=client.assertion(aud=client.token_endpoint))


async def test_an_assertion_serves_once(client):
    form = client.form()
    assert (await client.post(form))[0] == 200
    assert "jti" in await refused(client, form)


async def test_of_many_who_send_the_same_assertion_at_once_one_succeeds(client):
    form = client.form()
    answers = await asyncio.gather(*(client.post(form) for _ in range(8)))
    assert sorted(status for status, _, _ in answers) == [200] + [401] * 7


async def test_an_assertion_signed_by_another_key_is_refused(client):
    stranger = ECKey.generate_key("P-256")
    await refused(client, client.form(client_assertion=client.assertion(key=stranger)))


async def test_a_shared_secret_or_no_signature_never_authenticates(client):
    parts = client.assertion().split(".")
    public = OctKey.import_key(client.key.as_pem(private=False).hex().encode())
    forged = jws.serialize_compact({"alg": "HS256"}, b"{}", public, algorithms=["HS256"])
    await refused(client, client.form(client_assertion=forged))
    await refused(client, client.form(client_assertion=f"eyJhbGciOiJub25lIn0.{parts[1]}."))
    await refused(client, client.form(client_assertion=".".join([*parts[:2], ""])))


@pytest.mark.parametrize(
    "change",
    [
        {"client_assertion": None},
        {"client_assertion": ""},
        {"client_assertion": "not.a.jwt"},
        {"client_assertion_type": None},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_secret": "hunter2"},
        {"client_id": "somebody-else"},
    ],
    ids=str,
)
async def test_any_other_way_to_authenticate_is_refused(client, change):
    await refused(client, client.form(**change))


async def test_basic_authentication_is_answered_with_a_challenge(client):
    form = {"grant_type": "client_credentials"}
    status, body, headers = await client.post(form, Authorization="Basic dGVzdDp0ZXN0")
    assert (status, body["error"]) == (401, "invalid_client")
    assert headers["WWW-Authenticate"].startswith("Basic")


async def test_the_client_id_parameter_may_repeat_who_it_is(client):
    await client.bearer(client_id="test-client")


async def test_a_refusal_repeats_nothing_of_what_was_sent(client):
    said = await refused(client, client.form(client_assertion=client.assertion(iss="12057900499", sub="12057900499")))
    assert "12057900499" not in said
