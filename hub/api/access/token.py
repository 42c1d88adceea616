"""An access token held against the rules: signature, issuer, audience, type, times, claims, scope (RFC 9068, 8725)."""

from __future__ import annotations

from hub.api.access.caller import scopes_of
from hub.api.access.keys import KeySource
from hub.api.access.rules import AccessRules
from hub.jose.signed import BadSignature, Signed, check_signature, peek


class RejectedToken(Exception):
    """The token does not hold. The message says why, and repeats nothing of it."""


async def read_token(token: str, keys: KeySource, *, rules: AccessRules, now: float) -> Signed:
    """What `token` says, of the right type and signed by the issuer. Raises RejectedToken or KeysUnavailable."""
    try:
        said = peek(token)
        if said.type not in rules.token_types:
            raise RejectedToken("typ is not that of an access token")
        if said.header.get("alg") not in rules.algorithms:
            raise RejectedToken("alg is missing or not allowed")
        if said.text("iss") != rules.issuer:
            raise RejectedToken("the issuer is another")
        check_signature(said, await keys.find(said.key_id, now), algorithms=rules.algorithms)
    except BadSignature as error:
        raise RejectedToken(str(error)) from error
    return said


def check_claims(said: Signed, rules: AccessRules, now: float) -> None:
    """Hold the claims of a verified token against `rules`. Raises RejectedToken."""
    _check_audience(said, rules)
    _check_times(said, rules.skew_s, now)
    if said.text("client_id") is None:
        raise RejectedToken("client_id is missing")
    for rule in rules.claims:
        value = said.text(rule.name)
        if value is None:
            raise RejectedToken(f"the claim {rule.name} is missing")
        if rule.one_of and value not in rule.one_of:
            raise RejectedToken(f"the claim {rule.name} has a value that is not accepted")


def check_scope(said: Signed, rules: AccessRules) -> bool:
    """Whether the token has at least one of the scopes that the rules name, or they name none."""
    return not rules.any_scope or not scopes_of(said).isdisjoint(rules.any_scope)


def _check_audience(said: Signed, rules: AccessRules) -> None:
    audience = said.claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if len(several) > 1 and rules.several_audiences == "refused":
        raise RejectedToken("the token is for several APIs")
    if rules.audience not in several:
        raise RejectedToken("the token is for another API")


def _check_times(said: Signed, skew_s: float, now: float) -> None:
    expires_at = said.number("exp")
    if expires_at is None:
        raise RejectedToken("exp is missing or not a number")
    if expires_at <= now - skew_s:
        raise RejectedToken("the token has expired")
    for name in ("nbf", "iat"):
        at = said.number(name)
        if at is None and name in said.claims:
            raise RejectedToken(f"{name} is not a number")
        if at is not None and at > now + skew_s:
            raise RejectedToken(f"the token is not yet valid ({name})")
