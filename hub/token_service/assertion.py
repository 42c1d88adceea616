"""Client authentication by private_key_jwt: a JWT that the client signs about itself (RFC 7523; section 5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from joserfc.jwk import Key

from hub.jose.signed import BadSignature, Signed, check_signature, peek
from hub.model.client import Client
from hub.token_service.errors import OAuthError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: The newer clients say what it is, older ones `JWT` or nothing.
_TYPES = frozenset({"client-authentication+jwt", "jwt", ""})
MAX_LIFETIME_S = 60


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A configured client with its keys ready for use."""

    client: Client
    keys: tuple[Key, ...]

    def keys_for(self, key_id: str | None) -> list[Key]:
        """The keys that may have signed what names `key_id`: those of that name, or that can't tell."""
        return [key for key in self.keys if key_id is None or key.kid is None or key.kid == key_id]


@dataclass(frozen=True, slots=True)
class Assertion:
    """Who authenticated, the assertion's id and end (seconds since 1970), and all that it says."""

    client: Client
    jti: str
    expires_at: float
    said: Signed


@dataclass(frozen=True, slots=True)
class AssertionRules:
    """What an assertion is held to: whom it must be meant for, the time, and how far clocks may differ.

    `service_keys` are the service's own key ids: VKP's sample client puts that of a lone one in the place of its own.
    """

    audiences: Collection[str]
    now: float
    skew_s: float
    service_keys: Collection[str] = ()


def read_assertion(
    text: str, clients: Mapping[str, KnownClient], *, client_id: str | None, rules: AssertionRules
) -> Assertion:
    """The valid assertion in `text`; `client_id` is the request's parameter. Raises OAuthError `invalid_client`."""
    try:
        said = peek(text)
        known = _known(said, clients, client_id)
        if said.type not in _TYPES:
            raise _refused("typ must be client-authentication+jwt")
        check_signature(said, known.keys_for(None if said.key_id in rules.service_keys else said.key_id))
    except BadSignature as error:
        raise _refused(str(error)) from error
    _check_audience(said, rules.audiences)
    jti, expires_at = _check_times(said, rules)
    return Assertion(known.client, jti, expires_at, said)


def _known(said: Signed, clients: Mapping[str, KnownClient], client_id: str | None) -> KnownClient:
    subject = said.text("sub")
    if subject is None or said.text("iss") != subject or client_id not in {None, subject}:
        raise _refused("iss, sub and client_id must be the same client id")
    known = clients.get(subject)
    if known is None:
        raise _refused("the client is not known")
    return known


def _check_audience(said: Signed, audiences: Collection[str]) -> None:
    audience = said.claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    if not isinstance(audience, str) or audience not in audiences:
        raise _refused("aud must be the issuer, alone")


def _check_times(said: Signed, rules: AssertionRules) -> tuple[str, float]:
    jti, expires_at = said.text("jti"), said.number("exp")
    if jti is None:
        raise _refused("jti is missing")
    if expires_at is None:
        raise _refused("exp is missing or not a number")
    if expires_at <= rules.now - rules.skew_s:
        raise _refused("the assertion has expired")
    if expires_at > rules.now + MAX_LIFETIME_S + rules.skew_s:
        raise _refused(f"exp may be {MAX_LIFETIME_S} seconds ahead at the most")
    for name in ("nbf", "iat"):
        if (at := said.number(name)) is not None and at > rules.now + rules.skew_s:
            raise _refused(f"{name} is in the future")
    return jti, expires_at


def _refused(text: str) -> OAuthError:
    return OAuthError("invalid_client", f"client_assertion: {text}")
