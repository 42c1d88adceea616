"""Cost: what the hub costs each municipality under assumptions that are moved by hand, answered at once.

What calculates (`hub.console.cost_answer`) is loaded in a thread at the first question, not at the hub's start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hub.console.cost_sliders import SLIDERS, slider_values
from hub.console.door import Door
from hub.console.visit import Visit


def routes(door: Door) -> Sequence[Route]:
    """The page, its answer alone, and the report."""
    return (
        door.get("/costs", _page),
        door.get("/costs/answer", _part),
        door.get("/costs/report", _report),
    )


async def _page(visit: Visit) -> Response:
    content = await _content(visit)
    return visit.page("costs.html", models=await asyncio.to_thread(_models), **content)


async def _part(visit: Visit) -> Response:
    return visit.page("_cost_answer.html", **await _content(visit))


async def _report(visit: Visit) -> Response:
    page = await asyncio.to_thread(_reported, visit.request.query_params)
    return HTMLResponse(page, headers={"Content-Disposition": 'attachment; filename="kostnad.html"'})


async def _content(visit: Visit) -> dict[str, Any]:
    query = visit.request.query_params
    values = slider_values(query)
    answered = await asyncio.to_thread(_answered, query, values)
    return {
        "sliders": SLIDERS,
        "values": values,
        "municipality": query.get("municipality", ""),
        "report": f"/costs/report?{visit.request.url.query}",
        **answered,
    }


def _answered(query: Mapping[str, str], values: Mapping[str, int]) -> dict[str, Any]:
    from hub.console.cost_answer import answered

    return answered(query, values)


def _models() -> Sequence[object]:
    from hub.metering.model_list import model_answers

    return model_answers()


def _reported(query: Mapping[str, str]) -> str:
    from hub.console.cost_answer import reported

    return reported(query, slider_values(query))
