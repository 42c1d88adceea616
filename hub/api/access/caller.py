"""Who calls, as a valid access token tells it."""

from __future__ import annotations

from dataclasses import dataclass

from hub.api.access.rules import Scheme
from hub.jose.signed import Signed
from hub.model import helseid


@dataclass(frozen=True, slots=True)
class Caller:
    """The client behind a request, and the organisation that it speaks for.

    `organisation` is the main organisation number (a municipality's, where it speaks for one), `child` a unit
    under it, `supplier` the vendor of a multi-tenant client. `vkp_id` names the sending system as VKP does.
    `expires_at` is in seconds since 1970.
    """

    client_id: str
    organisation: str | None
    child: str | None
    supplier: str | None
    vkp_id: str | None
    scopes: frozenset[str]
    client_name: str | None
    tenancy: str | None
    scheme: Scheme
    expires_at: float
    subject: str | None = None
    person: str | None = None
    roles: tuple[str, ...] = ()

    def has_any(self, *scopes: str) -> bool:
        """Whether the token has at least one of `scopes`."""
        return not self.scopes.isdisjoint(scopes)


def caller_of(said: Signed, scheme: Scheme) -> Caller:
    """The caller in a token whose claims have been checked."""
    roles = said.claims.get("roles")
    return Caller(
        client_id=said.text("client_id") or "",
        organisation=said.text(helseid.ORGNR_PARENT),
        child=said.text(helseid.ORGNR_CHILD),
        supplier=said.text(helseid.ORGNR_SUPPLIER),
        vkp_id=said.text(helseid.VKP_ID),
        scopes=scopes_of(said),
        client_name=said.text(helseid.CLIENT_NAME),
        tenancy=said.text(helseid.CLIENT_TENANCY),
        scheme=scheme,
        expires_at=said.number("exp") or 0.0,
        subject=said.text("sub"),
        person=said.text("name"),
        roles=tuple(r for r in roles if isinstance(r, str)) if isinstance(roles, list) else (),
    )


def scopes_of(said: Signed) -> frozenset[str]:
    """The token's scopes: HelseID gives a list, RFC 9068 a text with spaces."""
    scope = said.claims.get("scope")
    if isinstance(scope, list):
        return frozenset(s for s in scope if isinstance(s, str))
    return frozenset(scope.split()) if isinstance(scope, str) else frozenset()
