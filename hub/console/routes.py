"""All the console's routes."""

from __future__ import annotations

from starlette.routing import Route

from hub.console import (
    case_pages,
    cost_pages,
    flow_pages,
    journal_pages,
    operations_pages,
    people_pages,
    quarantine_pages,
    rehearsal_pages,
    sign_in_pages,
    start_pages,
    trial_pages,
)
from hub.console.door import Door
from hub.rehearsal.desk import Desk

_PAGES = (
    start_pages,
    flow_pages,
    case_pages,
    journal_pages,
    operations_pages,
    quarantine_pages,
    trial_pages,
    cost_pages,
    people_pages,
    sign_in_pages,
)


def routes(door: Door, desk: Desk) -> list[Route]:
    """Every page of the console, and the static files."""
    pages = (route for pages in _PAGES for route in pages.routes(door))
    return [*door.static(), *pages, *rehearsal_pages.routes(door, desk)]
