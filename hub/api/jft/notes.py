"""The hub's own extension of JFT: a municipality's journal notes, whole cases as documents.

`_tag=urn:knutepunkt:content|journal-note` asks for them, in a municipality whose EPJ fetches its notes itself. A
changed note comes again under a new id; `next` leads on, also to what has not come yet.
"""

from __future__ import annotations

from fastapi import Response

from hub.api.bodies import Parameters
from hub.api.errors import NotFound
from hub.api.jft.door import Jft
from hub.api.jft.events import CASE_SYSTEM, source_tags
from hub.api.paging import Counts, cursor_after, instant, link, read_span
from hub.api.searchset import Entry, searchset
from hub.fhir import verbatim
from hub.journal import compose
from hub.model.event import Source
from hub.model.times import microseconds
from hub.model.versions import CONTENT_SYSTEM, JOURNAL_NOTE, case_and_change, version_id
from hub.store.delivering import Delivery
from hub.store.engine import Engines
from hub.store.paging import Page, one_delivery, pages_after
from hub.store.settling import Settled, settle
from hub.store.submissions import mark_cases

DESTINATION = "epj"
_COUNTS = Counts(usual=50, most=100)


async def read_notes(jft: Jft, given: Parameters, municipality: str, *, resource_type: str) -> Response:
    """A page of the municipality's notes, in the order of their changes."""
    if municipality not in jft.pulling or resource_type != "Bundle":
        raise NotFound("Kommunen henter ikke notater selv, og notater leses bare som Bundle.")
    span = read_span(given, _COUNTS)
    async with jft.engines.reading() as connection:
        pages = await pages_after(connection, municipality, DESTINATION, after=span.after or 0, most=span.count)
    await _remember_read(jft, pages)
    address = f"{jft.base}/v1/{resource_type}"
    links = [link("self", address, given.pairs)]
    if pages:
        links.append(
            link("next", address, [*given.without("cursor"), ("cursor", cursor_after(pages[-1].number, span))])
        )
    return searchset([_entry(jft, page, address) for page in pages], links=links)


async def _remember_read(jft: Jft, pages: list[Page]) -> None:
    if pages:
        async with jft.engines.writing() as connection:
            cases = {page.delivery.case_id for page in pages}
            await mark_cases(connection, cases, at=jft.clock.now(), acknowledged=False)


def _entry(jft: Jft, page: Page, address: str) -> Entry:
    delivery = page.delivery
    version = version_id(delivery.case_id, delivery.change)
    document = verbatim.loads(jft.document(compose(delivery.history), version))
    tags = [
        *document.get("meta", {}).get("tag", []),
        *source_tags(delivery.history.municipality, Source(delivery.sender)),
        {"system": CONTENT_SYSTEM, "code": JOURNAL_NOTE},
        {"system": CASE_SYSTEM, "code": delivery.case_id},
    ]
    meta = {**document.get("meta", {}), "lastUpdated": instant(microseconds(page.updated_at)), "tag": tags}
    return Entry(f"{address}/{version}", verbatim.dumps({**document, "meta": meta}))


async def acknowledge_note(jft: Jft, municipality: str, version: str) -> bool:
    """Settle the note's delivery, and what it tells of as journaled; False when there is no such note."""
    named = case_and_change(version)
    if named is None or municipality not in jft.pulling:
        return False
    async with jft.engines.reading() as connection:
        found = await one_delivery(connection, municipality, DESTINATION, named[0])
    if found is None or not 0 < named[1] <= found.change:
        return False
    async with jft.engines.writing() as connection:
        if named[1] > found.note_revision:  # an older version acknowledged late takes nothing back
            await settle(connection, [settled(jft, found, change=named[1])])
        if named[1] == found.change:
            await mark_cases(connection, [found.case_id], at=jft.clock.now(), acknowledged=True)
    return True


def settled(jft: Jft, delivery: Delivery, *, change: int) -> Settled:
    """That the EPJ holds the case as of `change`, with the usage record when it is the first time."""
    now = jft.clock.now()
    usage = None if delivery.is_settled_once else jft.usage_of(delivery, now)
    reference = version_id(delivery.case_id, change)
    return Settled(delivery.case_id, DESTINATION, change, change, reference, now, usage)


async def settle_delivery(engines: Engines, one: Settled) -> None:
    """Write what was settled."""
    async with engines.writing() as connection:
        await settle(connection, [one])
