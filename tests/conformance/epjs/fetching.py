"""Faults in fetching notes oneself: simulated EPJs whose polling goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from epj_adapter.simulated.__main__ import build
from epj_adapter.simulated.configuration import EpjConfiguration
from epj_adapter.simulated.document_reading import draft
from epj_adapter.simulated.puller import Puller
from epj_adapter.slices import Slice, items, members, whole
from tests.conformance.epjs import Faulty

_POLL_S = 0.1
_NOWHERE = "http://127.0.0.1:9"


class AcknowledgesNothing(Puller):
    __slots__ = ()

    async def _acknowledge(self, number: str, updated: str) -> bool:
        return True


class AcknowledgesTwice(Puller):
    __slots__ = ()

    async def _acknowledge(self, number: str, updated: str) -> bool:
        await super()._acknowledge(number, updated)
        return await super()._acknowledge(number, updated)


class FetchesAllEachTime(Puller):
    __slots__ = ()

    async def _place(self) -> str:
        return ""


class ReadsTheFirstPage(Puller):
    __slots__ = ()

    async def poll(self) -> None:
        page = members(whole(await self._get("")))
        await self._take_all(items(page.get("entry", Slice("[]", []))))


class AcknowledgesAtMostOnce(Puller):
    __slots__ = ()

    async def _acknowledge(self, number: str, updated: str) -> bool:
        with suppress(aiohttp.ClientError):
            await super()._acknowledge(number, updated)
        self._acknowledged.add((number, updated))
        return True


class StopsAtAnError(Puller):
    __slots__ = ()

    async def run(self) -> None:
        while self.hub == _NOWHERE:  # noqa: ASYNC110 — it is told by an attribute
            await asyncio.sleep(_POLL_S)
        with suppress(aiohttp.ClientError, TimeoutError, ValueError, OSError):
            while True:
                await self.poll()
                await asyncio.sleep(_POLL_S)


class KnowsEachCaseOnce(Puller):
    """Passes a note by whose case it has journaled."""

    __slots__ = ()

    async def _take(self, resource: Slice) -> bool:
        known = self.store.with_key(draft(resource.raw).key)
        return True if known else await super()._take(resource)


class AcknowledgesUnread(Puller):
    """Acknowledges what it doesn't journal."""

    __slots__ = ()

    async def _journal(self, resource: Slice, updated: str) -> bool:
        await super()._journal(resource, updated)
        return True


class NamesPatientsInAddresses(Puller):
    __slots__ = ()

    async def _take(self, resource: Slice) -> bool:
        number = members(resource)["id"].value
        patient = draft(resource.raw).patient.value
        url = f"{self.hub}/v1/Bundle/{quote(str(number))}/$status?patient={patient}"
        async with self._client().get(url, headers=await self.authorise("GET", url.partition("?")[0])):
            return await super()._take(resource)


@asynccontextmanager
async def running_puller(folder: Path, kind: type[Puller] = Puller) -> AsyncIterator[str]:
    """A simulated EPJ that fetches in the way of `kind`, from nowhere as yet; its address.

    Its way of fetching is changed in place, so `kind` can have no fields of its own.
    """
    asked = EpjConfiguration("314159265", "pull", folder / "epj.db", hub_url=_NOWHERE, poll_s=_POLL_S)
    simulated = build(asked)
    sound: Any = simulated._puller
    sound.__class__ = kind
    await simulated.start()
    try:
        yield simulated.url
    finally:
        await simulated.aclose()


def _faulty(kind: type[Puller], fault: str, *tests: str) -> Faulty:
    return Faulty(kind, fault, tuple(f"epj.fetching.{test}" for test in tests), "pull")


FAULTY: Sequence[Faulty] = (
    _faulty(AcknowledgesNothing, "acknowledges nothing", "all"),
    _faulty(AcknowledgesTwice, "acknowledges each note twice", "once"),
    _faulty(FetchesAllEachTime, "fetches everything each time", "only-new"),
    _faulty(ReadsTheFirstPage, "reads the first page only", "pages"),
    _faulty(AcknowledgesAtMostOnce, "doesn't look whether an acknowledgement was taken", "unanswered"),
    _faulty(StopsAtAnError, "stops at an error", "failing"),
    _faulty(KnowsEachCaseOnce, "passes amended notes by", "amended"),
    _faulty(AcknowledgesUnread, "acknowledges what it doesn't journal", "unknown-patient"),
    _faulty(NamesPatientsInAddresses, "has the identity number in an address", "addresses"),
)
