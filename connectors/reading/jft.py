"""Reading JFT as an EPJ does: fetch events, journal them, acknowledge them, ask what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Literal

from connectors.http.exchange import HttpRequest
from connectors.reading.asking import Asker, Pairs, asked_on, form, posted, query
from connectors.reading.searchset import Page, Resource, pages, read_json
from connectors.reading.written import as_given, id_in_address
from connectors.transport.port import Journaling
from hub.model.times import parse_time

EventType = Literal["Bundle", "Composition", "MedicationDispense"]
ReadsBy = Literal["GET", "POST"]
TYPES: tuple[EventType, ...] = ("Bundle", "Composition", "MedicationDispense")
ACKNOWLEDGED = "journaling-acknowledged"


class JftReader:
    """JFT at `base`. Two ways to keep up: `since` the newest `meta.lastUpdated` that was seen, or what `is_waiting`.

    Journal first, acknowledge then: what is acknowledged is not given to those who ask for what waits. `reads_by` is
    POST where JFT is as it was before March 2026.
    """

    def __init__(self, base: str, asker: Asker, *, reads_by: ReadsBy = "GET") -> None:
        self._base = base.rstrip("/")
        self._asker = asker
        self._reads_by = reads_by

    async def events(
        self,
        kind: EventType = "Bundle",
        *,
        since: str | datetime | None = None,
        is_waiting: Literal[True] | None = None,
        count: int | None = None,
    ) -> AsyncIterator[Resource]:
        """The events of one type, oldest first, fetched page by page (`count` on each) as they are asked for.

        Give `since` as the API gave it: a rounded time skips or repeats. Raises ValueError, and as `pages` does.
        """
        async for page in self.pages(kind, since=since, is_waiting=is_waiting, count=count):
            for resource in page.found:
                yield resource

    def pages(
        self,
        kind: EventType = "Bundle",
        *,
        since: str | datetime | None = None,
        is_waiting: Literal[True] | None = None,
        count: int | None = None,
    ) -> AsyncIterator[Page]:
        """The same, a page at a time."""
        asked: Pairs = []
        if since is not None:
            asked.append(("_lastUpdated", f"gt{as_given(since)}"))
        if is_waiting:
            asked.append(("_tag:not", ACKNOWLEDGED))
        if count is not None:
            asked.append(("_count", str(_positive(count))))
        address = self._address(kind)
        if self._reads_by == "POST":
            return pages(self._asker, form(f"{address}/_search", asked), follow=asked_on)
        return pages(self._asker, query(address, asked))

    async def acknowledge(self, kind: EventType, event_id: str) -> None:
        """Say that the event is in the journal. Saying so again changes nothing, so it is repeated after doubt."""
        address = f"{self._address(kind)}/{id_in_address(event_id)}/$journaling-acknowledged"
        await self._asker.read(posted(address))

    async def status(self, kind: EventType, event_id: str) -> Journaling:
        """How far the event has come."""
        address = f"{self._address(kind)}/{id_in_address(event_id)}/$status"
        said = read_json(await self._asker.read(HttpRequest("GET", address, {"Accept": "application/json"})))
        return Journaling(
            registered=parse_time(said.get("registered")),
            read=parse_time(said.get("read")),
            journaled=parse_time(said.get("journalingAcknowledged") or said.get("journaled")),
            failed=parse_time(said.get("failed")),
        )

    def _address(self, kind: str) -> str:
        if kind not in TYPES:
            raise ValueError("JFT has no such type")
        return f"{self._base}/v1/{kind}"


def _positive(count: int) -> int:
    if count < 1:
        raise ValueError("a page has at least one event")
    return count
