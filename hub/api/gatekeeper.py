"""Lets in whoever shows the operations token."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from fastapi import HTTPException, Request


def gatekeeper(token: str | None) -> Callable[[Request], None]:
    """A dependency that asks for `token` as a bearer token; None lets anybody in."""

    def check(request: Request) -> None:
        shown = request.headers.get("authorization", "")
        if token is not None and not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "Driftsnøkkelen mangler eller er feil.", {"WWW-Authenticate": "Bearer"})

    return check
