"""The cost door on the hub's own ledger, which comes in when it is first asked for.

What calculates costs (numpy, DuckDB, the price models) is a fifth of what a hub with this door would load at its start.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.app.orders import Orders
from hub.app.parts import Parts
from hub.model.usage import UsageRecord
from hub.store.ledger import usage_records

_PREFIX = "/cost"


def add_cost_door(app: FastAPI, orders: Orders, parts: Parts) -> None:
    """Put the routes under `/cost`, for what this hub has metered, into `app` when somebody first asks for them."""

    async def records() -> AsyncIterator[UsageRecord]:
        async with parts.engines.reading() as connection:
            async for record in usage_records(connection):
                yield record

    def door() -> APIRouter:
        from hub.api.cost import Cost, router

        return router(Cost(records, orders.operations_token))

    app.add_middleware(AtFirstAsk, into=app, door=door, prefix=_PREFIX)


class AtFirstAsk:
    """ASGI middleware that includes `door()` in the application `into` before the first request that concerns it.

    Those are the paths under `prefix`, and the description of all doors. `door` is called once, in a thread.
    """

    def __init__(self, app: ASGIApp, *, into: FastAPI, door: Callable[[], APIRouter], prefix: str) -> None:
        self._app = app
        self._into = into
        self._door = door
        self._prefix = prefix
        self._is_in = False
        self._bringing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, with the door if it is needed."""
        if not self._is_in and scope["type"] == "http" and self._concerns(scope["path"]):
            await self._bring()
        await self._app(scope, receive, send)

    def _concerns(self, path: str) -> bool:
        return path == self._into.openapi_url or path == self._prefix or path.startswith(f"{self._prefix}/")

    async def _bring(self) -> None:
        async with self._bringing:
            if not self._is_in:
                self._into.include_router(await asyncio.to_thread(self._door))
                self._is_in = True
