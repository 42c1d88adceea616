"""Nonces for DPoP proofs that need no store: a time and its HMAC, which any hub process can check (RFC 9449, 8)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

#: How long a nonce is taken, in seconds.
LIFETIME_S = 300


def new_nonce(secret: bytes, now: float) -> str:
    """A nonce that is good from `now` (seconds since 1970)."""
    made_at = str(int(now))
    return f"{made_at}.{_seal(secret, made_at)}"


def nonce_is_good(nonce: str, secret: bytes, now: float) -> bool:
    """Whether we made `nonce`, not more than LIFETIME_S ago."""
    made_at, _, seal = nonce.partition(".")
    if not (made_at.isascii() and made_at.isdigit() and len(made_at) <= 12 and seal.isascii()):
        return False
    return hmac.compare_digest(seal, _seal(secret, made_at)) and 0 <= now - int(made_at) <= LIFETIME_S


def _seal(secret: bytes, made_at: str) -> str:
    digest = hmac.digest(secret, f"dpop-nonce:{made_at}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
