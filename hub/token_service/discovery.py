"""What the service tells about itself (OpenID Connect Discovery 1.0, RFC 8414)."""

from __future__ import annotations

from typing import Any

from hub.jose.keys import algorithm_of, public_jwk
from hub.jose.signed import ALGORITHMS
from hub.model import helseid
from hub.token_service.service import TokenService

_CLAIMS = (
    helseid.CLIENT_NAME,
    helseid.CLIENT_TENANCY,
    helseid.ORGNR_PARENT,
    helseid.ORGNR_CHILD,
    helseid.ORGNR_SUPPLIER,
    helseid.CLIENT_AMR,
    helseid.VKP_CLIENT_AMR,
    helseid.VKP_ID,
)


def discovery_document(service: TokenService) -> dict[str, Any]:
    """The discovery document. What is not there is not supported."""
    grants = ["client_credentials", helseid.TOKEN_EXCHANGE]
    document: dict[str, Any] = {
        "issuer": service.issuer,
        "jwks_uri": f"{service.issuer}/.well-known/openid-configuration/jwks",
        "token_endpoint": service.token_endpoint,
        "grant_types_supported": grants,
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [algorithm_of(service.ring().signing)],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": sorted({scope for known in service.clients.values() for scope in known.client.scopes}),
        "claims_supported": list(_CLAIMS),
    }
    if service.mode == "test":
        grants.append("authorization_code")
        document |= {
            "authorization_endpoint": f"{service.issuer}/connect/authorize",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    return document


def jwks_document(service: TokenService) -> dict[str, Any]:
    """The keys that tokens may be signed with: the present one, and retired ones whose tokens still live."""
    return {"keys": [public_jwk(key) for key in service.ring().published]}
