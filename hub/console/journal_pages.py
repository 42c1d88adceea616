"""The journal as a nurse sees it: the simulated EPJs' own pages, each with its own look, shown under our address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import escape
from starlette.responses import Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.looks import note_seen
from hub.console.neighbours import Unanswered, ask, fetch_page
from hub.console.visit import Stop, Visit

#: The way back is ours and not the journal's, whose own look knows nothing of it.
_WAY_BACKS_LOOK = b"\nbody > nav { padding: .5rem 1.25rem; }\n"


def routes(door: Door) -> Sequence[Route]:
    """The pages."""
    return (
        door.get("/journals", _list),
        door.get("/journals/{number}/note/{case_id}", _note_of_case),
        door.get("/journals/{number}/page/{path:path}", _page),
    )


async def _list(visit: Visit) -> Response:
    municipalities = visit.console.settings.municipality
    roots = visit.console.epj_roots()
    counts = await asyncio.gather(*(_counts(roots.get(m.organisation_number)) for m in municipalities))
    return visit.page("journals.html", journals=list(zip(municipalities, counts, strict=True)))


async def _counts(root: str | None) -> dict[str, Any] | None:
    if root is None:
        return None
    try:
        counts: dict[str, Any] = await ask(root, "GET", "counts")
    except Unanswered:
        return {}
    return counts


def root_of(visit: Visit, number: str) -> str:
    """The address of a municipality's simulated EPJ. Raises Stop where there is none."""
    root = visit.console.epj_roots().get(number)
    if root is None:
        raise Stop(404, "error.missing")
    return root


async def _note_of_case(visit: Visit) -> Response:
    number, case_id = visit.request.path_params["number"], visit.request.path_params["case_id"]
    try:
        found = await ask(root_of(visit, number), "GET", f"notes?key={quote(case_id)}")
    except Unanswered:
        raise Stop(502, "error.epj") from None
    if not found:
        raise Stop(404, "error.note")
    return visit.go(f"/journals/{number}/page/notat/{int(found[0]['id'])}")


async def _page(visit: Visit) -> Response:
    number, path = visit.request.path_params["number"], visit.request.path_params["path"]
    root = root_of(visit, number)
    if path != "stil.css":
        await note_seen(visit, "journal", f"{number}/{path}")
    try:
        fetched = await fetch_page(root, path, offset=visit.request.query_params.get("fra", ""))
    except Unanswered:
        raise Stop(502, "error.epj") from None
    if fetched is None:
        raise Stop(404, "error.missing")
    if fetched.media_type != "text/html":
        look = fetched.content + (_WAY_BACKS_LOOK if path == "stil.css" else b"")
        return Response(look, fetched.status, media_type=fetched.media_type)
    return Response(_at_home(fetched.content, number, visit), fetched.status, media_type="text/html; charset=utf-8")


def _at_home(page: bytes, number: str, visit: Visit) -> bytes:
    """The page with its links under our address, and a way back after the way past the menu."""
    text = page.decode().replace('href="/', f'href="/journals/{number}/page/')
    name = escape(visit.say("journals.back"))
    way_back = f'<nav aria-label="Knutepunkt"><a href="/journals" lang="{visit.language}">{name}</a></nav>'
    start = text.find("<header")
    return (text[:start] + way_back + text[start:]).encode()
