"""Token exchange (RFC 8693): an API gets a token of its own that carries on whom it was called for."""

import pytest

from hub.jose.signed import peek
from hub.model.helseid import ORGNR_PARENT, TOKEN_EXCHANGE
from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import client_with_key, world_at

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
async def pair(tmp_path, session):
    """A client that calls the API nhn:jft, and that API as a client of nhn:pit; and their world."""
    fields = {"organisation_number": "994598759", "grants": [TOKEN_EXCHANGE], "exchanges": ["nhn:jft"]}
    made, key = client_with_key(tmp_path, "jft-itself", **fields)
    with world_at(tmp_path, more_clients=[(made, key)]) as world:
        caller = TinyClient(session, world.issuer, "test-client", world.keys["test-client"])
        yield world, caller, TinyClient(session, world.issuer, "jft-itself", key, now=world.clock.real)


def exchange(api, token, **change):
    fields = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN, **change}
    return api.form("nhn:pit/api.read", **fields)


async def test_the_new_token_speaks_for_the_same_organisation_and_tells_who_acts(pair):
    _, caller, api = pair
    subject = (await caller.bearer("nhn:jft/api"))["access_token"]
    status, body, _ = await api.post(exchange(api, subject))
    assert status == 200, body
    assert body["issued_token_type"] == ACCESS_TOKEN
    claims = peek(body["access_token"]).claims
    assert claims[ORGNR_PARENT] == "314159265"
    assert (claims["client_id"], claims["sub"], claims["aud"]) == ("jft-itself", "test-client", "nhn:pit")
    assert claims["act"] == {"sub": "jft-itself", "act": {"sub": "test-client"}}


async def test_a_token_for_another_api_cannot_be_exchanged(pair):
    _, caller, api = pair
    subject = (await caller.bearer("nhn:vkp/api/user/bundle.write"))["access_token"]
    status, body, _ = await api.post(exchange(api, subject))
    assert (status, body["error"]) == (400, "invalid_grant")


async def test_an_expired_or_foreign_token_cannot_be_exchanged(pair):
    world, caller, api = pair
    subject = (await caller.bearer("nhn:jft/api"))["access_token"]
    for foreign in ("x", caller.assertion(), f"{subject[:-4]}AAAA"):
        status, body, _ = await api.post(exchange(api, foreign))
        assert (status, body["error"]) == (400, "invalid_grant")
    world.clock.shift += 601
    status, body, _ = await api.post(exchange(api, subject))
    assert (status, body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "change",
    [
        {"subject_token": None},
        {"subject_token_type": None},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
    ],
)
async def test_an_incomplete_exchange_is_an_invalid_request(pair, change):
    _, caller, api = pair
    subject = (await caller.bearer("nhn:jft/api"))["access_token"]
    status, body, _ = await api.post(exchange(api, subject, **change))
    assert (status, body["error"]) == (400, "invalid_request")


async def test_a_client_without_the_grant_cannot_exchange(pair):
    _, caller, _ = pair
    subject = (await caller.bearer("nhn:jft/api"))["access_token"]
    status, body, _ = await caller.post(exchange(caller, subject))
    assert (status, body["error"]) == (400, "unauthorized_client")
