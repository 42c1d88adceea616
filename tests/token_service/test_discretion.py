"""No token, proof, assertion or key ever reaches a log; and a store that fails is told as what it is."""

import logging

from hub.model.errors import StoreUnavailable
from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import world_at


async def test_no_secret_reaches_a_log(world, session, client, caplog):
    caplog.set_level(logging.DEBUG)
    assertion = client.assertion()
    token = (await client.bound("nhn:jft/api", client_assertion=assertion))["access_token"]
    proof = client.proof("GET", f"{world.base}/jft/v1/Bundle", token=token)
    for _ in range(2):
        headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
        async with session.get(f"{world.base}/jft/v1/Bundle", headers=headers) as answer:
            await answer.read()
    await client.post(client.form(client_assertion=assertion))
    assert caplog.records  # something was logged, so that the next lines mean something
    for secret in (assertion, token, proof):
        assert secret not in caplog.text
        assert secret.rpartition(".")[2] not in caplog.text


class _Broken:
    async def first_use(self, kind, jti, expires_at):
        raise StoreUnavailable


async def test_a_store_that_fails_is_a_503_and_no_token(tmp_path, session):
    with world_at(tmp_path) as world:
        object.__setattr__(world.service, "replay", _Broken())
        client = TinyClient(session, world.issuer, "test-client", world.keys["test-client"])
        status, body, _ = await client.post(client.form())
    assert (status, body) == (503, {"error": "temporarily_unavailable"})
