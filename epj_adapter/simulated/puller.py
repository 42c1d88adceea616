"""The simulated EPJ of the `pull` adapter: it fetches new notes from the hub's JFT door and acknowledges each."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import aiohttp

from epj_adapter.simulated.document_reading import NotADocument, draft
from epj_adapter.simulated.faults import Faults, Kind
from epj_adapter.simulated.known_patients import KnownPatients
from epj_adapter.simulated.polling import Authorise, Polling
from epj_adapter.simulated.store import Note, Store
from epj_adapter.slices import Slice, items, members, whole

_CURSOR = "cursor"
_NOTHING = Slice("[]", [])
_AT_ONCE = 16
_TIMEOUT_S = 10.0
_SILENT = frozenset({Kind.DOWN, Kind.CLOSED})


async def no_authorisation(method: str, url: str) -> Mapping[str, str]:
    """No headers: for a hub that lets the loopback address in."""
    return {}


@dataclass(slots=True)
class Puller:
    """Polls `{hub}/v1/Bundle` every `interval_s` seconds, `count` notes at a time, from where it last came to.

    `query` are further parameters: JFT shows notes, and not single events, to whoever asks for them by their tag.
    """

    store: Store
    patients: KnownPatients
    faults: Faults
    hub: str
    interval_s: float = 0.5
    count: int = 100
    authorise: Authorise = no_authorisation
    query: Mapping[str, str] = field(default_factory=dict)
    _acknowledged: set[tuple[str, str]] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None
    _seen_changes: int = 0

    async def run(self) -> None:
        """Poll until cancelled; a hub that does not answer as it should is asked again at the next turn."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError, OSError):
                await self.poll()
            await asyncio.sleep(self.interval_s)

    async def poll(self) -> None:
        """Fetch page after page until there is no more; remember how far everything was taken care of.

        Raises aiohttp.ClientError or TimeoutError when the hub does not answer, ValueError on what is no searchset.
        """
        struck = self.faults.take(registers=False)
        if struck and struck.kind in _SILENT:
            return
        if struck:
            await asyncio.sleep(struck.delay_s)
        cursor, complete, hub = await self._place(), True, self.hub
        while True:
            page = members(whole(await self._get(cursor)))
            entries = items(page.get("entry", _NOTHING))
            complete = await self._take_all(entries) and complete
            following = _next_cursor(page.get("link", _NOTHING))
            if not following or not entries or following == cursor or self.hub != hub:
                return
            cursor = following
            if complete:
                await self.store.set(_CURSOR, cursor)

    async def follow(self, where: Polling) -> None:
        """Fetch from another hub from now on, beginning with its first note."""
        self.hub, self.authorise, self.query = where.hub_url.rstrip("/"), where.authorise, where.query
        self._acknowledged.clear()
        await self.store.set(_CURSOR, "")

    async def aclose(self) -> None:
        """Give the connections back."""
        if self._session:
            await self._session.close()
            self._session = None

    async def _place(self) -> str:
        """Where to go on from; the beginning when it has changed who is known, so that nothing is passed by."""
        if self._seen_changes != self.patients.changes:
            self._seen_changes = self.patients.changes
            await self.store.set(_CURSOR, "")
        return self.store.setting(_CURSOR) or ""

    async def _take_all(self, entries: list[Slice]) -> bool:
        """Whether every note of a page is taken care of."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def take(entry: Slice) -> bool:
            async with places:
                return await self._take(members(entry).get("resource", _NOTHING))

        return all(await asyncio.gather(*(take(entry) for entry in entries)))

    async def _take(self, resource: Slice) -> bool:
        """Store and acknowledge one note. A note that it can't journal is passed by, without acknowledgement."""
        number, updated = _version(resource)
        if (number, updated) in self._acknowledged:
            return True
        struck = self.faults.take(registers=True)
        if struck and struck.kind in (*_SILENT, Kind.REFUSES):
            return False
        if not await self._journal(resource, updated):
            return True
        if struck and struck.kind is Kind.DROPS:
            return False
        if struck:
            await asyncio.sleep(struck.delay_s)
        return await self._acknowledge(number, updated)

    async def _journal(self, resource: Slice, updated: str) -> bool:
        try:
            new = draft(resource.raw)
        except NotADocument:
            return False
        if new.patient not in self.patients:
            return False
        note, made = await self.store.create(new, claim=new.key)
        if not made and _later(updated, note):
            await self.store.replace(note.id, new, how="replaced" if note.state == "unread" else "addendum")
        return True

    async def _acknowledge(self, number: str, updated: str) -> bool:
        url = f"{self.hub}/v1/Bundle/{quote(number, safe='')}/$journaling-acknowledged"
        headers = await self.authorise("POST", url)
        async with self._client().post(url, headers=headers) as answer:
            if answer.ok:
                self._acknowledged.add((number, updated))
            return answer.ok

    async def _get(self, cursor: str) -> bytes:
        query = {"_count": str(self.count), **self.query, **({"cursor": cursor} if cursor else {})}
        url = f"{self.hub}/v1/Bundle?{urlencode(query)}"
        headers = await self.authorise("GET", url)
        async with self._client().get(url, headers=headers, raise_for_status=True) as answer:
            return await answer.read()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))
        return self._session


def _version(resource: Slice) -> tuple[str, str]:
    """A note's id at the hub, and when it was last changed there."""
    parts = members(resource)
    meta = members(parts.get("meta", _NOTHING))
    return str(parts.get("id", _NOTHING).value), str(meta.get("lastUpdated", _NOTHING).value)


def _later(updated: str, note: Note) -> bool:
    _, before = _version(whole(note.draft.body))
    try:
        return datetime.fromisoformat(updated) > datetime.fromisoformat(before)
    except (ValueError, TypeError):
        return updated != before


def _next_cursor(links: Slice) -> str:
    for link in items(links):
        parts = members(link)
        if parts.get("relation", _NOTHING).value == "next":
            query = parse_qs(urlsplit(str(parts.get("url", _NOTHING).value)).query)
            return query.get("cursor", [""])[0]
    return ""
