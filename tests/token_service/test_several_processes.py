"""Two hub processes that share a data directory and a store are one token service and one gate."""

import time
import uuid

import pytest

from hub.jose.replay import RememberedUses
from hub.token_service import KEY_FILE, SigningKeys, TokenService, known_clients
from hub.token_service.errors import OAuthError
from hub.token_service.token_endpoint import TokenRequest, token_for
from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import ShiftedClock, client_with_key

ISSUER = "http://hub.example/helseid"


@pytest.fixture
def processes(tmp_path):
    """Two services as two processes have them, over one key file and one store of uses; and a client's hand."""
    made, key = client_with_key(tmp_path, "a")
    clock, store = ShiftedClock(), RememberedUses(time.time)

    def process():
        return TokenService(
            issuer=ISSUER,
            clients=known_clients([made]),
            keys=SigningKeys(tmp_path / KEY_FILE, kind="EC"),
            replay=store,
            clock=clock,
            new_id=lambda: uuid.uuid4().hex,
        )

    return process(), process(), TinyClient(None, ISSUER, "a", key)


def asked(client, form=None, **proof):
    proofs = (client.proof("POST", client.token_endpoint, **proof),) if proof else ()
    return TokenRequest(form or client.form(), proofs, client.token_endpoint)


async def test_a_nonce_from_one_is_taken_by_the_other(processes):
    one, other, client = processes
    with pytest.raises(OAuthError, match="nonce") as refused:
        await token_for(one, asked(client, jti="1"))
    granted = await token_for(other, asked(client, nonce=refused.value.nonce))
    assert granted.body["token_type"] == "DPoP"


async def test_an_assertion_used_at_one_is_spent_at_the_other(processes):
    one, other, client = processes
    form = client.form()
    await token_for(one, asked(client, form))
    with pytest.raises(OAuthError, match="jti has been used"):
        await token_for(other, asked(client, form))


async def test_a_proof_used_at_one_is_spent_at_the_other(processes):
    one, other, client = processes
    with pytest.raises(OAuthError) as refused:
        await token_for(one, asked(client, jti="1"))
    request = asked(client, nonce=refused.value.nonce)
    await token_for(one, request)
    with pytest.raises(OAuthError, match="jti has been used"):
        await token_for(other, TokenRequest(client.form(), request.proofs, request.address))


async def test_a_key_that_one_has_rotated_signs_at_the_other(processes):
    one, other, _ = processes
    assert one.ring().signing.kid == other.ring().signing.kid
    assert one.keys.rotate(time.time()) == other.ring().signing.kid


async def test_uses_are_forgotten_when_they_no_longer_matter():
    clock = ShiftedClock()
    uses = RememberedUses(clock.real)
    assert await uses.first_use("k", "j", clock.real() + 60)
    assert not await uses.first_use("k", "j", clock.real() + 60)
    assert await uses.first_use("other", "j", clock.real() + 60)
    clock.shift = 61
    assert await uses.first_use("k", "j", clock.real() + 60)
