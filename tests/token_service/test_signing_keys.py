"""The service's own keys: made at first start, for their owner's eyes only, and rotated without downtime."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.jose.signed import peek
from hub.model.errors import ConfigurationError
from hub.token_service.signing_keys import KEEP_RETIRED_S, SigningKeys


async def answer_of_jft(world, session, client, token):
    address = f"{world.base}/jft/v1/Bundle"
    proof = client.proof("GET", address, token=token)
    async with session.get(address, headers={"Authorization": f"DPoP {token}", "DPoP": proof}) as answer:
        return answer.status


async def test_a_rotation_refuses_no_token_and_needs_no_restart(world, session, client, tmp_path):
    before = (await client.bound("nhn:jft/api"))["access_token"]
    new_id = SigningKeys(world.service.keys._path, kind="EC").rotate(world.clock.real())  # as the command line does
    after = (await client.bound("nhn:jft/api"))["access_token"]
    assert peek(after).key_id == new_id != peek(before).key_id
    assert await answer_of_jft(world, session, client, before) == 200
    assert await answer_of_jft(world, session, client, after) == 200
    async with session.get(f"{world.issuer}/.well-known/openid-configuration/jwks") as answer:
        assert [jwk["kid"] for jwk in (await answer.json())["keys"]] == [new_id, peek(before).key_id]


def test_a_retired_key_is_dropped_when_its_tokens_have_expired(tmp_path):
    keys = SigningKeys(tmp_path / "keys", kind="EC")
    first = keys.ring(0).signing.kid
    second = keys.rotate(100)
    assert [key.kid for key in keys.ring(99 + KEEP_RETIRED_S).published] == [second, first]
    assert [key.kid for key in keys.ring(101 + KEEP_RETIRED_S).published] == [second]
    keys.rotate(101 + KEEP_RETIRED_S)
    assert first not in (tmp_path / "keys").read_text()


def test_only_the_owner_may_read_the_file_before_and_after_rotation(tmp_path):
    keys = SigningKeys(tmp_path / "keys", kind="EC")
    keys.ring(0)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    keys.rotate(1)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_processes_that_start_at_once_share_one_key(tmp_path):
    def started(_):
        return SigningKeys(tmp_path / "keys", kind="EC").ring(0).signing.kid

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(started, range(8)))) == 1


def test_the_default_key_is_rsa_as_helseids(tmp_path):
    assert SigningKeys(tmp_path / "keys").ring(0).signing.alg == "RS256"


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"keys": [], "nonce_secret": ""}', '{"keys": [{"jwk": {}, "retired_at": null}]}']
)
def test_a_broken_file_is_a_configuration_error_and_is_left_alone(tmp_path, content):
    (tmp_path / "keys").write_text(content)
    with pytest.raises(ConfigurationError, match="keys"):
        SigningKeys(tmp_path / "keys").ring(0)
    assert (tmp_path / "keys").read_text() == content


def test_the_file_is_json_that_a_person_can_back_up(tmp_path):
    SigningKeys(tmp_path / "keys", kind="EC").ring(0)
    content = json.loads((tmp_path / "keys").read_text())
    assert sorted(content) == ["keys", "nonce_secret"]
