"""The start page: what is happening, the ways in, and what a newcomer does first."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.happenings import line
from hub.console.visit import Visit
from hub.store.accepting import counts
from hub.store.flow import newest
from hub.store.overview import unsettled

_SHOWN = 8


def routes(door: Door) -> Sequence[Route]:
    """The page."""
    return (door.get("/", _start),)


async def _start(visit: Visit) -> Response:
    async with visit.console.engines.reading() as connection:
        counted = await counts(connection)
        left = await unsettled(connection)
        rows = await newest(connection, most=_SHOWN)
    return visit.page(
        "start.html",
        received=counted.get("received", 0),
        duplicates=counted.get("duplicates", 0),
        rejected=counted.get("rejected", 0),
        on_the_way=sum(row.count for row in left if row.state != "waiting"),
        waiting=sum(row.count for row in left if row.state == "waiting"),
        lines=[line(row, visit.console, visit.language) for row in rows],
    )
