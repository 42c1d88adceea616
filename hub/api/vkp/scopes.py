"""What VKP asks of a token: a scope per resource and direction, and its own two claims (section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hub.api.access import AccessRules, ClaimRule
from hub.model.helseid import VKP_CLIENT_AMR, VKP_ID

AUDIENCE = "nhn:vkp"
_CLAIMS = (ClaimRule(VKP_CLIENT_AMR, ("private_key_jwt",)), ClaimRule(VKP_ID))


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose tokens count, the address of `/` as clients see it, and the mode."""

    issuer: str
    public_base: str | None
    mode: Literal["test", "production"]

    def rules(self, resource: str, direction: Literal["read", "write"]) -> AccessRules:
        """The rules of one resource in one direction. Bearer will do; a client with DPoP is welcome, too."""
        name = f"nhn:vkp/api/user/{resource}"
        everything = ("nhn:vkp/api/*.*",) if self.mode == "test" else ()
        return AccessRules(
            self.issuer,
            AUDIENCE,
            schemes=("Bearer", "DPoP"),
            any_scope=(f"{name}.{direction}", f"{name}.*", *everything),
            claims=_CLAIMS,
            public_base=self.public_base,
        )
