"""Keys as JWKs: read with care when they are somebody else's, made when they are ours."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.util import base64_to_int

KeyKind = Literal["RSA", "EC"]
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_RSA_BITS = range(2_048, 8_193)


class BadKey(Exception):
    """The JWK cannot be used as a public key. The message never repeats the key."""


def public_key(jwk: object) -> Key:
    """The public key in `jwk`. Raises BadKey on a private, symmetric, weak, oversized or malformed one."""
    if not isinstance(jwk, Mapping):
        raise BadKey("the key is not a JSON object")
    if _PRIVATE_MEMBERS & jwk.keys():
        raise BadKey("the key has private parts, or is symmetric")
    try:
        return _imported(dict(jwk))
    except BadKey:
        raise
    except Exception as error:  # members of wrong type, a point off the curve, an unknown curve …
        raise BadKey("the key is malformed") from error


def _imported(jwk: dict[str, Any]) -> Key:
    if jwk.get("kty") == "EC":
        return ECKey.import_key(jwk)
    if jwk.get("kty") != "RSA":
        raise BadKey("the key is neither RSA nor EC")
    if base64_to_int(jwk["n"]).bit_length() not in _RSA_BITS:
        raise BadKey("the RSA key is shorter than 2048 bits or longer than 8192")
    return RSAKey.import_key(jwk)


def private_key(jwk: Mapping[str, Any]) -> Key:
    """The private key in `jwk`, one of our own making. Raises BadKey when it is none."""
    try:
        key: Key = ECKey.import_key(dict(jwk)) if jwk["kty"] == "EC" else RSAKey.import_key(dict(jwk))
    except Exception as error:
        raise BadKey("not a private JWK") from error
    if not key.is_private:
        raise BadKey("not a private JWK")
    return key


def new_key(kind: KeyKind) -> Key:
    """A fresh private key for signing (RSA 2048 with RS256, or P-256 with ES256), `kid` its thumbprint."""
    if kind == "EC":
        return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    return RSAKey.generate_key(2_048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


def public_jwk(key: Key) -> dict[str, Any]:
    """The public half of `key` as a JWK."""
    return dict(key.as_dict(private=False))


def private_jwk(key: Key) -> dict[str, Any]:
    """The whole of `key` as a JWK: a secret."""
    return dict(key.as_dict(private=True))


def algorithm_of(key: Key) -> str:
    """The algorithm that `key` signs with: the one it names, else its kind's smallest."""
    curves = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
    return key.alg or ("RS256" if key.key_type == "RSA" else curves[str(key["crv"])])


def write_secret(path: Path, content: Mapping[str, Any]) -> None:
    """Write `content` as JSON to a new file that only its owner may read. Raises FileExistsError if it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(content), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
