"""DPoP at the token endpoint: the nonce round trip, and each demand on the proof (RFC 9449; section 5)."""

import pytest
from joserfc.jwk import ECKey, OctKey

from hub.token_service.nonce import LIFETIME_S, new_nonce, nonce_is_good
from tests.token_service.tiny_client import signed


async def nonce_for(client):
    status, body, headers = await client.post(client.form(), DPoP=client.proof("POST", client.token_endpoint))
    assert (status, body["error"]) == (400, "use_dpop_nonce")
    return headers["DPoP-Nonce"]


async def refused(client, *proofs):
    headers = [("DPoP", proof) for proof in proofs]
    async with client.session.post(client.token_endpoint, data=client.form(), headers=headers) as answer:
        body = await answer.json()
        assert (answer.status, body["error"]) == (400, "invalid_dpop_proof"), body


@pytest.mark.parametrize(
    "wrong",
    [
        {"without": ["htu"]},
        {"without": ["htm"]},
        {"without": ["iat"]},
        {"without": ["jti"]},
        {"htm": "GET"},
        {"htu": "http://127.0.0.1:1/connect/token"},
        {"htu": "nonsense"},
        {"htu": 7},
        {"iat": 1},
        {"iat": 4_000_000_000},
        {"iat": "now"},
        {"iat": True},
        {"header": {"typ": "JWT"}},
        {"header": {"typ": None}},
        {"header": {"jwk": None}},
        {"header": {"jwk": "x"}},
        {"header": {"jwk": {"kty": "EC"}}},
        {"header": {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}},
        {"header": {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}},
    ],
    ids=str,
)
async def test_a_proof_with_one_fault_is_refused(client, wrong):
    # even with a good nonce: what is wrong is the proof
    nonce = await nonce_for(client)
    wrong = dict(wrong)
    htm, htu = wrong.pop("htm", "POST"), wrong.pop("htu", client.token_endpoint)
    await refused(client, client.proof(htm, htu, nonce=nonce, **wrong))


async def test_a_proof_with_the_private_key_in_it_is_refused(client):
    jwk = client.proof_key.as_dict(private=True)
    await refused(client, client.proof("POST", client.token_endpoint, header={"jwk": jwk}))


async def test_a_proof_signed_by_another_key_than_it_shows_is_refused(client):
    other = ECKey.generate_key("P-256")
    jwk = client.proof_key.as_dict(private=False)
    await refused(client, client.proof("POST", client.token_endpoint, key=other, header={"jwk": jwk}))


async def test_a_proof_with_a_symmetric_algorithm_is_refused(client):
    jwk = client.proof_key.as_dict(private=False)
    shared = OctKey.generate_key(256)
    await refused(client, signed({"jti": "a"}, shared, typ="dpop+jwt", jwk=jwk, alg="HS256"))


async def test_two_proofs_are_refused(client):
    await refused(client, *(client.proof("POST", client.token_endpoint) for _ in range(2)))


async def test_a_proof_serves_once(client):
    proof = client.proof("POST", client.token_endpoint, nonce=await nonce_for(client))
    assert (await client.post(client.form(), DPoP=proof))[0] == 200
    await refused(client, proof)


async def test_a_nonce_that_is_old_or_not_ours_is_replaced(client, world):
    nonce = await nonce_for(client)
    for bad in ("made-up", "1.x", f"{nonce}x", f"9{nonce}", "", "²²²." + "x" * 43):
        proof = client.proof("POST", client.token_endpoint, nonce=bad)
        status, body, headers = await client.post(client.form(), DPoP=proof)
        assert (status, body["error"]) == (400, "use_dpop_nonce")
        assert headers["DPoP-Nonce"]
    world.clock.shift += LIFETIME_S + 1
    proof = client.proof("POST", client.token_endpoint, nonce=nonce)
    assert (await client.post(client.form(), DPoP=proof))[1]["error"] == "use_dpop_nonce"


async def test_a_fresh_nonce_comes_with_every_bound_token(client):
    proof = client.proof("POST", client.token_endpoint, nonce=await nonce_for(client))
    _, _, headers = await client.post(client.form(), DPoP=proof)
    proof = client.proof("POST", client.token_endpoint, nonce=headers["DPoP-Nonce"])
    assert (await client.post(client.form(), DPoP=proof))[0] == 200


async def test_the_address_is_compared_after_normalisation_and_without_query(client):
    nonce = await nonce_for(client)
    spelt = client.token_endpoint.replace("http://", "HTTP://").replace("/connect", "/x/../%63onnect") + "?a=b#c"
    status, body, _ = await client.post(client.form(), DPoP=client.proof("POST", spelt, nonce=nonce))
    assert status == 200, body


def test_any_process_with_the_same_secret_takes_the_nonce():
    assert nonce_is_good(new_nonce(b"s" * 32, 1000.0), b"s" * 32, 1001.0)
    assert not nonce_is_good(new_nonce(b"s" * 32, 1000.0), b"t" * 32, 1001.0)
    assert not nonce_is_good(new_nonce(b"s" * 32, 2000.0), b"s" * 32, 1000.0)
