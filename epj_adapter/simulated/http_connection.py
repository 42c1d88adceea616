"""A client's connection to a simulated EPJ: HTTP/1.1, kept alive, with an ASGI application that answers.

Requests come whole to the application, one after the other, and each answer goes out whole. An EPJ's documents are
small: what a general server does beyond this costs more than all the rest.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import cast
from urllib.parse import unquote

import httptools

from epj_adapter.simulated.faults import BREAK, App, Message, Scope

log = logging.getLogger(__name__)

_FIRST_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_NOT_HTTP = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_ASGI = {"version": "3.0"}
_NO_BODY = frozenset({204, 304})


class HttpConnection(asyncio.Protocol):
    """Answers one client's requests by `app`. While it stands it is among `everybody`."""

    transport: asyncio.Transport

    def __init__(self, app: App, everybody: set[HttpConnection]) -> None:
        self._app = app
        self._everybody = everybody
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._waiting: deque[_Exchange] = deque()
        self._lost = asyncio.Event()
        self._ends = False
        self.answering: asyncio.Task[None] | None = None

    def end(self) -> None:
        """Take no more requests, and close once those that came have been answered."""
        self._ends = True
        if self.answering is None:
            self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self.transport = cast(asyncio.Transport, transport)
        self._everybody.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._everybody.discard(self)
        self._lost.set()

    def data_received(self, data: bytes) -> None:
        """Part of a request, or several. What is not HTTP is answered 400."""
        if self._ends:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.end()  # in HTTP/1.1, as nothing else is spoken here
        except httptools.HttpParserError:
            if self.answering is None:
                self.transport.write(_NOT_HTTP)
            self.end()

    def on_message_begin(self) -> None:
        """A request begins (from here on the parser's calls)."""
        self._url, self._headers, self._body = b"", [], []

    def on_url(self, part: bytes) -> None:
        """Part of the request's target."""
        self._url += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header of the request."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head of the request is whole."""
        if (b"expect", b"100-continue") in self._headers:
            self.transport.write(_GO_ON)

    def on_body(self, part: bytes) -> None:
        """Part of the request's body."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """The request is whole."""
        is_last = not self._parser.should_keep_alive()
        self._waiting.append(_Exchange(self._scope(), b"".join(self._body), self._lost, is_last))
        if self.answering is None:
            self.answering = asyncio.get_running_loop().create_task(self._answer(), name="answer a client")

    def _scope(self) -> Scope:
        path, _, query = self._url.partition(b"?")
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": self._parser.get_http_version(),
            "method": self._parser.get_method().decode(),
            "scheme": "http",
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": self._headers,
            BREAK: self.transport.abort,
        }

    async def _answer(self) -> None:
        """Answer all that waits, in order."""
        try:
            while self._waiting and not self._lost.is_set():
                exchange = self._waiting.popleft()
                await exchange.run(self._app)
                if not self._lost.is_set():
                    self._give(exchange)
        finally:
            self.answering = None

    def _give(self, exchange: _Exchange) -> None:
        self._ends = self._ends or exchange.is_last
        is_last = self._ends and not self._waiting
        self.transport.write(exchange.answer(is_last=is_last))
        if is_last:
            self.transport.close()


@dataclass(slots=True)
class _Exchange:
    """A request, and its answer as the application gives it."""

    scope: Scope
    body: bytes
    lost: asyncio.Event
    is_last: bool
    _is_read: bool = False
    _status: int = 500
    _headers: Iterable[tuple[bytes, bytes]] = ()
    _parts: list[bytes] = field(default_factory=list)

    async def run(self, app: App) -> None:
        """Let `app` answer. What it stumbles over is a 500."""
        try:
            await app(self.scope, self._receive, self._send)
        except Exception as error:
            log.exception("a request could not be answered: %s", type(error).__name__, exc_info=False)
            self._status, self._headers, self._parts = 500, (), []

    async def _receive(self) -> Message:
        if self._is_read:
            await self.lost.wait()
            return {"type": "http.disconnect"}
        self._is_read = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], message["headers"]
        else:
            self._parts.append(message.get("body", b""))

    def answer(self, *, is_last: bool) -> bytes:
        """The whole answer; the last one says that the connection is closed after it."""
        body = b"".join(self._parts)
        head = [_FIRST_LINES[self._status], _date(int(time.time()))]
        head += [b"%b: %b\r\n" % header for header in self._headers]
        if not any(name == b"content-length" for name, _ in self._headers) and self._status not in _NO_BODY:
            head.append(b"content-length: %d\r\n" % len(body))
        if is_last:
            head.append(b"connection: close\r\n")
        return b"".join([*head, b"\r\n", body if self.scope["method"] != "HEAD" else b""])


@lru_cache(maxsize=1)
def _date(seconds: int) -> bytes:
    return f"date: {formatdate(seconds, usegmt=True)}\r\n".encode()
