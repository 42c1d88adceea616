"""Where a `pull` EPJ fetches from, and who it is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Gives the headers for a request (method, address): a token, and where needed a DPoP proof.
Authorise = Callable[[str, str], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Polling:
    """How a `pull` EPJ reaches its hub."""

    hub_url: str
    interval_s: float
    authorise: Authorise
    query: Mapping[str, str] = field(default_factory=dict)


def polling_from(told: Mapping[str, Any], *, interval_s: float) -> Polling:
    """What `{"hub_url", "query", "sign_in", "headers"}` say, as in the configuration. Raises KeyError, OSError."""
    authorise = authorisation(headers=told.get("headers") or {}, sign_in=told.get("sign_in"))
    return Polling(str(told["hub_url"]), interval_s, authorise, told.get("query") or {})


def authorisation(*, headers: Mapping[str, str], sign_in: Mapping[str, str] | None) -> Authorise:
    """Headers of every request: those given, or with `sign_in` a token's. The client is loaded for it alone."""
    if sign_in is None:
        return _with(headers)
    from epj_adapter.simulated.sign_in import Client, SignIn

    return SignIn(Client(sign_in["issuer"], sign_in["client_id"], Path(sign_in["private_jwk"])))


def _with(headers: Mapping[str, str]) -> Authorise:
    async def authorise(method: str, url: str) -> Mapping[str, str]:
        return headers

    return authorise
