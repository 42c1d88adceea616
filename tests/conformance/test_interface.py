"""A system that doesn't do what it is asked to by the driving interface has failed, and the report says how."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from hub.conformance.driving import driven
from hub.conformance.driving.driven import Interface
from hub.conformance.verdicts import Failed


@asynccontextmanager
async def system() -> AsyncIterator[Interface]:
    """A system that fails when a session is opened, and says nothing when one is closed."""

    over = asyncio.Event()

    async def fails(_: web.Request) -> web.Response:
        return web.json_response({"error": "ute av drift"}, status=500)

    async def hangs(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response(status=503)

    app = web.Application()
    app.router.add_put("/conformance/v1/sessions/{id}", fails)
    app.router.add_delete("/conformance/v1/sessions/{id}", hangs)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Interface(site.name.replace(":0", f":{runner.addresses[0][1]}")) as interface:
            yield interface
    finally:
        over.set()
        await runner.cleanup()


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("PUT", "the system answered 500: ute av drift (PUT /sessions/…)"),
        ("DELETE", "the system gave no answer in 0.2 seconds (DELETE /sessions/…)"),
    ],
)
@pytest.mark.asyncio
async def test_the_report_says_what_the_system_was_asked_and_how_it_answered(
    method: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driven, "_TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    async with system() as interface:
        with pytest.raises(Failed) as failed:
            await interface.ask(method, "/sessions/0a1b2c")
    assert failed.value.text.en == said
