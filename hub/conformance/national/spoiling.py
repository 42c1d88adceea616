"""Puts one fault into the token of an answer, so that an API will refuse it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import orjson

from hub.jose.keys import new_key, private_jwk, private_key
from hub.jose.signed import peek
from hub.token_service import SigningKeys
from hub.token_service.access_token import TOKEN_TYPE, signed_token

_HOUR_S = 3_600
_SHORT_S = 3
_Claims = dict[str, Any]
_CHANGES: Mapping[str, Callable[[_Claims], _Claims]] = {
    "wrong_issuer": lambda claims: claims | {"iss": "https://not-the-issuer.invalid"},
    "wrong_audience": lambda claims: claims | {"aud": "not:the-audience"},
    "expired": lambda claims: claims | {"exp": int(time.time()) - _HOUR_S, "nbf": int(time.time()) - 2 * _HOUR_S},
    "bearer": lambda claims: {name: value for name, value in claims.items() if name != "cnf"},
    "short_lived": lambda claims: claims | {"exp": int(time.time()) + _SHORT_S},
    "wrong_key_binding": lambda claims: claims | {"cnf": {"jkt": new_key("EC").thumbprint()}},
}
#: What the answer then says of its token.
_SAID: Mapping[str, Mapping[str, Any]] = {
    "bearer": {"token_type": "Bearer"},
    "short_lived": {"expires_in": _SHORT_S},
}


def spoiled(keys: SigningKeys, answer: bytes, fault: str) -> bytes:
    """A token endpoint's `answer` with `fault` in its token; an answer that holds no token stays as it is."""
    said = orjson.loads(answer)
    if "access_token" not in said:
        return answer
    claims = dict(peek(said["access_token"]).claims)
    claims = _CHANGES.get(fault, dict)(claims)
    signing = keys.ring(time.time()).signing
    if fault == "wrong_signing_key":
        signing = private_key({**_somebody_elses_key(), "kid": signing.kid})
    typ = "id_token+jwt" if fault == "wrong_typ" else TOKEN_TYPE
    token = signed_token(claims, signing, typ=typ)
    return orjson.dumps(said | {"access_token": token} | dict(_SAID.get(fault, {})))


@cache
def _somebody_elses_key() -> dict[str, Any]:
    """Made once, of the kind of the stage's own."""
    return private_jwk(new_key("EC"))
