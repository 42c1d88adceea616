"""The live flow: a page of the newest lines, and a stream of those that follow.

The stream is server-sent events, a batch at a time; each batch's id is the last line's number, so that a browser which
comes back says where it was and gets everything since.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import orjson
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from hub.console.door import Door
from hub.console.happenings import WHATS, line
from hub.console.visit import Visit
from hub.model.codes import EventKind, ServiceCode
from hub.store.flow import Wanted, flow_after, last_number, newest, safe_start
from hub.store.sessions import session_with

_LOOK_EVERY_S = 0.25
_SIGN_OF_LIFE_EVERY = 60
#: More than `safe_start` goes back, so that every look leads on.
_MOST = 2_500
_SHOWN = 100


def routes(door: Door) -> Sequence[Route]:
    """The page and its stream."""
    return (door.get("/flow", _page), door.get("/flow/events", _events))


async def _page(visit: Visit) -> Response:
    asked = visit.request.query_params
    wanted = wanted_of(asked)
    async with visit.console.engines.reading() as connection:
        last = await last_number(connection)
        rows = await newest(connection, wanted=wanted, most=_SHOWN)
    return visit.page(
        "flow.html",
        lines=[line(row, visit.console, visit.language) for row in rows],
        last=last,
        wanted=wanted,
        what=asked.get("what", ""),
        whats=WHATS,
        kinds=[kind.value for kind in EventKind],
        services=[service.value for service in ServiceCode],
        municipalities=visit.console.settings.municipality,
        senders=sorted({sender.id for sender in visit.console.settings.sender}),
        stream=f"/flow/events?{visit.request.url.query}",
    )


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """The filter in a query; what isn't one of ours is no filter."""
    what = query.get("what", "")
    return Wanted(
        municipality=query.get("municipality") or None,
        sender=query.get("sender") or None,
        service=query.get("service") or None,
        kind=query.get("kind") or None,
        what=(what,) if what in WHATS else None,
        case_id=query.get("case") or None,
    )


async def _events(visit: Visit) -> Response:
    said = visit.request.headers.get("last-event-id") or visit.request.query_params.get("after", "")
    after = int(said) if said.isascii() and said.isdigit() and len(said) < 18 else None
    return StreamingResponse(_stream(visit, after), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _stream(visit: Visit, after: int | None) -> AsyncIterator[bytes]:
    """Batches of lines over `after` (None: from now on), and a sign of life when nothing happens."""
    console, wanted = visit.console, wanted_of(visit.request.query_params)
    async with console.engines.reading() as connection:
        number = await last_number(connection) if after is None else safe_start(connection, after)
    yield b"retry: 1000\n\n"
    given: set[int] = set()
    rounds = 0
    while not (_is_closing(visit) or await visit.request.is_disconnected()):
        rounds += 1
        async with console.engines.reading() as connection:
            start = safe_start(connection, number) if given else number
            rows, number = await flow_after(connection, start, wanted=wanted, most=_MOST)
        fresh = [row for row in rows if row.id not in given]
        given = {row.id for row in rows}
        if fresh:
            said = orjson.dumps([line(row, console, visit.language).as_json() for row in fresh])
            yield b"id: %d\ndata: %s\n\n" % (number, said)
        elif rounds % _SIGN_OF_LIFE_EVERY == 0:
            if not await _is_still_let_in(visit):
                return
            yield b"id: %d\n: alive\n\n" % number
        if len(rows) < _MOST:
            await asyncio.sleep(_LOOK_EVERY_S)


def _is_closing(visit: Visit) -> bool:
    """Whether the server wants to end, which it can't while streams are open."""
    server = getattr(visit.request.app.state, "server", None)
    return server is not None and bool(server.should_exit)


async def _is_still_let_in(visit: Visit) -> bool:
    console, session = visit.console, visit.session
    if console.is_open or session is None:
        return console.is_open
    async with console.engines.reading() as connection:
        return await session_with(connection, session.id, real=console.clock.real()) is not None
