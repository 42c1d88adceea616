"""What became of an event, and the EPJ's word that it is journaled."""

from __future__ import annotations

import orjson
from fastapi import Response

from hub.api.access import Caller
from hub.api.errors import NotFound
from hub.api.jft.door import Jft
from hub.api.jft.notes import DESTINATION, acknowledge_note, settle_delivery, settled
from hub.api.jft.writing import status_address
from hub.model.clock import OSLO
from hub.model.times import from_microseconds
from hub.store.paging import one_delivery
from hub.store.submissions import all_acknowledged, mark_acknowledged, status_of

_UNKNOWN = "Kommunen har ingen hendelse av denne typen med denne id-en."


async def status(jft: Jft, caller: Caller, *, resource_type: str, named: str) -> Response:
    """The times of an event: plain JSON, no FHIR. Raises NotFound."""
    async with jft.engines.reading() as connection:
        found = await status_of(connection, caller.organisation or "", resource_type, named)
    if found is None:
        raise NotFound(_UNKNOWN)
    journaled = "journaled" if jft.settings.documentation == "2026-02" else "journalingAcknowledged"
    times = {
        "registered": _time(found.registered_at),
        "read": _time(found.read_at),
        journaled: _time(found.acknowledged_at),
        "failed": _time(found.failed_at),
    }
    return Response(orjson.dumps(times), media_type="application/json")


def _time(count: int | None) -> str | None:
    return None if count is None else from_microseconds(count).astimezone(OSLO).isoformat(timespec="milliseconds")


async def acknowledge(jft: Jft, caller: Caller, *, resource_type: str, named: str) -> Response:
    """The EPJ has journaled this event; saying so again changes nothing. Raises NotFound."""
    municipality = caller.organisation or ""
    async with jft.engines.reading() as connection:
        found = await status_of(connection, municipality, resource_type, named)
    if found is not None and found.number:
        async with jft.engines.writing() as connection:
            await mark_acknowledged(connection, (found.case_id, found.number), at=jft.clock.now())
        await _settle_when_whole(jft, municipality, found.case_id)
    elif resource_type != "Bundle" or not await acknowledge_note(jft, municipality, named):
        raise NotFound(_UNKNOWN)
    return Response(status_code=202, headers={"Location": status_address(jft.base, resource_type, named)})


async def _settle_when_whole(jft: Jft, municipality: str, case_id: str) -> None:
    """Where the EPJ fetches for itself, the case is delivered when all its events are journaled."""
    if municipality not in jft.pulling:
        return
    async with jft.engines.reading() as connection:
        if not await all_acknowledged(connection, case_id):
            return
        delivery = await one_delivery(connection, municipality, DESTINATION, case_id)
    if delivery is not None and delivery.state != "settled":
        await settle_delivery(jft.engines, settled(jft, delivery, change=delivery.change))
