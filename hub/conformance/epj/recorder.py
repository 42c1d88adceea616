"""A proxy in front of an EPJ, so that a report shows what the adapter and the EPJ said to each other."""

from __future__ import annotations

import asyncio
import io
from typing import Self

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from hub.conformance.national.heard import Heard, Request, now

#: What concerns one connection only, and what the client writes itself.
_OF_ONE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"})
_TIMEOUT = aiohttp.ClientTimeout(total=60)


class Recorder:
    """Passes everything on to the EPJ at `target`, unchanged, and writes it down in `heard`. Used with `async with`.

    Where the EPJ breaks a connection, the recorder breaks its own to whoever asked.
    """

    def __init__(self, target: str, heard: Heard) -> None:
        self.target = URL(target.rstrip("/"), encoded=True)
        self.heard = heard
        self._port = 0

    @property
    def url(self) -> str:
        """The EPJ's address by way of the recorder."""
        return f"http://127.0.0.1:{self._port}{self.target.raw_path.rstrip('/')}"

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession(
            timeout=_TIMEOUT,
            auto_decompress=False,
            connector=aiohttp.TCPConnector(limit=0),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        self._runner = web.ServerRunner(web.Server(self._pass_on), shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._client.close()

    async def _pass_on(self, asked: web.BaseRequest) -> web.StreamResponse:
        body = await asked.content.read()
        address = URL(f"{self.target.origin()}{asked.raw_path}", encoded=True)
        said = Request(
            at=now(),
            kind=None,
            method=asked.method,
            url=str(address),
            path=asked.path,
            query=asked.query_string,
            headers={name.lower(): value for name, value in asked.headers.items()},
            body=body,
        )
        self.heard.requests.append(said)
        try:
            answer = await self._answer(said, address, asked, body)
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError):
            answer = web.Response(status=502)
            if asked.transport is not None:
                asked.transport.abort()
        self.heard.changed()
        return answer

    async def _answer(self, said: Request, address: URL, asked: web.BaseRequest, body: bytes) -> web.Response:
        headers = CIMultiDict((n, v) for n, v in asked.headers.items() if n.lower() not in _OF_ONE_HOP | {"host"})
        has_body = body or asked.method in ("POST", "PUT")
        async with self._client.request(
            asked.method, address, data=io.BytesIO(body) if has_body else None, headers=headers, allow_redirects=False
        ) as answer:
            said.answer = await answer.read()
            said.status = answer.status
            said.answer_headers = {name.lower(): value for name, value in answer.headers.items()}
            passed = CIMultiDict((n, v) for n, v in answer.headers.items() if n.lower() not in _OF_ONE_HOP)
            return web.Response(status=answer.status, reason=answer.reason, headers=passed, body=said.answer)
