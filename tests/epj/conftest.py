"""Simulated EPJs with real HTTP and real stores, one set for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from epj_adapter.simulated.__main__ import build
from epj_adapter.simulated.configuration import EpjConfiguration
from hub.model.ports import EpjAdapter
from hub.plugins import EPJ_ADAPTERS, discover

ADAPTERS = discover(EPJ_ADAPTERS)
WRITING = sorted(name for name, plugin in ADAPTERS.items() if not plugin.pulls)


@dataclass
class Running:
    """A simulated EPJ that runs, the adapter to it, and its back door."""

    url: str
    admin: str
    adapter: EpjAdapter
    http: aiohttp.ClientSession

    async def ask(self, method: str, path: str, content: Any = None) -> Any:
        async with self.http.request(method, self.admin + path, json=content) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def counts(self) -> dict[str, int]:
        return await self.ask("GET", "/counts")

    async def notes(self) -> list[dict[str, Any]]:
        return await self.ask("GET", "/notes")

    async def fail(self, fault: str, **more: Any) -> None:
        await self.ask("POST", "/faults", {"fault": fault, **more})


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def gives_up_after_s() -> float:
    """When the adapter gives up; what a test of time-outs sets for itself, by `parametrize`."""
    return 10.0


@pytest.fixture(params=WRITING)
async def epj(
    request: pytest.FixtureRequest, tmp_path: Path, http: aiohttp.ClientSession, gives_up_after_s: float
) -> AsyncIterator[Running]:
    """Each kind of simulated EPJ that is written to, in turn."""
    simulated = build(EpjConfiguration("314159265", request.param, tmp_path / "epj.db"))
    await simulated.start()
    adapter = ADAPTERS[request.param].build(simulated.url, timeout_s=gives_up_after_s, max_in_flight=32, secret=None)
    yield Running(simulated.url, simulated.admin, adapter, http)
    await adapter.aclose()
    await simulated.aclose()


@pytest.fixture
async def fhir_epj(tmp_path: Path, http: aiohttp.ClientSession) -> AsyncIterator[Running]:
    """The simulated FHIR server alone."""
    simulated = build(EpjConfiguration("314159265", "fhir_rest", tmp_path / "epj.db"))
    await simulated.start()
    adapter = ADAPTERS["fhir_rest"].build(simulated.url, timeout_s=5, max_in_flight=32, secret=None)
    yield Running(simulated.url, simulated.admin, adapter, http)
    await adapter.aclose()
    await simulated.aclose()
