"""What FastAPI can't see by itself, for the OpenAPI page: forms, headers and worked examples."""

from __future__ import annotations

from typing import Any

FORM = "application/x-www-form-urlencoded"

TOKEN_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Et token: DPoP når forespørselen hadde et DPoP-bevis, ellers Bearer",
        "content": {
            "application/json": {
                "example": {"access_token": "eyJ…", "expires_in": 600, "token_type": "DPoP", "scope": "nhn:jft/api"}
            }
        },
    },
    400: {
        "description": "invalid_request, invalid_scope, unsupported_grant_type, use_dpop_nonce, invalid_dpop_proof …",
        "content": {
            "application/json": {
                "example": {
                    "error": "use_dpop_nonce",
                    "error_description": "the proof needs the nonce of the DPoP-Nonce header",
                }
            }
        },
    },
    401: {
        "description": "invalid_client",
        "content": {
            "application/json": {
                "example": {
                    "error": "invalid_client",
                    "error_description": "client_assertion: jti has been used before",
                }
            }
        },
    },
    503: {"description": "temporarily_unavailable: lageret svarer ikke"},
}


def _text(example: str = "") -> dict[str, Any]:
    return {"type": "string", **({"example": example} if example else {})}


TOKEN_REQUEST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": _text("client_credentials"),
                        "client_assertion_type": _text("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                        "client_assertion": _text(),
                        "client_id": _text(),
                        "scope": _text("nhn:jft/api"),
                        "resource": _text("nhn:jft"),
                        "subject_token": _text(),
                        "subject_token_type": _text("urn:ietf:params:oauth:token-type:access_token"),
                        "code": _text(),
                        "code_verifier": _text(),
                        "redirect_uri": _text(),
                    },
                }
            }
        },
    },
    "parameters": [{"name": "DPoP", "in": "header", "schema": _text(), "description": "DPoP-bevis (RFC 9449)"}],
}

TEST_TOKEN_ORDER: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["audience"],
                    "properties": {
                        "audience": _text("nhn:jft"),
                        "signJwtWithInvalidSigningKey": {"type": "boolean"},
                        "setInvalidIssuer": {"type": "boolean"},
                        "setInvalidAudience": {"type": "boolean"},
                        "createDPoPTokenWithDPoPProof": {"type": "boolean"},
                        "expirationParameters": {"type": "object"},
                        "headerParameters": {"type": "object"},
                        "clientClaimsParameters": {"type": "object"},
                        "dPoPProofParameters": {"type": "object"},
                        "apiSpecificClaims": {"type": "array", "items": {"type": "object"}},
                    },
                },
                "examples": {
                    "gyldig": {
                        "summary": "Et gyldig token med bevis",
                        "value": {
                            "audience": "nhn:jft",
                            "createDPoPTokenWithDPoPProof": True,
                            "dPoPProofParameters": {
                                "htmClaimValue": "POST",
                                "htuClaimValue": "https://knutepunkt.example/jft/v1/Bundle",
                            },
                        },
                    },
                    "utløpt": {
                        "summary": "Et utløpt token",
                        "value": {
                            "audience": "nhn:jft",
                            "expirationParameters": {"setExpirationTimeAsExpired": True},
                        },
                    },
                },
            }
        },
    }
}

SIGN_IN_QUERY: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "schema": _text(example)}
        for name, example in (
            ("client_id", "console"),
            ("redirect_uri", ""),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", ""),
            ("nonce", ""),
            ("code_challenge", ""),
            ("code_challenge_method", "S256"),
            ("user", ""),
        )
    ]
}
