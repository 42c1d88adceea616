"""Signed JWTs: made, read and verified with asymmetric algorithms only (RFC 7515, 7519, 8725)."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.jwk import Key

#: The algorithms that HelseID takes: RSA PKCS#1, RSA PSS, elliptic curves. Never `none`, never a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")


class BadSignature(Exception):
    """The text is no JWT, or is not signed by any of the keys. The message never repeats what was sent."""


class _Registry(jws.JWSRegistry):
    # A proof carries its key in the header: an RSA key of 4096 bits is beyond joserfc's default of 512 bytes.
    max_header_length = 4_096
    max_payload_length = 32_768
    max_signature_length = 1_400


@dataclass(frozen=True, slots=True)
class Signed:
    """A JWT's header and claims. Whether anybody has verified them is told by the function that gave it."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """The claim `name` when it is a text that isn't empty."""
        value = self.claims.get(name)
        return value if isinstance(value, str) and value else None

    def number(self, name: str) -> float | None:
        """The claim `name` when it is a finite number (RFC 7519's NumericDate, in seconds since 1970)."""
        value = self.claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        try:
            return float(value) if math.isfinite(value) else None
        except OverflowError:
            return None

    @property
    def type(self) -> str:
        """The header's `typ` in lower case without a leading `application/`, or an empty text."""
        typ = self.header.get("typ")
        return typ.lower().removeprefix("application/") if isinstance(typ, str) else ""

    @property
    def key_id(self) -> str | None:
        """The header's `kid`, when it is a text."""
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None


def peek(text: str) -> Signed:
    """What `text` says of itself, nothing verified. Raises BadSignature when it is no JWT."""
    return _read(text)[0]


def verified(text: str, keys: Sequence[Key], *, algorithms: Collection[str] = ALGORITHMS) -> Signed:
    """What `text` says, signed by one of `keys` with one of `algorithms`. Raises BadSignature otherwise."""
    found, parts = _read(text)
    if found.header.get("alg") not in algorithms:
        raise BadSignature("the algorithm is missing or not allowed")
    if any(_is_signed_by(parts, key, algorithms) for key in keys):
        return found
    raise BadSignature("the signature does not verify")


def sign(claims: Mapping[str, Any], key: Key, *, header: Mapping[str, Any]) -> str:
    """`claims` as a JWT signed by `key`; `header` names the algorithm in `alg`."""
    payload = json.dumps(dict(claims), ensure_ascii=False, separators=(",", ":"))
    registry = _Registry(algorithms=[str(header["alg"])], strict_check_header=False)
    return jws.serialize_compact(dict(header), payload, key, registry=registry)


def _read(text: str) -> tuple[Signed, jws.CompactSignature]:
    try:
        parts = jws.extract_compact(text.encode("ascii"), registry=_Registry(strict_check_header=False))
        claims = json.loads(parts.payload or b"")
        header = parts.headers()
    except Exception as error:
        # The text comes from anybody, and the parser below meets garbage in many ways: all mean the same.
        raise BadSignature("not a JSON Web Token") from error
    # Extensions that must be understood (RFC 7515 crit, RFC 7797 b64) are not.
    if not isinstance(header, dict) or not isinstance(claims, dict) or {"crit", "b64"} & header.keys():
        raise BadSignature("not a JSON Web Token")
    return Signed(header, claims), parts


def _is_signed_by(parts: jws.CompactSignature, key: Key, algorithms: Collection[str]) -> bool:
    registry = _Registry(algorithms=list(algorithms), strict_check_header=False)
    try:
        return jws.validate_compact(parts, key, registry=registry)
    except Exception:  # a key that doesn't fit the algorithm, or a signature of the wrong shape: not this one
        return False
