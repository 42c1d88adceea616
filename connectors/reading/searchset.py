"""What a search found, read page by page: resources as they were sent, and where the next page is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.reading.asking import Asker, followed
from hub.fhir import verbatim
from hub.model.errors import OutcomeUnknown, Refused

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Resources that were searched for (`found`), those that came along with them, and the next page's address."""

    found: tuple[Resource, ...]
    included: tuple[Resource, ...] = ()
    next: str | None = None


async def pages(
    asker: Asker, request: HttpRequest, *, follow: Callable[[HttpRequest, str], HttpRequest] = followed
) -> AsyncIterator[Page]:
    """Every page of the answer to `request`, by the `next` links, which `follow` makes requests of.

    Raises as `Asker.read` does, and `Refused` for a link to another origin or to a page that has been read.
    """
    read = {(request.url, request.body)}
    while True:
        page = page_of(await asker.read(request))
        yield page
        if page.next is None:
            return
        request = follow(request, urljoin(request.url, page.next))
        if (request.url, request.body) in read:
            raise Refused("the pages lead in a circle")
        read.add((request.url, request.body))


async def everything(asker: Asker, request: HttpRequest) -> Page:
    """All pages of the answer to `request` in one. Raises as `pages` does."""
    read = [page async for page in pages(asker, request)]
    found = tuple(resource for page in read for resource in page.found)
    return Page(found, tuple(resource for page in read for resource in page.included))


def page_of(response: HttpResponse) -> Page:
    """The searchset in an answer; what we don't know in it is left alone. Raises OutcomeUnknown when it holds none."""
    bundle = read_json(response)
    entries = bundle.get("entry", [])
    links = bundle.get("link", [])
    is_bundle = bundle.get("resourceType") == "Bundle" and bundle.get("type") == "searchset"
    if not is_bundle or not isinstance(entries, list) or not isinstance(links, list):
        raise OutcomeUnknown(f"HTTP {response.status}: the answer is no searchset")
    sorted_: dict[bool, list[Resource]] = {True: [], False: []}
    for entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            sorted_[_mode(entry) == "match"].append(resource)
    return Page(tuple(sorted_[True]), tuple(sorted_[False]), _next(links))


def read_json(response: HttpResponse) -> Resource:
    """The JSON object in an answer, its numbers as they were written. Raises OutcomeUnknown."""
    try:
        said = verbatim.loads(response.body)
    except (ValueError, RecursionError) as e:
        raise OutcomeUnknown(f"HTTP {response.status}: the answer is no JSON") from e
    if not isinstance(said, dict):
        raise OutcomeUnknown(f"HTTP {response.status}: the answer is no JSON object")
    return said


def _mode(entry: Resource) -> str:
    search = entry.get("search")
    return str(search.get("mode", "match")) if isinstance(search, dict) else "match"


def _next(links: list[Any]) -> str | None:
    found = (link for link in links if isinstance(link, dict) and link.get("relation") == "next")
    url = next((link.get("url") for link in found), None)
    return url if isinstance(url, str) and url else None
