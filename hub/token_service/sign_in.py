"""Signing in a person with one click, in test mode: authorization code with PKCE (RFC 6749, 7636; OpenID Connect).

A code is a signed note to ourselves, so that any hub process can redeem it; a ReplayStore sees to it that it is
redeemed once.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from hub.jose.proof import hash_of, use_id
from hub.jose.signed import BadSignature, check_signature, peek
from hub.model.client import Client
from hub.token_service.access_token import signed_token
from hub.token_service.errors import OAuthError
from hub.token_service.scopes import is_identity_scope
from hub.token_service.service import TestUser, TokenService

_CODE_TYPE = "knutepunkt-code+jwt"
_CODE_LIFETIME_S = 60
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """A checked request to sign in: safe to show a page for, and to redirect an answer to."""

    client: Client
    redirect_uri: str
    scope: str
    challenge: str
    state: str | None
    nonce: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Who has signed in, with which scopes; `nonce` is the client's own, for the ID token."""

    user: TestUser
    scopes: tuple[str, ...]
    nonce: str | None

    @property
    def api_scopes(self) -> tuple[str, ...]:
        """The scopes that belong to an API."""
        return tuple(scope for scope in self.scopes if not is_identity_scope(scope))


class RedirectError(OAuthError):
    """An error that the client may be told by redirect: its address has been checked."""

    def __init__(self, error: str, text: str, *, location: str) -> None:
        super().__init__(error, text)
        self.location = location


def read_sign_in(service: TokenService, query: Mapping[str, str]) -> SignInRequest:
    """The request in `query`.

    Raises OAuthError when client or redirect address are not known (nobody is redirected), RedirectError otherwise.
    """
    known = service.clients.get(query.get("client_id", ""))
    redirect_uri = query.get("redirect_uri", "")
    if known is None or redirect_uri not in known.client.redirect_uris:
        raise OAuthError("invalid_request", "client_id or redirect_uri is not registered")
    state = query.get("state")

    def refused(error: str, text: str) -> RedirectError:
        return RedirectError(error, text, location=_location(service, redirect_uri, {"error": error}, state))

    challenge = query.get("code_challenge", "")
    if query.get("response_type") != "code":
        raise refused("unsupported_response_type", "response_type must be code")
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise refused("invalid_request", "PKCE with S256 is needed")
    scopes = query.get("scope", "").split()
    if "openid" not in scopes or not set(scopes) <= set(known.client.scopes):
        raise refused("invalid_scope", "openid is needed, and the client must have every scope")
    return SignInRequest(known.client, redirect_uri, " ".join(scopes), challenge, state, query.get("nonce"))


def signed_in(service: TokenService, request: SignInRequest, subject: str) -> str:
    """The address to redirect to when the test user `subject` has been chosen. Raises OAuthError if unknown."""
    if not any(user.subject == subject for user in service.test_users):
        raise OAuthError("access_denied", "the test user is not known")
    claims = {
        "sub": subject,
        "client_id": request.client.client_id,
        "redirect_uri": request.redirect_uri,
        "scope": request.scope,
        "challenge": request.challenge,
        "nonce": request.nonce,
        "exp": service.now() + _CODE_LIFETIME_S,
        "jti": service.new_id(),
    }
    code = signed_token(claims, service.ring().signing, typ=_CODE_TYPE)
    return _location(service, request.redirect_uri, {"code": code}, request.state)


async def redeemed(service: TokenService, form: Mapping[str, str], client: Client) -> Person:
    """The person who signed in with the code in `form`, once. Raises OAuthError `invalid_grant`."""
    code = form.get("code", "")
    try:
        said = peek(code)
        key = service.ring().find(said.key_id)
        check_signature(said, () if key is None else (key,))
    except BadSignature as error:
        raise OAuthError("invalid_grant", "the code is not one of ours") from error
    expires_at, jti = said.number("exp") or 0.0, said.text("jti") or ""
    user = next((u for u in service.test_users if u.subject == said.text("sub")), None)
    verifier_fits = hmac.compare_digest(hash_of(form.get("code_verifier", "")), said.text("challenge") or "")
    same = said.text("client_id") == client.client_id and said.text("redirect_uri") == form.get("redirect_uri")
    if said.type != _CODE_TYPE or expires_at <= service.now() or user is None or not (verifier_fits and same):
        raise OAuthError("invalid_grant", "the code has expired, or belongs to another request")
    if not await service.replay.first_use("authorization_code", use_id(jti), expires_at):
        raise OAuthError("invalid_grant", "the code has been used before")
    return Person(user, tuple((said.text("scope") or "").split()), said.text("nonce"))


def _location(service: TokenService, redirect_uri: str, answer: Mapping[str, str], state: str | None) -> str:
    """Where the answer goes, with the issuer beside it (RFC 9207)."""
    query = {**answer, "iss": service.issuer, **({} if state is None else {"state": state})}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(query)}"
