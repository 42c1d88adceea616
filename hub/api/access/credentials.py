"""What a request carries to prove itself: its Authorization and DPoP headers, and the address it was sent to."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import Headers

from hub.api.access.denied import TokenRejected
from hub.api.access.rules import AccessRules, Scheme

_SCHEMES: dict[str, Scheme] = {"dpop": "DPoP", "bearer": "Bearer"}
_MAX_TOKEN = 16_384


@dataclass(frozen=True, slots=True)
class Credentials:
    """A scheme that the rules allow, a token, and for DPoP the proof (else empty). Nothing is verified yet."""

    scheme: Scheme
    token: str
    proof: str

    def __repr__(self) -> str:
        return f"Credentials({self.scheme!r})"  # tokens and proofs stay out of logs


def credentials_of(headers: Headers, rules: AccessRules) -> Credentials:
    """The credentials in `headers`. Raises TokenRejected when there are none, or not as `rules` allow."""
    values = headers.getlist("authorization")
    if not values:
        raise TokenRejected("an access token is needed", error="", scheme=rules.schemes[0], rules=rules)
    name, _, token = values[0].strip().partition(" ")
    scheme = _SCHEMES.get(name.lower())
    if scheme not in rules.schemes:
        text = f"use the {' or '.join(rules.schemes)} scheme"
        raise TokenRejected(text, error="invalid_token", scheme=rules.schemes[0], rules=rules)
    token = token.strip()
    if len(values) > 1 or not token or len(token) > _MAX_TOKEN:
        raise TokenRejected("one access token is needed", error="invalid_token", scheme=scheme, rules=rules)
    return Credentials(scheme, token, _proof(headers, rules) if scheme == "DPoP" else "")


def _proof(headers: Headers, rules: AccessRules) -> str:
    proofs = headers.getlist("dpop")
    if len(proofs) != 1:
        raise TokenRejected("one DPoP header is needed", error="invalid_dpop_proof", scheme="DPoP", rules=rules)
    return proofs[0].strip()


def address_of(request: Request, public_base: str | None) -> str:
    """The address that the client used, as far as can be told: `public_base` or its Host, and the path as sent."""
    base = public_base or f"{request.url.scheme}://{request.headers.get('host', '')}"
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return base.rstrip("/") + raw.partition(b"?")[0].decode("latin-1")
