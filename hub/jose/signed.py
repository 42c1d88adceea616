"""Signed JWTs: made, read and verified with asymmetric algorithms only (RFC 7515, 7519, 8725)."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
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


@cache
def _registry(algorithms: tuple[str, ...]) -> _Registry:
    return _Registry(algorithms=algorithms, strict_check_header=False)  # RFC 7515, 4: unknown headers are ignored


@dataclass(frozen=True, slots=True)
class Signed:
    """A JWT's header and claims, as it says them: nothing is verified until `check_signature` has been passed."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    _parts: jws.CompactSignature = field(repr=False, compare=False)

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


def check_signature(said: Signed, keys: Sequence[Key], *, algorithms: Collection[str] = ALGORITHMS) -> None:
    """Make sure that one of `keys` signed this, with one of `algorithms`. Raises BadSignature otherwise."""
    if said.header.get("alg") not in algorithms:
        raise BadSignature("the algorithm is missing or not allowed")
    if not any(_is_signed_by(said._parts, key, algorithms) for key in keys):
        raise BadSignature("the signature does not verify")


def sign(claims: Mapping[str, Any], key: Key, *, header: Mapping[str, Any]) -> str:
    """`claims` as a JWT signed by `key`; `header` names the algorithm in `alg`."""
    payload = json.dumps(dict(claims), ensure_ascii=False, separators=(",", ":"))
    return jws.serialize_compact(dict(header), payload, key, registry=_registry((str(header["alg"]),)))


def peek(text: str) -> Signed:
    """What `text` says of itself, nothing verified. Raises BadSignature when it is no JWT."""
    try:
        parts = jws.extract_compact(text.encode("ascii"), registry=_registry(ALGORITHMS))
        claims = json.loads(parts.payload or b"")
        header = parts.headers()
    except Exception as error:
        # The text comes from anybody, and the parser below meets garbage in many ways: all mean the same.
        raise BadSignature("not a JSON Web Token") from error
    # Extensions that must be understood (RFC 7515 crit, RFC 7797 b64) are not.
    if not isinstance(header, dict) or not isinstance(claims, dict) or {"crit", "b64"} & header.keys():
        raise BadSignature("not a JSON Web Token")
    return Signed(header, claims, parts)


def _is_signed_by(parts: jws.CompactSignature, key: Key, algorithms: Collection[str]) -> bool:
    try:
        return jws.validate_compact(parts, key, registry=_registry(tuple(algorithms)))
    except Exception:  # a key that doesn't fit the algorithm, or a signature of the wrong shape: not this one
        return False
