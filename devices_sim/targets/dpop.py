"""Proofs of possession (DPoP, RFC 9449) for doors that demand them, such as JFT's."""

from __future__ import annotations

import json
import time
import uuid
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from hub.model.errors import ConfigurationError, ConfigurationFault


class Proofs:
    """Headers with a token and a fresh proof for each request, by the private JWK in `key_file`."""

    def __init__(self, key_file: Path, token: str) -> None:
        try:
            jwk = json.loads(key_file.read_text("utf-8"))
            self._key = RSAKey.import_key(jwk) if jwk.get("kty") == "RSA" else ECKey.import_key(jwk)
        except (OSError, ValueError, JoseError) as error:
            fault = ConfigurationFault(0, str(key_file), "kan ikke leses som en privat JWK (RSA eller EC)")
            raise ConfigurationError([fault]) from error
        self._algorithm = "PS256" if jwk.get("kty") == "RSA" else "ES256"
        self._token = token
        self._token_hash = urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode()

    def headers(self, method: str, address: str) -> dict[str, str]:
        """`Authorization` and `DPoP` for one request to `address`."""
        where = urlsplit(address)
        claims = {
            "jti": str(uuid.uuid4()),
            "htm": method,
            "htu": urlunsplit((where.scheme, where.netloc, where.path, "", "")),
            "iat": int(time.time()),
            "ath": self._token_hash,
        }
        header = {"typ": "dpop+jwt", "alg": self._algorithm, "jwk": self._key.as_dict(private=False)}
        registry = jws.JWSRegistry(algorithms=[self._algorithm], strict_check_header=False)
        proof = jws.serialize_compact(header, json.dumps(claims).encode(), self._key, registry=registry)
        return {"Authorization": f"DPoP {self._token}", "DPoP": proof}
