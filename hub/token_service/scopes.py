"""Which scopes a request gets, and which APIs its token is for."""

from __future__ import annotations

from hub.model.client import Client
from hub.model.helseid import audience_of
from hub.token_service.errors import OAuthError

#: Scopes about a person who has signed in; a machine alone can't have them.
_IDENTITY = ("openid", "profile", "offline_access", "helseid://scopes/identity/", "helseid://scopes/hpr/")


def granted_scopes(requested: str | None, client: Client, *, resource: str | None) -> tuple[str, ...]:
    """The scopes that `client` gets without a person: those it asks for, or all of its own when it asks for none.

    `resource` (RFC 8707) narrows to one API. Raises OAuthError `invalid_scope`, or `invalid_target` when nothing is
    left for the resource.
    """
    own = [scope for scope in client.scopes if not is_identity_scope(scope)]
    asked = list(dict.fromkeys((requested or "").split(" "))) if requested else own
    for scope in asked:
        if is_identity_scope(scope):
            raise OAuthError("invalid_scope", "identity scopes need a person who signs in")
        if scope not in own:
            raise OAuthError("invalid_scope", "a scope is unknown, or the client does not have it")
    kept = tuple(scope for scope in asked if resource is None or audience_of(scope) == resource)
    if not kept:
        raise OAuthError("invalid_target", "the client has no scope for this resource")
    return kept


def audiences_of(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """The APIs that `scopes` belong to, each once, in order."""
    return tuple(dict.fromkeys(audience_of(scope) for scope in scopes))


def is_identity_scope(scope: str) -> bool:
    """Whether `scope` is about a person who has signed in."""
    return scope.startswith(_IDENTITY)
