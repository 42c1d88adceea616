"""A client of other people's making (oauth4webapi and dpop from npm) gets a token here and uses it at an API."""

import pytest

from tests.token_service.independent_client import needs_node, run_independent_client
from tests.token_service.world import client_with_key, world_at

pytestmark = needs_node


@pytest.mark.parametrize("kind", ["RSA", "EC"])
async def test_it_gets_a_bound_token_and_passes_a_careful_api(tmp_path, kind):
    made, key = client_with_key(tmp_path, "node", kind=kind)
    with world_at(tmp_path, more_clients=[(made, key)]) as world:
        did = await run_independent_client(
            issuer=world.issuer,
            client_id="node",
            private_jwk=str(tmp_path / "node" / "test-client.jwk.json"),
            scope="nhn:jft/api",
            write=f"{world.base}/jft/v1/Bundle",
            read=f"{world.base}/jft/v1/Bundle?_count=1",
            message="{}",
        )
    assert (did["rounds"], did["token_type"]) == (2, "dpop")
    assert (did["written"], did["read"]) == (200, 200)
    assert did["body"] == {"client_id": "node", "organisation": "314159265", "scheme": "DPoP"}
    assert did["again"] == 401
    assert 'error="invalid_dpop_proof"' in did["challenge"]
