"""DPoP proofs: that we hold the key that the token is bound to (RFC 9449)."""

from __future__ import annotations

import hashlib
import uuid
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from joserfc.jwk import ECKey, Key

from connectors.helseid.client import algorithm_of, signed
from connectors.http.exchange import HttpRequest


class ProofKey:
    """A key pair made for this run; tokens are bound to it and nothing else can use them."""

    def __init__(self, key: Key | None = None) -> None:
        self._key: Key = key or ECKey.generate_key("P-256", {"use": "sig"})

    def proof(
        self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
    ) -> str:
        """A fresh proof for `request` at `now` (seconds since 1970), with the server's nonce if it gave one."""
        claims: dict[str, Any] = {
            "jti": str(uuid.uuid4()),
            "htm": request.method,
            "htu": _without_query(request.url),
            "iat": int(now),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        if access_token is not None:
            digest = hashlib.sha256(access_token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        header = {"typ": "dpop+jwt", "alg": algorithm_of(self._key), "jwk": self._key.as_dict(private=False)}
        return signed(claims, self._key, header)


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
