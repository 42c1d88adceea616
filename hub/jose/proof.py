"""A DPoP proof: that whoever sends a request holds the key that a token is bound to (RFC 9449, sections 4 and 7)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass

from hub.jose.address import normal_address
from hub.jose.keys import BadKey, public_key
from hub.jose.signed import ALGORITHMS, BadSignature, Signed, check_signature, peek


class BadProof(Exception):
    """The proof does not prove it. The message says which demand it fails, and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a proof must be about: the request's method, one of the addresses it may have been sent to, the time.

    `now` is in seconds since 1970; `age_s` is how old a proof may be, `ahead_s` how far the sender's clock may be
    ahead. `access_token` is the token that came with it, None at the token endpoint.
    """

    method: str
    addresses: Collection[str]
    now: float
    access_token: str | None = None
    age_s: float = 60
    ahead_s: float = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """A valid proof: the thumbprint of its key, its own id as kept for replay, until when, and its nonce if any."""

    thumbprint: str
    use_id: str
    use_expires_at: float
    nonce: str | None


def read_proof(text: str, expected: Expected) -> Proof:
    """The proof in `text`, with everything checked but nonce and replay. Raises BadProof."""
    try:
        said = peek(text)
        if said.type != "dpop+jwt":
            raise BadProof("typ is not dpop+jwt")
        if said.header.get("alg") not in ALGORITHMS:
            raise BadProof("alg is missing or not an allowed asymmetric algorithm")
        key = public_key(said.header.get("jwk"))
        check_signature(said, [key])
    except BadKey as error:
        raise BadProof(f"jwk: {error}") from error
    except BadSignature as error:
        raise BadProof(str(error)) from error
    jti, issued_at = _check_claims(said, expected)
    thumbprint = key.thumbprint()
    nonce = said.text("nonce")
    return Proof(thumbprint, use_id(thumbprint, jti), issued_at + expected.age_s + expected.ahead_s, nonce)


def _check_claims(said: Signed, expected: Expected) -> tuple[str, float]:
    jti, issued_at = said.text("jti"), said.number("iat")
    if jti is None:
        raise BadProof("jti is missing")
    if said.text("htm") != expected.method:
        raise BadProof("htm is missing or not the request's method")
    _check_address(said.text("htu"), expected.addresses)
    if issued_at is None:
        raise BadProof("iat is missing or not a number")
    if issued_at < expected.now - expected.age_s:
        raise BadProof("iat is too long ago")
    if issued_at > expected.now + expected.ahead_s:
        raise BadProof("iat is in the future")
    if expected.access_token is not None:
        _check_token_hash(said.text("ath"), expected.access_token)
    return jti, issued_at


def _check_address(htu: str | None, addresses: Collection[str]) -> None:
    if htu is None:
        raise BadProof("htu is missing")
    address = normal_address(htu)
    if address is None or address not in {normal_address(a) for a in addresses}:
        raise BadProof("htu is not the request's address")


def _check_token_hash(ath: str | None, access_token: str) -> None:
    if ath is None:
        raise BadProof("ath is missing")
    if not hmac.compare_digest(_bytes(ath), _bytes(hash_of(access_token))):
        raise BadProof("ath is not the access token's hash")


def hash_of(text: str) -> str:
    """SHA-256 of `text` in base64url without padding, as `ath` and PKCE's S256 have it."""
    return urlsafe_b64encode(hashlib.sha256(_bytes(text)).digest()).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # JSON can smuggle in half a surrogate pair


def use_id(*parts: str) -> str:
    """One id of fixed length for `parts` together, for a ReplayStore: none can be made to look like another."""
    return hash_of("".join(f"{len(part)}:{part}" for part in parts))
