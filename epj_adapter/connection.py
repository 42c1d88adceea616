"""One connection to an EPJ: HTTP/1.1, kept alive, one request at a time.

A note is one small request and one small answer. What a general client does beyond that costs more than all the rest.
"""

from __future__ import annotations

import asyncio
from typing import cast

import httptools

from epj_adapter.verdict import Answer

_INFORMATIONAL = range(100, 200)


class Connection(asyncio.Protocol):
    """Sends a request and reads its answer. After anything but a whole answer the connection is closed."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._is_in_body = False
        self.has_begun = False
        self.idle_since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether another request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes, *, deadline: float) -> Answer:
        """The answer to `request`, which is a whole HTTP request.

        Raises TimeoutError at `deadline`, by the loop's clock, and ConnectionError when the connection broke or what
        came is not HTTP. `has_begun` tells whether anything of an answer had come.
        """
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Answer] = loop.create_future()
        self._waiting = waiting
        timer = loop.call_at(deadline, self._fail, TimeoutError("no answer in time"))
        self.has_begun = False
        self._transport.write(request)
        try:
            return await waiting
        finally:
            timer.cancel()
            if self._waiting is not None:
                self.close()

    def close(self) -> None:
        """Break the connection off; who waits for an answer gets ConnectionError."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Part of an answer; what nobody asked for ends the connection."""
        if self._waiting is None:
            self.close()
            return
        self.has_begun = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(ConnectionError("what was answered is not HTTP"))

    def eof_received(self) -> None:
        """The EPJ sends no more; where an answer has no length, that is its end."""
        if self._is_in_body and not self._headers.keys() & {"content-length", "transfer-encoding"}:
            self._give()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._fail(ConnectionResetError("the connection was closed"))

    def on_message_begin(self) -> None:
        """An answer begins (from here on the parser's calls)."""
        self._headers, self._body, self._is_in_body = {}, [], False

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header of the answer."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The head of the answer is whole."""
        self._is_in_body = True

    def on_body(self, body: bytes) -> None:
        """Part of the answer's body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole, unless it only says that another follows."""
        if self._parser.get_status_code() not in _INFORMATIONAL:
            self._give()

    def _give(self) -> None:
        waiting, self._waiting, self._is_in_body = self._waiting, None, False
        if waiting is None or waiting.done():
            self.close()
            return
        waiting.set_result(Answer(self._parser.get_status_code(), self._headers, b"".join(self._body)))
        if not self._parser.should_keep_alive():
            self.close()

    def _fail(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)
        self.close()
