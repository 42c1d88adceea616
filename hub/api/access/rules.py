"""What an API demands of an access token (shared standards, sections 1 to 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hub.jose.signed import ALGORITHMS

Scheme = Literal["DPoP", "Bearer"]


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """A claim that must be there as a text, and be one of `one_of` unless that is empty."""

    name: str
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessRules:
    """What a token must be for one API, or for one of its routes.

    `any_scope`: at least one of these; empty demands none. `public_base` is the address of `/` as clients see it
    when a proxy stands before the hub; without it the request's own Host counts. Seconds: `skew_s` is how far
    clocks may differ, `proof_age_s` how old a DPoP proof may be. A token for several APIs passes when ours is
    exactly one of them, as with HelseID's tokens for several APIs, unless `several_audiences` is `refused`.
    """

    issuer: str
    audience: str
    schemes: tuple[Scheme, ...] = ("DPoP",)
    any_scope: tuple[str, ...] = ()
    claims: tuple[ClaimRule, ...] = ()
    public_base: str | None = None
    several_audiences: Literal["ours_among_them", "refused"] = "ours_among_them"
    algorithms: tuple[str, ...] = ALGORITHMS
    token_types: tuple[str, ...] = ("at+jwt", "jwt")
    skew_s: float = 10
    proof_age_s: float = 60
