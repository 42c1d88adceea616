"""A client of other people's making (oauth4webapi and dpop from npm) writes and reads JFT."""

import orjson

from tests.api.national import national_at
from tests.messages import alarm, composition, document
from tests.token_service.independent_client import needs_node, run_independent_client

pytestmark = needs_node


async def test_it_gets_a_dpop_token_and_writes_and_reads(tmp_path):
    async with national_at(tmp_path) as world:
        did = await run_independent_client(
            issuer=world.issuer,
            client_id="test-client",
            private_jwk=world.told["test_client"]["private_jwk"],
            scope="nhn:jft/api",
            write=f"{world.http}/jft/v1/Bundle",
            read=f"{world.http}/jft/v1/Bundle?_count=1",
            message=orjson.dumps(document("b-1", composition(), alarm())).decode(),
        )
    assert (did["token_type"], did["written"], did["read"]) == ("dpop", 202, 200)
    assert did["location"].endswith("/$status")
    assert did["body"]["entry"][0]["resource"]["identifier"]["value"] == "b-1"
    assert did["again"] == 401
    assert 'error="invalid_dpop_proof"' in did["challenge"]
