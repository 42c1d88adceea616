"""EPJs with one fault each: a simulated EPJ behind a proxy that spoils one thing, and the test that must catch it."""

from __future__ import annotations

import importlib
import io
import pkgutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from yarl import URL

from epj_adapter.simulated.__main__ import build
from epj_adapter.simulated.configuration import EpjConfiguration

_OF_ONE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True)
class Asked:
    """A request as it came, its path with the query, escaped."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_left: Callable[[], bool] = bool

    @property
    def is_create(self) -> bool:
        return self.method == "POST" and self.path.endswith(("/Bundle", "/notes"))

    @property
    def is_replace(self) -> bool:
        return self.method == "PUT" and "/admin/" not in self.path

    @property
    def is_search(self) -> bool:
        return self.method == "GET" and ("/Bundle?" in self.path or "/notes?" in self.path)

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def with_json(self, content: Any) -> Asked:
        return replace(self, body=orjson.dumps(content))

    def without(self, name: str) -> Asked:
        return replace(self, headers={n: v for n, v in self.headers.items() if n.lower() != name})


@dataclass(frozen=True)
class Answered:
    """An answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class SoundEpj:
    """Passes everything on. A faulty EPJ does something else once, in `answer`."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._origin = URL(url).origin()
        self._http = http
        self.base = URL(url).path

    async def answer(self, asked: Asked) -> Answered:
        return await self.pass_on(asked)

    async def half(self, asked: Asked) -> None:
        """What it does with a request that broke off in its body."""

    async def pass_on(self, asked: Asked) -> Answered:
        url = URL(f"{self._origin}{asked.path}", encoded=True)
        async with self._http.request(
            asked.method,
            url,
            data=io.BytesIO(asked.body) if asked.body else None,
            headers=asked.headers,
            allow_redirects=False,
        ) as answer:
            headers = {n: v for n, v in answer.headers.items() if n.lower() not in _OF_ONE_HOP}
            return Answered(answer.status, await answer.read(), headers)

    async def admin(self, method: str, name: str, content: Any) -> None:
        await self.pass_on(Asked(method, f"/admin/{name}", orjson.dumps(content)))

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = {n: v for n, v in request.headers.items() if n.lower() not in _OF_ONE_HOP}

        def is_left() -> bool:
            return request.transport is None or request.transport.is_closing()

        asked = Asked(request.method, request.raw_path, b"", headers, is_left)
        body = bytearray()
        try:
            async for part in request.content.iter_any():
                body += part
        except (ConnectionError, aiohttp.ClientPayloadError, web.RequestPayloadError):
            await self.half(replace(asked, body=bytes(body)))
            raise
        answer = await self.answer(replace(asked, body=bytes(body)))
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


@dataclass(frozen=True, slots=True)
class Faulty:
    """An EPJ with one fault (said in a few words), and the tests of the plan that must fail because of it."""

    kind: type[Any]
    fault: str
    caught_by: tuple[str, ...]
    adapter: str = "fhir_rest"

    @property
    def name(self) -> str:
        return self.kind.__name__


def all_faulty() -> tuple[Faulty, ...]:
    """Every faulty EPJ: `FAULTY` of each module of this package."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return tuple(faulty for module in modules for faulty in module.FAULTY)


@asynccontextmanager
async def running(
    adapter: str, folder: Path, kind: Callable[[str, aiohttp.ClientSession], SoundEpj] = SoundEpj
) -> AsyncIterator[str]:
    """A simulated EPJ behind a proxy of `kind`; its address for the hub."""
    simulated = build(EpjConfiguration("314159265", adapter, folder / "epj.db"))
    await simulated.start()
    async with aiohttp.ClientSession() as http:
        proxy = kind(simulated.url, http)
        runner = web.ServerRunner(web.Server(proxy.serve), shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}{proxy.base}"
        finally:
            await runner.cleanup()
            await simulated.aclose()
