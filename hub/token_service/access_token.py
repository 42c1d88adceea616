"""Access tokens: their claims as HelseID names them, and their signing (section 5; RFC 9068)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import Key

from hub.jose.keys import algorithm_of
from hub.jose.signed import sign
from hub.model import helseid
from hub.model.client import Client
from hub.token_service.organisation import Organisation

TOKEN_TYPE = "at+jwt"  # noqa: S105 — the JWT's `typ`, no secret


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token will say: of whom, for whom, for which scopes, and the key it is bound to (None: Bearer)."""

    client: Client
    organisation: Organisation
    scopes: tuple[str, ...]
    audiences: tuple[str, ...]
    thumbprint: str | None = None
    extra: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where, when and under which id a token is made (seconds since 1970)."""

    issuer: str
    now: float
    token_id: str


def access_token_claims(grant: Grant, stamp: Stamp) -> dict[str, Any]:
    """The claims of the access token for `grant`. One audience is a text, several are a list (RFC 7519)."""
    now, client = int(stamp.now), grant.client
    claims = {
        "iss": stamp.issuer,
        "nbf": now,
        "iat": now,
        "exp": now + client.access_token_lifetime_s,
        "aud": grant.audiences[0] if len(grant.audiences) == 1 else list(grant.audiences),
        "sub": client.client_id,
        "client_id": client.client_id,
        "jti": stamp.token_id,
        "scope": list(grant.scopes),
        **_client_claims(client, grant.organisation),
        **dict(grant.extra),
    }
    if grant.thumbprint is not None:
        claims["cnf"] = {"jkt": grant.thumbprint}
    return claims


def _client_claims(client: Client, organisation: Organisation) -> dict[str, Any]:
    claims = {
        helseid.ORGNR_PARENT: organisation.parent,
        helseid.ORGNR_CHILD: organisation.child,
        helseid.ORGNR_SUPPLIER: client.supplier,
        helseid.CLIENT_TENANCY: client.tenancy,
        helseid.CLIENT_NAME: client.name,
        helseid.CLIENT_AMR: f"{client.jwks[0]['kty']}_private_key".lower(),
        helseid.VKP_CLIENT_AMR: "private_key_jwt",
        helseid.VKP_ID: client.vkp_id,
    }
    return {name: value for name, value in claims.items() if value is not None}


def signed_token(claims: Mapping[str, Any], key: Key, *, typ: str = TOKEN_TYPE) -> str:
    """`claims` signed by `key`, under its id."""
    return sign(claims, key, header={"alg": algorithm_of(key), "typ": typ, "kid": key.kid})
