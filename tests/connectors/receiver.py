"""A receiver over HTTP with a store of its own: VKP's and JFT's addresses, and any answer that a test wants."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from connectors.receipt import sha256_of
from hub.fhir.outcome import operation_outcome
from hub.model.codes import ReceiptCode

Answer = Callable[["Receiver", web.Request, bytes], Any]


@dataclass
class Receiver:
    """Registers each message once by identifier and content; `answers` are used up before the usual one."""

    url: str = ""
    registered: dict[str, bytes] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    statuses: dict[str, dict[str, str]] = field(default_factory=dict)
    conflicts: int = 0
    repeats: int = 0

    def register(self, body: bytes) -> ReceiptCode:
        resource = orjson.loads(body)
        identifier = resource["identifier"]
        name = (identifier[0] if isinstance(identifier, list) else identifier)["value"]
        if name in self.registered:
            self.repeats += 1
            self.conflicts += self.registered[name] != body
            return ReceiptCode.DUPLICATE
        self.registered[name] = body
        self.order.append(name)
        return ReceiptCode.ACCEPTED

    async def write(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append((request.path, {k.lower(): v for k, v in request.headers.items()}))
        if self.answers:
            answer = self.answers.popleft()(self, request, body)
            made: web.StreamResponse = await answer if asyncio.iscoroutine(answer) else answer
            return made
        return usual(self, request, body)

    async def status(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.statuses[request.match_info["id"]])


def usual(receiver: Receiver, request: web.Request, body: bytes) -> web.Response:
    code = receiver.register(body)
    if request.path.startswith("/v1/"):
        number = str(len(receiver.order))
        receiver.statuses.setdefault(number, {"registered": "2025-03-03T08:00:00Z"})
        return web.Response(status=202, headers={"Location": f"{request.path}/{number}/$status"})
    outcome = operation_outcome([], receipt=code, identifier=None, sha256=sha256_of(body))
    return web.Response(status=201, body=orjson.dumps(outcome), content_type="application/fhir+json")


def status(code: int, **headers: str) -> Answer:
    return lambda _receiver, _request, _body: web.Response(
        status=code, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def drops_after_registering(receiver: Receiver, request: web.Request, body: bytes) -> web.Response:
    receiver.register(body)
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def answers_too_late(receiver: Receiver, request: web.Request, body: bytes) -> web.Response:
    response = usual(receiver, request, body)
    await asyncio.sleep(1)
    return response


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application(client_max_size=2**21)
    app.router.add_post("/epj/r4/{org}/{type}", receiver.write)
    app.router.add_post("/v1/{type}", receiver.write)
    app.router.add_get("/v1/{type}/{id}/$status", receiver.status)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
