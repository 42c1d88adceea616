"""Token exchange: an API gets a token of its own that carries on whom it was called for (RFC 8693)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.jose.signed import BadSignature, Signed, check_signature, peek
from hub.model import helseid
from hub.model.client import Client
from hub.token_service.access_token import TOKEN_TYPE
from hub.token_service.errors import OAuthError
from hub.token_service.organisation import Organisation
from hub.token_service.service import TokenService

ISSUED_TYPE = "urn:ietf:params:oauth:token-type:access_token"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the exchanged token spoke for, and the claims that tell where the new one comes from."""

    organisation: Organisation
    extra: tuple[tuple[str, Any], ...]


def exchanged(service: TokenService, form: Mapping[str, str], actor: Client) -> Subject:
    """The subject of `form`'s `subject_token`, one of our own that was made for an API of `actor`.

    Raises OAuthError: `invalid_request` on a wrong request, `invalid_grant` on a token that can't be exchanged.
    """
    text = form.get("subject_token")
    if not text or form.get("subject_token_type") != ISSUED_TYPE:
        raise OAuthError("invalid_request", f"subject_token of subject_token_type {ISSUED_TYPE} is needed")
    if form.get("requested_token_type") not in {None, "", ISSUED_TYPE}:
        raise OAuthError("invalid_request", "only access tokens are issued")
    said = _own_token(service, text)
    audience = said.claims.get("aud")
    if not set(audience if isinstance(audience, list) else [audience]) & set(actor.exchanges):
        raise OAuthError("invalid_grant", "the subject token was made for another API")
    organisation = Organisation(said.text(helseid.ORGNR_PARENT), said.text(helseid.ORGNR_CHILD))
    subject = said.text("sub") or said.text("client_id") or ""
    return Subject(organisation, (("sub", subject), ("act", _actor(said, actor))))


def _own_token(service: TokenService, text: str) -> Signed:
    now = service.now()
    try:
        said = peek(text)
        key = service.ring().find(said.key_id)
        check_signature(said, () if key is None else (key,))
    except BadSignature as error:
        raise OAuthError("invalid_grant", "the subject token is not one of ours") from error
    expires_at, starts_at = said.number("exp"), said.number("nbf")
    if said.text("iss") != service.issuer or said.type not in {TOKEN_TYPE, "jwt"}:
        raise OAuthError("invalid_grant", "the subject token is not one of ours")
    if expires_at is None or expires_at <= now or (starts_at or 0) > now + service.skew_s:
        raise OAuthError("invalid_grant", "the subject token has expired, or is not yet valid")
    return said


def _actor(said: Signed, actor: Client) -> dict[str, Any]:
    """Who acts, and within it who acted before (RFC 8693, 4.1)."""
    earlier = said.claims.get("act") or {"sub": said.text("client_id")}
    return {"sub": actor.client_id, "act": earlier}
