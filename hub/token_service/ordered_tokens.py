"""Makes the tokens and proofs that the test-token service is asked for: right ones, and ones with one fault each."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.jwk import Key, OctKey

from hub.jose.keys import BadKey, algorithm_of, new_key, private_jwk, private_key, public_jwk, public_key
from hub.jose.proof import hash_of
from hub.jose.signed import sign
from hub.model import helseid
from hub.model.person import NHN_TEST_ORGANISATION
from hub.token_service.access_token import TOKEN_TYPE, Grant, Stamp, access_token_claims, signed_token
from hub.token_service.errors import OAuthError
from hub.token_service.organisation import Organisation
from hub.token_service.service import TokenService
from hub.token_service.ttt_request import ClientClaimsParameters, ProofFault, TestTokenRequest

_LIFETIME_S = 600
_HOUR_S = 3_600
_TENANCY = {0: "none", 1: "single-tenant", 2: "multi-tenant"}


@dataclass(frozen=True, slots=True)
class TestToken:
    """The answer: a token, and a proof for it where one was asked for."""

    __test__ = False  # not a test, for all its name

    access_token: str
    proof: str | None


def make_test_token(service: TokenService, request: TestTokenRequest) -> TestToken:
    """The token, and the proof, that `request` describes. Raises OAuthError on a request that can't be met."""
    claims = _claims(service, request)
    proof_key = _proof_key(request) if request.create_dpop_token_with_dpop_proof else None
    if proof_key is not None:
        fault = request.dpop_proof_parameters.invalid_dpop_proof_parameters
        bound = new_key("EC") if fault is ProofFault.SET_AN_INVALID_JKT_VALUE_IN_TOKEN else proof_key
        claims["cnf"] = {"jkt": bound.thumbprint()}
    token = signed_token(claims, _signing_key(service, request), typ=request.header_parameters.typ or TOKEN_TYPE)
    return TestToken(token, None if proof_key is None else _proof(service, request, key=proof_key, token=token))


def _signing_key(service: TokenService, request: TestTokenRequest) -> Key:
    signing = service.ring().signing
    if not request.sign_jwt_with_invalid_signing_key:
        return signing
    wrong = new_key("RSA" if signing.key_type == "RSA" else "EC")
    return private_key({**private_jwk(wrong), "kid": signing.kid})  # known by the right name, yet another key


def _claims(service: TokenService, request: TestTokenRequest) -> dict[str, Any]:
    claims = {} if request.without_default_client_claims else _default_claims(service, request)
    claims |= _client_claims(request.client_claims_parameters)
    claims |= {claim.type: claim.value for claim in request.api_specific_claims}
    claims |= _times(request, service.now())
    claims["iss"] = "https://not-the-issuer.invalid" if request.set_invalid_issuer else service.issuer
    claims["aud"] = "not:the-audience" if request.set_invalid_audience else request.audience
    claims.setdefault("jti", service.new_id())
    return claims


def _default_claims(service: TokenService, request: TestTokenRequest) -> dict[str, Any]:
    """A registered client's claims when its id is given, else those of a client that is nobody's."""
    known = service.clients.get(request.client_claims_parameters.client_id)
    if known is None:
        return {
            "client_id": "test-token-client",
            "scope": [f"{request.audience}/api"],
            helseid.ORGNR_PARENT: NHN_TEST_ORGANISATION,
            helseid.CLIENT_TENANCY: "single-tenant",
            helseid.CLIENT_NAME: "Test-token-klient",
            helseid.CLIENT_AMR: "rsa_private_key",
            helseid.VKP_CLIENT_AMR: "private_key_jwt",
        }
    client = known.client
    scopes = tuple(s for s in client.scopes if helseid.audience_of(s) == request.audience)
    grant = Grant(client, Organisation(client.organisation_number), scopes, (request.audience,))
    return access_token_claims(grant, Stamp(service.issuer, service.now(), service.new_id()))


def _client_claims(given: ClientClaimsParameters) -> dict[str, Any]:
    tenancy = given.client_tenancy_type
    claims = {
        "scope": list(given.scope),
        "client_id": given.client_id,
        "sub": given.client_id,
        helseid.ORGNR_PARENT: given.orgnr_parent,
        helseid.ORGNR_CHILD: given.orgnr_child,
        helseid.ORGNR_SUPPLIER: given.orgnr_supplier,
        helseid.CLIENT_TENANCY: _TENANCY.get(tenancy) if isinstance(tenancy, int) else tenancy,
        helseid.CLIENT_NAME: given.client_name,
        helseid.CLIENT_AMR: given.client_authentication_methods_references,
        helseid.VKP_CLIENT_AMR: " ".join(given.authentication_methods_references),
        "jti": given.jti,
        "cnf": _binding(given),
    }
    return {name: value for name, value in claims.items() if value}


def _binding(given: ClientClaimsParameters) -> dict[str, str] | None:
    if given.cnf_jkt:
        return {"jkt": given.cnf_jkt}
    if not given.cnf_public_key:
        return None
    try:
        return {"jkt": public_key(json.loads(given.cnf_public_key)).thumbprint()}
    except (ValueError, RecursionError, BadKey) as error:
        raise OAuthError("invalid_request", "cnfPublicKey is not a public JWK") from error


def _times(request: TestTokenRequest, now: float) -> dict[str, int]:
    asked = request.expiration_parameters
    days = max(asked.expiration_time_in_days or 0, 0)
    seconds = max(asked.expiration_time_in_seconds or 0, 0)
    lifetime = min(days * 24 * _HOUR_S + seconds or _LIFETIME_S, 3_650 * 24 * _HOUR_S)
    start = int(now) - (lifetime + _HOUR_S if asked.set_expiration_time_as_expired else 0)
    return {"nbf": start, "iat": start, "exp": start + lifetime}


def _proof_key(request: TestTokenRequest) -> Key:
    text = request.dpop_proof_parameters.private_key_for_proof_creation
    if not text:
        return new_key("EC")
    try:
        return private_key(json.loads(text))
    except (ValueError, RecursionError, BadKey) as error:
        raise OAuthError("invalid_request", "privateKeyForProofCreation is not a private JWK") from error


def _proof(service: TokenService, request: TestTokenRequest, *, key: Key, token: str) -> str:
    given, fault = request.dpop_proof_parameters, request.dpop_proof_parameters.invalid_dpop_proof_parameters
    shift = {ProofFault.SET_IAT_VALUE_IN_THE_PAST: -_HOUR_S, ProofFault.SET_IAT_VALUE_IN_THE_FUTURE: _HOUR_S}
    claims = {
        "jti": None if fault is ProofFault.DONT_SET_JTI_CLAIM else service.new_id(),
        "htm": None if fault is ProofFault.DONT_SET_HTM_CLAIM_VALUE else _needed(given.htm_claim_value, "htm"),
        "htu": None if fault is ProofFault.DONT_SET_HTU_CLAIM_VALUE else _needed(given.htu_claim_value, "htu"),
        "iat": int(service.now()) + shift.get(fault, 0),
        "ath": None if fault is ProofFault.DONT_SET_ATH_CLAIM_VALUE else hash_of(token),
    }
    return _signed_proof({name: value for name, value in claims.items() if value is not None}, key, fault)


def _needed(value: str, name: str) -> str:
    if not value:
        raise OAuthError("invalid_request", f"{name}ClaimValue is needed for a DPoP proof")
    return value


def _signed_proof(claims: dict[str, Any], key: Key, fault: ProofFault) -> str:
    jwk = private_jwk(key) if fault is ProofFault.SET_PRIVATE_KEY_IN_JWK_HEADER else public_jwk(key)
    typ = "JWT" if fault is ProofFault.SET_INVALID_TYP_HEADER_VALUE else "dpop+jwt"
    header = {"typ": typ, "alg": algorithm_of(key), "jwk": jwk}
    if fault is ProofFault.DONT_SET_JWK_HEADER:
        del header["jwk"]
    if fault is ProofFault.SET_ALG_HEADER_TO_A_SYMMETRIC_ALGORITHM:
        shared = OctKey.generate_key(256)
        return jws.serialize_compact({**header, "alg": "HS256"}, json.dumps(claims), shared, algorithms=["HS256"])
    proof = sign(claims, key, header=header)
    if fault is ProofFault.SET_AN_INVALID_SIGNATURE:
        other = sign({**claims, "jti": "another"}, key, header=header)
        return f"{proof.rpartition('.')[0]}.{other.rpartition('.')[2]}"
    if fault is ProofFault.DONT_SET_ALG_HEADER:
        text = json.dumps({name: value for name, value in header.items() if name != "alg"}).encode()
        return f"{urlsafe_b64encode(text).rstrip(b'=').decode()}.{proof.partition('.')[2]}"
    return proof
