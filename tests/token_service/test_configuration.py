"""Clients as they stand in the configuration: every fault is listed at once, and private keys are refused."""

import stat

import pytest
from joserfc.jwk import ECKey, RSAKey

from hub.jose.keys import BadKey, private_key, public_key
from hub.model.client import Client, clients_from
from hub.model.errors import ConfigurationError
from hub.token_service import TEST_KEY_FILE, known_clients, make_test_client

KEY = ECKey.generate_key("P-256")
JWK = KEY.as_dict(private=False)


def table(**change):
    row = {
        "client_id": "a",
        "name": "A",
        "jwks": [JWK],
        "scopes": ["nhn:jft/api"],
        "organisation_number": "994598759",
        **change,
    }
    return {name: value for name, value in row.items() if value is not None}


def faults_of(*rows, mode="test"):
    with pytest.raises(ConfigurationError) as refused:
        clients_from({"mode": mode, "client": list(rows)})
    return {(fault.key, fault.text) for fault in refused.value.faults}


def test_no_clients_is_no_fault():
    assert clients_from({}) == ()


def test_every_fault_is_listed_at_once():
    found = faults_of(
        table(name=None),
        table(client_id="b", jwks=[KEY.as_dict(private=True)], unknown=1),
        table(client_id="c", organisation_number="123"),
        table(client_id="c"),
    )
    keys = [key for key, _ in found]
    assert sorted(keys) == [
        "client[1].name",
        "client[2].jwks[1]",
        "client[2].unknown",
        "client[3].client_id",
        "client[3].organisation_number",
        "client[4].client_id",
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"jwks": []}, "må ha minst ett innslag"),
        ({"jwks": ["{"]}, "er ikke gyldig JSON"),
        ({"jwks": [{"kty": "oct"}]}, "kty må være RSA eller EC"),
        ({"jwks": [{"kty": "RSA", "n": 1}]}, "mangler n, e"),
        ({"organisation_number": None}, "en single-tenant-klient må ha organisation_number"),
        ({"tenancy": "multi-tenant"}, "en multi-tenant-klient må ha supplier og delegations"),
        ({"grants": ["authorization_code"]}, "authorization_code krever redirect_uris"),
    ],
)
def test_each_fault_is_told_in_plain_words(change, text):
    assert text in {said for _, said in faults_of(table(**change))}


def test_what_is_for_test_only_is_refused_in_production():
    wide = {"tenancy": "multi-tenant", "supplier": "994598759", "delegations": ["*"], "scopes": ["nhn:vkp/api/*.*"]}
    found = faults_of(table(organisation_number="314159265"), table(client_id="b", **wide), mode="production")
    assert {key for key, _ in found} == {
        "client[1].organisation_number",
        "client[2].delegations",
        "client[2].scopes",
    }


def test_a_list_that_is_none_is_a_fault():
    with pytest.raises(ConfigurationError):
        clients_from({"client": {"client_id": "a"}})
    assert faults_of("x")


def test_a_key_that_only_looks_right_is_found_before_the_service_starts():
    off_the_curve = {**JWK, "y": JWK["x"]}
    with pytest.raises(ConfigurationError, match=r"client\[1\].jwks\[1\]"):
        known_clients([Client.model_validate(table(jwks=[off_the_curve]))])


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        "text",
        {},
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": "A" * 3000, "e": "AQAB"},
        {"kty": "RSA", "n": "/" * 2800, "e": "AQAB"},
        KEY.as_dict(private=True),
        {"kty": "oct", "k": "c2VjcmV0"},
    ],
)
def test_only_a_sound_public_key_is_read(jwk):
    with pytest.raises(BadKey):
        public_key(jwk)


@pytest.mark.parametrize("jwk", [JWK, {}, {"kty": "oct", "k": "c2VjcmV0"}])
def test_a_public_key_is_no_private_key(jwk):
    with pytest.raises(BadKey):
        private_key(jwk)


def test_the_test_client_is_ready_to_use_and_the_same_after_a_restart(tmp_path):
    fields = {"client_id": "t", "organisation_number": "314159265", "scopes": ("nhn:jft/api",)}
    made = make_test_client(tmp_path, **fields)
    assert stat.S_IMODE((tmp_path / TEST_KEY_FILE).stat().st_mode) == 0o600
    assert make_test_client(tmp_path, **fields) == made
    assert RSAKey.import_key(made.jwks[0]).is_private is False
