"""The network under the HTTP ways: sends a request, or drives a flow of them."""

from __future__ import annotations

import ssl
from types import TracebackType
from typing import Self

import aiohttp

from connectors.http.exchange import Flow, HttpRequest, HttpResponse
from hub.model.errors import OutcomeUnknown, Unreachable


class HttpLine:
    """A pool of connections, used with `async with`. A request that takes longer than `timeout_s` is given up."""

    def __init__(self, *, timeout_s: float = 30.0, tls: ssl.SSLContext | None = None, at_once: int = 32) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(timeout_s, 10.0))
        self._tls = tls
        self._at_once = at_once

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=self._at_once, ssl=self._tls if self._tls is not None else True)
        self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer to `request`, redirects not followed.

        Raises `Unreachable` when no connection came about, `OutcomeUnknown` when it broke or took too long after.
        """
        try:
            async with self._session.request(
                request.method, request.url, headers=request.headers, data=request.body, allow_redirects=False
            ) as answer:
                body = await answer.read()
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return HttpResponse(answer.status, headers, body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as e:
            raise Unreachable(f"no connection: {type(e).__name__}") from e
        except (TimeoutError, aiohttp.ClientError) as e:
            raise OutcomeUnknown(f"no answer: {type(e).__name__}") from e

    async def drive(self, flow: Flow) -> HttpResponse:
        """Send what `flow` asks for until it is content, and answer with what it returns."""
        request = next(flow)
        while True:
            response = await self.send(request)
            try:
                request = flow.send(response)
            except StopIteration as end:
                last: HttpResponse = end.value
                return last
