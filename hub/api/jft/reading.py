"""JFT's Read API: events in the order in which they were registered, page by page, told apart by time and tags."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from hub.api.access import Caller
from hub.api.bodies import Parameters
from hub.api.jft.door import Jft
from hub.api.jft.events import event
from hub.api.jft.notes import read_notes
from hub.api.jft.tags import Wanted, wanted
from hub.api.paging import NAMES, Counts, Span, cursor_after, link, read_span
from hub.api.searchset import Entry, searchset
from hub.store.submissions import Submission, Window, mark_read, submissions_in

COUNTS = Counts(usual=20, most=100)
_TAGS = ("_tag", "_tag:not")


async def read(jft: Jft, given: Parameters, caller: Caller, *, resource_type: str) -> Response:
    """A page of the municipality's events of one type."""
    given.only(*NAMES, *_TAGS)
    municipality = caller.organisation or ""
    span, asked = read_span(given, COUNTS), wanted(given, municipality)
    if asked.notes:
        return await read_notes(jft, given, municipality, resource_type=resource_type)
    found = await _found(jft, _window(municipality, resource_type, span, asked), span, asked)
    page = found[: span.count]
    await _remember_read(jft, page)
    address = f"{jft.base}/v1/{resource_type}"
    links = [link("self", address, given.pairs)]
    if len(found) > len(page):
        links.append(link("next", address, [*given.without("cursor"), ("cursor", cursor_after(page[-1].stamp, span))]))
    entries = [Entry(f"{address}/{one.id}", event(one)) for one in page]
    return searchset(entries, links=links)


def _window(municipality: str, resource_type: str, span: Span, asked: Wanted) -> Window:
    return Window(
        municipality,
        resource_type,
        after=span.after,
        before=span.before,
        newest_first=span.newest_first,
        acknowledged=asked.acknowledged,
        client_id=asked.client_id,
        system_name=asked.system_name,
    )


async def _found(jft: Jft, window: Window, span: Span, asked: Wanted) -> list[Submission]:
    """One more than a page holds, so that it is known whether there is a next."""
    if asked.nothing:
        return []
    async with jft.engines.reading() as connection:
        return await submissions_in(connection, window, most=span.count + 1)


async def _remember_read(jft: Jft, page: list[Submission]) -> None:
    unread: list[Any] = [(one.case_id, one.number) for one in page if one.read_at is None]
    if unread:
        async with jft.engines.writing() as connection:
            await mark_read(connection, unread, at=jft.clock.now())
