"""`/connect/token`: who asks, with which key, for what (RFC 6749, 7523, 8693, 9449; shared standards, section 5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.jose.proof import BadProof, Expected, read_proof, use_id
from hub.model.client import Client
from hub.model.helseid import TOKEN_EXCHANGE
from hub.token_service.access_token import Grant, Stamp, access_token_claims, signed_token
from hub.token_service.assertion import ASSERTION_TYPE, Assertion, AssertionRules, read_assertion
from hub.token_service.errors import OAuthError
from hub.token_service.exchange import ISSUED_TYPE, exchanged
from hub.token_service.nonce import new_nonce, nonce_is_good
from hub.token_service.organisation import organisation_of
from hub.token_service.scopes import audiences_of, granted_scopes
from hub.token_service.service import TokenService
from hub.token_service.sign_in import redeemed


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A POST to the token endpoint: its form, its DPoP headers, and the address that it was sent to."""

    form: Mapping[str, str]
    proofs: tuple[str, ...]
    address: str

    def get(self, name: str) -> str | None:
        """A parameter that isn't empty (RFC 6749, 3.2: an empty one counts as left out)."""
        return self.form.get(name) or None


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer: the JSON body, and a fresh nonce where the client uses them."""

    body: Mapping[str, Any]
    nonce: str | None


async def token_for(service: TokenService, request: TokenRequest) -> Granted:
    """The tokens that `request` is entitled to. Raises OAuthError; a StoreUnavailable is passed on."""
    assertion = await _authenticated(service, request)
    kind = request.get("grant_type") or ""
    grant = _GRANTS.get(kind)
    if grant is None:
        raise OAuthError("unsupported_grant_type", "grant_type is missing or not supported")
    if kind not in assertion.client.grants:
        raise OAuthError("unauthorized_client", "the client does not have this grant")
    thumbprint = await _bound_key(service, request)
    body = await grant(service, request, assertion, thumbprint)
    nonce = new_nonce(service.ring().secret, service.now()) if thumbprint else None
    return Granted(body, nonce)


async def _authenticated(service: TokenService, request: TokenRequest) -> Assertion:
    text = request.get("client_assertion")
    if text is None or request.get("client_assertion_type") != ASSERTION_TYPE or request.get("client_secret"):
        raise OAuthError(
            "invalid_client", f"authenticate with client_assertion, type {ASSERTION_TYPE}, and nothing else"
        )
    ours = frozenset(key.kid for key in service.ring().published if key.kid)
    rules = AssertionRules(service.assertion_audiences, service.now(), service.skew_s, ours)
    assertion = read_assertion(text, service.clients, client_id=request.get("client_id"), rules=rules)
    once = use_id(assertion.client.client_id, assertion.jti)
    if not await service.replay.first_use("client_assertion", once, assertion.expires_at + service.skew_s):
        raise OAuthError("invalid_client", "client_assertion: jti has been used before")
    return assertion


async def _bound_key(service: TokenService, request: TokenRequest) -> str | None:
    """The thumbprint of the key that the token shall be bound to, None when the client sends no proof."""
    if not request.proofs:
        return None
    if len(request.proofs) > 1:
        raise OAuthError("invalid_dpop_proof", "more than one DPoP header")
    now, secret = service.now(), service.ring().secret
    expected = Expected(
        "POST", (service.token_endpoint, request.address), now, age_s=service.proof_age_s, ahead_s=service.skew_s
    )
    try:
        proof = read_proof(request.proofs[0], expected)
    except BadProof as error:
        raise OAuthError("invalid_dpop_proof", str(error)) from error
    if proof.nonce is None or not nonce_is_good(proof.nonce, secret, now):
        text = "the proof needs the nonce of the DPoP-Nonce header"
        raise OAuthError("use_dpop_nonce", text, nonce=new_nonce(secret, now))
    if not await service.replay.first_use("dpop_proof", proof.use_id, proof.use_expires_at):
        raise OAuthError("invalid_dpop_proof", "jti has been used before")
    return proof.thumbprint


async def _client_credentials(
    service: TokenService, request: TokenRequest, assertion: Assertion, thumbprint: str | None
) -> dict[str, Any]:
    client = assertion.client
    scopes = granted_scopes(request.get("scope"), client, resource=request.get("resource"))
    organisation = organisation_of(assertion.said.claims, client)
    return _body(service, Grant(client, organisation, scopes, audiences_of(scopes), thumbprint))


async def _token_exchange(
    service: TokenService, request: TokenRequest, assertion: Assertion, thumbprint: str | None
) -> dict[str, Any]:
    client = assertion.client
    scopes = granted_scopes(request.get("scope"), client, resource=request.get("resource"))
    subject = exchanged(service, request.form, client)
    grant = Grant(client, subject.organisation, scopes, audiences_of(scopes), thumbprint, subject.extra)
    return {**_body(service, grant), "issued_token_type": ISSUED_TYPE}


async def _authorization_code(
    service: TokenService, request: TokenRequest, assertion: Assertion, thumbprint: str | None
) -> dict[str, Any]:
    client = assertion.client
    person = await redeemed(service, request.form, client)
    organisation = organisation_of(assertion.said.claims, client)
    audiences = audiences_of(person.api_scopes) or (client.client_id,)
    extra = (("sub", person.user.subject), ("name", person.user.name), ("roles", list(person.user.roles)))
    body = _body(service, Grant(client, organisation, person.scopes, audiences, thumbprint, extra))
    return {**body, "id_token": _id_token(service, client, dict(extra), nonce=person.nonce)}


def _body(service: TokenService, grant: Grant) -> dict[str, Any]:
    stamp = Stamp(service.issuer, service.now(), service.new_id())
    return {
        "access_token": signed_token(access_token_claims(grant, stamp), service.ring().signing),
        "expires_in": grant.client.access_token_lifetime_s,
        "token_type": "DPoP" if grant.thumbprint else "Bearer",
        "scope": " ".join(grant.scopes),
    }


def _id_token(service: TokenService, client: Client, person: Mapping[str, Any], *, nonce: str | None) -> str:
    now = int(service.now())
    claims = {"iss": service.issuer, "aud": client.client_id, "iat": now, "exp": now + 300, "auth_time": now, **person}
    if nonce is not None:
        claims["nonce"] = nonce
    return signed_token(claims, service.ring().signing, typ="JWT")


_Maker = Callable[[TokenService, TokenRequest, Assertion, str | None], Awaitable[dict[str, Any]]]
_GRANTS: Mapping[str, _Maker] = {
    "client_credentials": _client_credentials,
    TOKEN_EXCHANGE: _token_exchange,
    "authorization_code": _authorization_code,
}
