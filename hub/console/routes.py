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
    sign_in_pages,
    start_pages,
    trial_pages,
)
from hub.console.console import Console
from hub.console.door import Door

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


def routes(console: Console) -> list[Route]:
    """Every page of `console`, and the static files."""
    door = Door(console)
    return [door.static(), *(route for pages in _PAGES for route in pages.routes(door))]
