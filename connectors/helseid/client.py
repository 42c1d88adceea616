"""Who we are to HelseID, and the assertion that proves it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey

from hub.model.helseid import AUTHORIZATION_TYPE, ORGANISATION_PREFIX, PARENT_AND_CHILD_SYSTEM

#: HelseID takes no assertion that is valid for longer.
_ASSERTION_SECONDS = 60
_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation that a multi-tenant client speaks for: main organisation number, and unit where there is one."""

    parent: str
    child: str | None = None


@dataclass(frozen=True, slots=True)
class HelseIdClient:
    """A client of the token service `issuer`: its id, private key and scopes. `repr` never shows the key.

    `token_endpoint` is asked of the issuer when it isn't given.
    """

    issuer: str
    client_id: str
    key: Key = field(repr=False)
    scopes: tuple[str, ...]
    organisation: Organisation | None = None
    token_endpoint: str | None = None

    def assertion(self, now: float) -> str:
        """A fresh proof, at `now` (seconds since 1970), that we are the client; used once."""
        claims: dict[str, Any] = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now) + _ASSERTION_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        if self.organisation is not None:
            claims["assertion_details"] = _organisation_details(self.organisation)
        header = {"alg": algorithm_of(self.key), "typ": "client-authentication+jwt"}
        if self.key.kid:
            header["kid"] = self.key.kid
        return signed(claims, self.key, header)


def read_key(path: Path) -> Key:
    """The private key in a file: a JWK as JSON, or PEM. Raises OSError or ValueError; the text never shows the key."""
    text = path.read_text(encoding="utf-8")
    try:
        if text.lstrip().startswith("{"):
            jwk = json.loads(text)
            return _private(ECKey.import_key(jwk) if jwk.get("kty") == "EC" else RSAKey.import_key(jwk))
        return _private(_pem(text))
    except Exception as e:
        raise ValueError(f"{path.name} is no private RSA or EC key (JWK or PEM)") from e


def signed(claims: Mapping[str, Any], key: Key, header: Mapping[str, Any]) -> str:
    """`claims` as a JWT signed by `key` with the algorithm in `header`."""
    registry = jws.JWSRegistry(algorithms=[str(header["alg"])], strict_check_header=False)
    registry.max_header_length = 4_096  # a proof carries an RSA key
    payload = json.dumps(dict(claims), separators=(",", ":"))
    return jws.serialize_compact(dict(header), payload, key, registry=registry)


def algorithm_of(key: Key) -> str:
    """The algorithm that `key` signs with: the one that it names, else its kind's usual."""
    if key.alg:
        return key.alg
    return "PS256" if key.key_type == "RSA" else _CURVES[str(key["crv"])]


def _pem(text: str) -> Key:
    try:
        return RSAKey.import_key(text)
    except JoseError:  # a key of another kind
        return ECKey.import_key(text)


def _private(key: Key) -> Key:
    if not key.is_private:
        raise ValueError("a public key can't sign")
    return key


def _organisation_details(organisation: Organisation) -> list[dict[str, Any]]:
    value = f"{ORGANISATION_PREFIX}{organisation.parent}:{organisation.child or ''}"
    identifier = {"system": PARENT_AND_CHILD_SYSTEM, "type": "ENH", "value": value}
    return [{"type": AUTHORIZATION_TYPE, "practitioner_role": {"organization": {"identifier": identifier}}}]
