"""VKP's addresses match regardless of case: its own samples write `patient/_search` where FHIR says `Patient`."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/epj/r4"


class AnyCase:
    """ASGI middleware: VKP's addresses in lower case for routing. `raw_path` stays, since a DPoP proof names it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            path = scope["path"].lower()
            if path.startswith(PREFIX):
                scope = {**scope, "path": path.rstrip("/")}
        await self._app(scope, receive, send)
