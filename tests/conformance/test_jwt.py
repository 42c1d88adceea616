"""What the sign-in tests read out of JWTs, right or wrong."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

from hypothesis import given
from hypothesis import strategies as st

from hub.conformance.suites.signin._jwt import read_jwt, thumbprint
from hub.jose.keys import new_key, private_jwk, public_jwk
from hub.jose.signed import sign

KEY = new_key("EC")


def said(**claims: object) -> str:
    return sign(claims, KEY, header={"alg": "ES256", "typ": "dpop+jwt", "jwk": public_jwk(KEY)})


@given(st.text() | st.lists(st.binary(), min_size=3, max_size=3).map(lambda parts: ".".join(map(_encoded, parts))))
def test_nothing_that_is_sent_in_the_place_of_a_jwt_upsets_a_test(text: str) -> None:
    jwt = read_jwt(text)
    assert jwt is None or isinstance(jwt.header, dict)


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_claims_of_any_kind_are_read_and_only_numbers_are_numbers(claims: dict[str, object]) -> None:
    jwt = read_jwt(".".join((_encoded(b'{"alg": "none"}'), _encoded(json.dumps(claims).encode()), "")))
    assert jwt is not None
    assert not jwt.is_asymmetric
    assert not jwt.is_signed_by(public_jwk(KEY))
    for name, value in claims.items():
        assert (jwt.number(name) is not None) == (type(value) is int)
        assert (jwt.word(name) is not None) == (isinstance(value, str) and value != "")


def test_a_signature_is_told_from_another_keys_and_private_members_do_not_matter() -> None:
    jwt = read_jwt(said(jti="1"))
    assert jwt is not None
    assert jwt.is_signed_by(jwt.jwk)
    assert jwt.is_signed_by(private_jwk(KEY))
    assert not jwt.is_signed_by(public_jwk(new_key("EC")))
    assert not jwt.is_signed_by({})


def test_a_key_has_one_thumbprint_whether_its_private_half_is_shown_or_not() -> None:
    assert thumbprint(private_jwk(KEY)) == thumbprint(public_jwk(KEY)) == KEY.thumbprint()
    assert thumbprint({"kty": "oct", "k": "c2VjcmV0"}) is None


def _encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()
