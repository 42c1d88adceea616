"""What a test wants to know of, and do to, a simulated EPJ."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True, slots=True)
class JournalNote:
    """A note in the EPJ: its key with the hub, title, and whose words it is. `revision` counts the messages that it
    tells of, `versions` how often it was written.
    """

    key: str
    title: str
    source: str
    patient: str
    revision: int
    versions: int


@dataclass(frozen=True, slots=True)
class SimulatedEpj:
    """A simulated EPJ by its back door."""

    admin: str

    async def notes(self) -> list[JournalNote]:
        """The notes in its journal, from its own store."""
        return [
            JournalNote(n["key"], n["title"], n["source"], n["patient"]["value"], n["revision"], len(n["versions"]))
            for n in await self._call("GET", "notes")
        ]

    async def counts(self) -> dict[str, int]:
        """How many `notes` and `patients` there are, and how many notes were `registered_twice`."""
        counts: dict[str, int] = await self._call("GET", "counts")
        return counts

    async def wait_for_notes(self, how_many: int, *, within_s: float = 20.0) -> list[JournalNote]:
        """The notes, as soon as there are `how_many`. Raises TimeoutError when there aren't in time."""
        async with asyncio.timeout(within_s):
            while (await self.counts())["notes"] < how_many:  # noqa: ASYNC110 — the notes are in another process
                await asyncio.sleep(0.05)
            return await self.notes()

    async def fail(self, fault: str, *, count: int | None = None, seconds: float | None = None) -> None:
        """Let the next `count` requests, or all for `seconds`, meet a fault (`down`, `slow`, `refuses` …)."""
        asked = {"fault": fault, "count": count, "seconds": seconds}
        await self._call("POST", "faults", {k: v for k, v in asked.items() if v is not None})

    async def _call(self, method: str, name: str, content: dict[str, Any] | None = None) -> Any:
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.request(method, f"{self.admin}/{name}", json=content) as answer,
        ):
            return await answer.json()
