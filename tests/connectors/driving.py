"""A driven process, and how a kit talks to it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from connectors import Event
from connectors.testing.driving import Surroundings
from connectors.testing.spoken import events_body

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
ORG, SENDER = "314159265", "Acme_Alarm_Testvik"


@dataclass(frozen=True)
class Driven:
    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        url = f"{self.address}/conformance/v1/{path}"
        async with aiohttp.ClientSession() as http, http.request(method, url, data=raw) as answer:
            said = await answer.read()
            return answer.status, json.loads(said) if said else None

    async def tell(self, session: str, *events: Event) -> list[int]:
        status, said = await self.ask("POST", f"sessions/{session}/events", events_body(events))
        assert status == 202, said
        return list(said["numbers"])

    async def fates(self, session: str) -> list[str]:
        status, said = await self.ask("GET", f"sessions/{session}/events")
        assert status == 200, said
        return [event["fate"] for event in said]

    async def until(self, session: str, path: str, wanted: object, *, each: str) -> None:
        """Wait until the list at `path` has `wanted` for `each` of its members."""
        seen: object = None
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                while seen != wanted:
                    status, said = await self.ask("GET", f"sessions/{session}/{path}")
                    seen = [one[each] for one in said] if status == 200 else said
                    await asyncio.sleep(0.02)
        assert seen == wanted

    @asynccontextmanager
    async def session(self, name: str, **surroundings: Any) -> AsyncIterator[str]:
        where = {"municipality": ORG, "sender": SENDER, "mqtt": "mqtt://127.0.0.1:1", **surroundings}
        body = Surroundings(**where).model_dump_json().encode()
        assert await self.ask("PUT", f"sessions/{name}", body) == (201, None)
        try:
            yield name
        finally:
            closed = await self.ask("DELETE", f"sessions/{name}")
        assert closed == (204, None)


@contextmanager
def serving(folder: Path, products: Sequence[str], *, ends_with: int = 0) -> Iterator[Driven]:
    command = [sys.executable, "-m", "connectors.testing.driven", *products, "--folder", str(folder / "sessions")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=HERE, env=ENVIRONMENT)
    assert process.stdout is not None
    try:
        yield Driven(json.loads(process.stdout.readline())["address"], folder, process)
    finally:
        process.terminate()
        process.stdout.close()
        assert process.wait(20) == ends_with
