"""The pull door: an EPJ fetches its municipality's journal notes itself and acknowledges each.

`GET /pull/{organisation number}/v1/Bundle` pages through notes in the order of their changes;
`POST …/v1/Bundle/{id}/$journaling-acknowledged` settles one. A changed note comes again, under a new id and the same
identifier.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from hub.api.gatekeeper import gatekeeper
from hub.journal import compose
from hub.model.note import JournalNote
from hub.model.ports import Clock
from hub.model.usage import UsageRecord
from hub.model.versions import case_and_change, version_id
from hub.store.delivering import Delivery
from hub.store.engine import Engines
from hub.store.paging import Page, one_delivery, pages_after
from hub.store.settling import Settled, settle

_MAX_COUNT = 100
_DESTINATION = "epj"
_FHIR_JSON = "application/fhir+json"

Document = Callable[[JournalNote, str | None], bytes]


@dataclass(frozen=True, slots=True)
class Pull:
    """What the pull door works on: the municipalities that pull, and how a note is written."""

    engines: Engines
    clock: Clock
    municipalities: frozenset[str]
    document: Document
    usage_of: Callable[[Delivery, datetime], UsageRecord]
    token: str | None


def router(pull: Pull) -> APIRouter:
    """The routes under `/pull`."""
    routes = APIRouter(prefix="/pull/{municipality}", tags=["pull"], dependencies=[Depends(gatekeeper(pull.token))])
    answers: dict[int | str, dict[str, Any]] = {404: {"description": "Finnes ikke"}, 400: {"description": "Ugyldig"}}

    @routes.get("/v1/Bundle", responses=answers)
    async def read(
        request: Request,
        municipality: str,
        count: Annotated[int, Query(alias="_count", ge=1, le=_MAX_COUNT)] = 50,
        cursor: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        """Notes after `cursor`, oldest change first. `next` leads on, also to what has not come yet."""
        _check(municipality, pull)
        after = _after(cursor)
        async with pull.engines.reading() as connection:
            pages = await pages_after(connection, municipality, _DESTINATION, after=after, most=count)
        following = f"{request.url.path}?_count={count}&cursor={_cursor(pages[-1].number)}" if pages else None
        return Response(_searchset(pages, pull.document, following), media_type=_FHIR_JSON)

    @routes.post("/v1/Bundle/{version}/$journaling-acknowledged", responses=answers, status_code=202)
    async def acknowledge(municipality: str, version: str) -> Response:
        """The EPJ has journaled this version of the note."""
        _check(municipality, pull)
        named = case_and_change(version)
        async with pull.engines.reading() as connection:
            found = await one_delivery(connection, municipality, _DESTINATION, named[0]) if named else None
        if named is None or found is None or not 0 < named[1] <= found.change:
            raise HTTPException(404, "Ingen notat har denne id-en.")
        async with pull.engines.writing() as connection:
            await settle(connection, [_settled(pull, found, named[1])])
        return Response(status_code=202)

    return routes


def _check(municipality: str, pull: Pull) -> None:
    if municipality not in pull.municipalities:
        raise HTTPException(404, "Kommunen henter ikke notater selv.")


def _settled(pull: Pull, delivery: Delivery, change: int) -> Settled:
    now = pull.clock.now()
    usage = None if delivery.is_settled_once else pull.usage_of(delivery, now)
    return Settled(delivery.case_id, _DESTINATION, change, change, version_id(delivery.case_id, change), now, usage)


def _searchset(pages: list[Page], document: Document, following: str | None) -> bytes:
    entries = [_entry(page, document) for page in pages]
    bundle: dict[str, object] = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
    if following:
        bundle["link"] = [{"relation": "next", "url": following}]
    return orjson.dumps(bundle)


def _entry(page: Page, document: Document) -> dict[str, object]:
    delivery = page.delivery
    version = version_id(delivery.case_id, delivery.change)
    written = document(compose(delivery.history), version)
    updated = page.updated_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    # The document's own meta is the first in it; putting the time in as text keeps every number as it was written.
    dated = written.replace(b'"meta":{', b'"meta":{"lastUpdated":"' + updated.encode() + b'",', 1)
    return {"fullUrl": f"urn:uuid:{version}", "resource": orjson.Fragment(dated)}


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(f"p{number}".encode()).decode().rstrip("=")


def _after(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        number = int(text.removeprefix("p"))
    except (binascii.Error, ValueError) as error:
        raise HTTPException(400, "cursor er ikke en som knutepunktet har gitt.") from error
    return min(max(number, 0), 2**62)
