"""Access: who is signed in, and who saw what. For user administration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from starlette.responses import Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.visit import Right, Visit
from hub.store.access_log import newest_looks, verify
from hub.store.sessions import close_session, sessions


def routes(door: Door) -> Sequence[Route]:
    """The page and its one action."""
    return (
        door.get("/people", _page, Right.USERS),
        door.post("/people/end", _end, Right.USERS),
    )


async def _page(visit: Visit) -> Response:
    console = visit.console
    async with console.engines.reading() as connection:
        here = await sessions(connection, real=console.clock.real())
        looks = await newest_looks(connection)
        verdict = await verify(connection, key=console.key) if "verify" in visit.request.query_params else None
    return visit.page(
        "people.html",
        people=[(s, datetime.fromtimestamp(s.began_real, UTC), datetime.fromtimestamp(s.seen_real, UTC)) for s in here],
        looks=looks,
        verdict=verdict,
    )


async def _end(visit: Visit) -> Response:
    async with visit.console.engines.writing() as connection:
        await close_session(connection, visit.field("session"))
    return visit.go("/people")
