"""A test user signs in with one click: authorization code with PKCE, codes that serve once."""

from urllib.parse import parse_qs, urlsplit

import pytest

from hub.jose.proof import hash_of
from hub.jose.signed import peek
from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import client_with_key, world_at

RETURN = "http://127.0.0.1:1/console/signed-in"
VERIFIER = "v" * 43


@pytest.fixture
async def console(tmp_path, session):
    fields = {
        "grants": ["authorization_code"],
        "redirect_uris": [RETURN],
        "scopes": ["openid", "knutepunkt:console/all"],
    }
    made, key = client_with_key(tmp_path, "console", **fields)
    with world_at(tmp_path, more_clients=[(made, key)]) as world:
        yield TinyClient(session, world.issuer, "console", key, now=world.clock.real), world


def query(**change):
    asked = {
        "client_id": "console",
        "redirect_uri": RETURN,
        "response_type": "code",
        "scope": "openid knutepunkt:console/all",
        "code_challenge": hash_of(VERIFIER),
        "code_challenge_method": "S256",
        "state": "s t&te",
        "nonce": "n",
        **change,
    }
    return {name: value for name, value in asked.items() if value is not None}


async def authorize(client, **change):
    address = f"{client.issuer}/connect/authorize"
    async with client.session.get(address, params=query(**change), allow_redirects=False) as answer:
        location = answer.headers.get("Location", "")
        return answer.status, {k: v[0] for k, v in parse_qs(urlsplit(location).query).items()}, await answer.text()


def redemption(client, code, /, **change):
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN, "code_verifier": VERIFIER}
    return client.form(**{**fields, **change})


async def test_the_page_offers_each_test_user_as_a_link(console):
    client, _ = console
    status, _, page = await authorize(client)
    assert status == 200
    assert "Dina Drift</a>" in page
    assert "&amp;user=drift" in page


async def test_one_click_gives_a_code_and_the_code_gives_who_it_was(console):
    client, world = console
    status, answer, _ = await authorize(client, user="drift")
    assert (status, answer["state"], answer["iss"]) == (303, "s t&te", world.issuer)
    status, body, _ = await client.post(redemption(client, answer["code"]))
    assert status == 200, body
    person = peek(body["id_token"]).claims
    assert (person["aud"], person["sub"], person["name"], person["nonce"]) == ("console", "drift", "Dina Drift", "n")
    claims = peek(body["access_token"]).claims
    assert (claims["sub"], claims["roles"], claims["aud"]) == ("drift", ["operations"], "knutepunkt:console")


async def test_a_code_serves_once_and_for_a_minute(console):
    client, world = console
    _, answer, _ = await authorize(client, user="drift")
    assert (await client.post(redemption(client, answer["code"])))[0] == 200
    assert (await client.post(redemption(client, answer["code"])))[1]["error"] == "invalid_grant"
    _, answer, _ = await authorize(client, user="drift")
    world.clock.shift += 61
    assert (await client.post(redemption(client, answer["code"])))[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "change", [{"code_verifier": "w" * 43}, {"code_verifier": None}, {"redirect_uri": "http://x"}, {"code": "x.y.z"}]
)
async def test_a_code_belongs_to_its_request(console, change):
    client, _ = console
    _, answer, _ = await authorize(client, user="drift")
    form = redemption(client, answer["code"], **change)
    assert (await client.post({k: v for k, v in form.items() if v is not None}))[1]["error"] == "invalid_grant"


@pytest.mark.parametrize("change", [{"client_id": "x"}, {"redirect_uri": "http://evil"}, {"redirect_uri": None}])
async def test_nobody_is_redirected_to_an_address_that_is_not_registered(console, change):
    client, _ = console
    status, _, _ = await authorize(client, **change)
    assert status == 400


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "knutepunkt:console/all"}, "invalid_scope"),
        ({"scope": "openid nhn:jft/api"}, "invalid_scope"),
    ],
)
async def test_other_faults_are_told_to_the_client_by_redirect(console, change, error):
    client, _ = console
    status, answer, _ = await authorize(client, **change)
    assert (status, answer["error"], answer["state"]) == (303, error, "s t&te")


async def test_an_unknown_user_cannot_sign_in(console):
    client, _ = console
    assert (await authorize(client, user="nobody"))[0] == 400


async def test_outside_test_mode_there_is_neither_sign_in_nor_test_tokens(tmp_path, session):
    with world_at(tmp_path, mode="production") as world:
        for path in ("/connect/authorize", "/test-token-faults"):
            async with session.get(f"{world.issuer}{path}") as answer:
                assert answer.status == 404
        async with session.post(f"{world.issuer}/v2/create-test-token-with-key", json={"audience": "a"}) as answer:
            assert answer.status == 404
