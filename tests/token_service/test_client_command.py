"""`knutepunkt client`: a fresh key for the client alone, and what to paste into the configuration."""

import json
import stat
import tomllib

import pytest
from typer.testing import CliRunner

from hub.cli.client import app
from hub.jose.signed import peek
from hub.model.client import clients_from
from hub.settings import parse as read_settings
from hub.token_service import KEY_FILE, SigningKeys
from tests.token_service.tiny_client import TinyClient, key_in
from tests.token_service.world import world_at


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def configured(output):
    return clients_from({"mode": "test", **tomllib.loads(output[output.index("[[client]]") :].partition("\n\n")[0])})


@pytest.mark.parametrize("kind", ["rsa", "ec"])
async def test_what_it_prints_and_writes_is_enough_to_get_a_token(tmp_path, session, kind):
    file = tmp_path / "key.json"
    result = run("new", "Acme_Alarm", "--organisation-number", "314159265", "--key", kind, "--out", file)
    assert result.exit_code == 0, result.output
    (made,) = configured(result.output)
    with world_at(tmp_path, more_clients=[(made, key_in(file))]) as world:
        client = TinyClient(session, world.issuer, "Acme_Alarm", key_in(file))
        claims = peek((await client.bound("nhn:jft/api"))["access_token"]).claims
    assert claims["helseid://claims/client/claims/orgnr_parent"] == "314159265"
    assert claims["nhn:vkp/client/claims/vkp-id"] == "Acme_Alarm"


def test_the_private_key_is_written_for_its_owner_alone_and_never_printed(tmp_path):
    file = tmp_path / "key.json"
    result = run("new", "a", "--organisation-number", "314159265", "--out", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["d"] not in result.output


def test_a_key_that_is_there_is_never_overwritten(tmp_path):
    file = tmp_path / "key.json"
    file.write_text("precious")
    result = run("new", "a", "--organisation-number", "314159265", "--out", file)
    assert (result.exit_code, file.read_text()) == (1, "precious")
    assert "finnes fra før" in result.output


def test_a_supplier_makes_a_multi_tenant_client(tmp_path):
    arguments = ("--organisation-number", "314159265", "--supplier", "994598759", "--out", tmp_path / "k")
    (made,) = configured(run("new", "a", *arguments).output)
    assert (made.tenancy, made.supplier, made.delegations) == ("multi-tenant", "994598759", ("314159265",))


def test_a_wrong_organisation_number_is_refused_and_leaves_no_file(tmp_path):
    result = run("new", "a", "--organisation-number", "123456789", "--out", tmp_path / "k")
    assert result.exit_code == 1
    assert "organisasjonsnummer" in result.output
    assert not (tmp_path / "k").exists()


def test_what_is_wrong_is_said_in_norwegian_of_each_option(tmp_path):
    result = run("new", "Ås Vakt", "--organisation-number", "314159265", "--supplier", "12", "--out", tmp_path / "k")
    assert result.exit_code == 1
    client_id, supplier = result.output.splitlines()
    assert client_id.startswith("klientens id: har ikke riktig form")
    assert supplier.startswith("--supplier: ikke et gyldig organisasjonsnummer")


def test_it_prints_a_configuration_that_is_whole(tmp_path):
    output = run("new", "Acme_Alarm", "--organisation-number", "314159265", "--out", tmp_path / "k").output
    blocks = [block for block in output.split("\n\n") if block.startswith("[[")]
    town = 'mode = "test"\n[[municipality]]\norganisation_number = "314159265"\nname = "Testvik"'
    assert read_settings("\n".join([town, *blocks]), adapters=("fhir_rest",)).client[0].vkp_id == "Acme_Alarm"


def test_the_signing_key_can_be_rotated_by_hand(tmp_path):
    keys = SigningKeys(tmp_path / KEY_FILE, kind="EC")
    first = keys.ring(0).signing.kid
    result = run("rotate-signing-key", "--data-dir", tmp_path)
    assert result.exit_code == 0
    ring = keys.ring(0)
    assert ring.signing.kid in result.output
    assert [key.kid for key in ring.published] == [ring.signing.kid, first]


def test_without_a_key_file_there_is_nothing_to_rotate(tmp_path):
    assert run("rotate-signing-key", "--data-dir", tmp_path).exit_code == 1
