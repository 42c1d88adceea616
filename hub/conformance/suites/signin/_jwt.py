"""JWTs as a system sends them, right or wrong: what they say, and whether a key signed them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.jose.keys import BadKey, public_key
from hub.jose.signed import ALGORITHMS, BadSignature, check_signature, peek

PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_NUMBERS = (int, float)


@dataclass(frozen=True, slots=True)
class Jwt:
    """A JWT with nothing of it checked, so that a test can say which part is wrong."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def number(self, name: str) -> float | None:
        """The claim `name` when it is a number."""
        value = self.claims.get(name)
        return float(value) if isinstance(value, _NUMBERS) and not isinstance(value, bool) else None

    def word(self, name: str) -> str | None:
        """The claim `name` when it is a text that isn't empty."""
        value = self.claims.get(name)
        return value if isinstance(value, str) and value else None

    @property
    def jwk(self) -> Mapping[str, Any]:
        """The key in the header, or an empty one."""
        value = self.header.get("jwk")
        return value if isinstance(value, Mapping) else {}

    @property
    def is_asymmetric(self) -> bool:
        """Whether the header names one of the algorithms that HelseID takes."""
        return self.header.get("alg") in ALGORITHMS

    def is_signed_by(self, jwk: Mapping[str, Any]) -> bool:
        """Whether the public key in `jwk` (private members are passed over) verifies the signature."""
        try:
            key = public_key({name: value for name, value in jwk.items() if name not in PRIVATE_MEMBERS})
            check_signature(peek(self.text), [key])
        except (BadKey, BadSignature):
            return False
        return True


def read_jwt(text: str) -> Jwt | None:
    """The JWT in `text`; None when it is none."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    header, claims = _object(parts[0]), _object(parts[1])
    return Jwt(text, header, claims) if header is not None and claims is not None else None


def thumbprint(jwk: Mapping[str, Any]) -> str | None:
    """The thumbprint of a key (RFC 7638); None when it is none."""
    try:
        return public_key({name: value for name, value in jwk.items() if name not in PRIVATE_MEMBERS}).thumbprint()
    except BadKey:
        return None


def _object(part: str) -> dict[str, Any] | None:
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
