"""Stands before the national doors: writes down every request with its answer, and lets the script's faults happen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from hub.conformance.national.heard import Heard, Message, Request, now, read
from hub.conformance.national.script import Answer, Cut, FaultyToken, Kind, Late, Script, Silence

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
#: Gives a token endpoint's answer with the fault in its token.
Spoil = Callable[[bytes, str], bytes]

_WAYS = {"/epj/r4": "vkp", "/jft": "jft", "/pit": "pit", "/pmd": "pmd"}


def kind_of(method: str, path: str) -> Kind | None:
    """What a request is for; None when it is for none of the national services."""
    path = path.lower()
    if path.endswith("/connect/token"):
        return "token"
    if path.startswith("/helseid"):
        return "discovery"
    if way_of(path) is None:
        return None
    if path.endswith("/$status"):
        return "status"
    if method == "GET" or path.endswith("/_search"):
        return "read"
    return "write"


def way_of(path: str) -> str | None:
    """The service that a path belongs to."""
    return next((way for prefix, way in _WAYS.items() if path.lower().startswith(prefix)), None)


class Gatehouse:
    """An ASGI application around `app`. `cut` breaks the system's connections, `spoil` puts a fault into a token."""

    def __init__(self, app: App, heard: Heard, script: Script, *, cut: Callable[[], None], spoil: Spoil) -> None:
        self._app = app
        self._heard = heard
        self._script = script
        self._cut = cut
        self._spoil = spoil
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Let go of those who are left without an answer."""
        self._closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the script has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = await _request(scope, receive)
        if request.kind is not None:
            request.fault = self._script.take(request.kind)
        self._heard.requests.append(request)
        self._note_message(request)
        self._heard.changed()
        await self._play(request, scope, receive, send)
        self._heard.changed()

    async def _play(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        fault = request.fault
        if isinstance(fault, Answer | Silence | Cut) and fault.when == "before":
            await self._instead(fault, request, receive, send)
            return
        start, body = await self._inside(request, scope)
        if isinstance(fault, Answer | Silence | Cut):
            await self._instead(fault, request, receive, send)
            return
        if isinstance(fault, Late):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, FaultyToken):
            body = self._spoil(body, fault.fault)
            start["headers"] = [(n, v) for n, v in start["headers"] if n.lower() != b"content-length"]
        _note_answer(request, start, body)
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _inside(self, request: Request, scope: Scope) -> tuple[Event, bytes]:
        """What the doors themselves answer."""
        start: Event = {}
        body = bytearray()

        async def hear(event: Event) -> None:
            if event["type"] == "http.response.start":
                start.update(event)
            else:
                body.extend(event.get("body", b""))

        await self._app(scope, _once(request.body), hear)
        return start, bytes(body)

    async def _instead(self, fault: Answer | Silence | Cut, request: Request, receive: Receive, send: Send) -> None:
        if isinstance(fault, Cut):
            self._cut()
            await self._until_gone(receive)  # or the server would complain of an answer that wasn't begun
        elif isinstance(fault, Silence):
            await self._until_gone(receive)
        else:
            headers = [(n.lower().encode(), v.encode()) for n, v in fault.headers.items()]
            start = {"type": "http.response.start", "status": fault.status, "headers": headers}
            _note_answer(request, start, fault.body)
            await send(start)
            await send({"type": "http.response.body", "body": fault.body})

    async def _until_gone(self, receive: Receive) -> None:
        """Wait until the client gives up, or the test is over."""
        tasks = {asyncio.create_task(_gone(receive)), asyncio.create_task(self._closing.wait())}
        _, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    def _note_message(self, request: Request) -> None:
        way = way_of(request.path)
        if request.kind != "write" or way not in ("vkp", "jft", "pmd"):
            return
        is_let_in = getattr(request.fault, "when", "after") == "after"
        about = request.path.rsplit("/", 1)[-1]
        resource = read(request.body)
        self._heard.messages.append(Message(request.at, way, about, request.body, resource, is_let_in))


async def _request(scope: Scope, receive: Receive) -> Request:
    body = bytearray()
    while True:
        event = await receive()
        body.extend(event.get("body", b""))
        if event["type"] == "http.disconnect" or not event.get("more_body"):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path, query = str(scope["path"]), scope["query_string"].decode("latin-1")
    url = f"{scope['scheme']}://{headers.get('host', '')}{path}" + (f"?{query}" if query else "")
    method = str(scope["method"])
    return Request(now(), kind_of(method, path), method, url, path, query, headers, bytes(body))


def _note_answer(request: Request, start: Event, body: bytes) -> None:
    request.status = int(start["status"])
    request.answer = body
    request.answer_headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start.get("headers", ())
    }


def _once(body: bytes) -> Receive:
    """The request's body again, for who comes after; then a client that stays."""
    said = False

    async def receive() -> Event:
        nonlocal said
        if said:
            await asyncio.Event().wait()
        said = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
