"""Cost: what the hub costs each municipality under assumptions that are moved by hand, answered at once.

What calculates (`hub.console.cost_answer`) is loaded in a thread at the first question, not at the hub's start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.visit import Visit

EVERYBODY = 357


@dataclass(frozen=True, slots=True)
class Slider:
    """A figure that is moved by hand; `unit` is a key of the word tables."""

    name: str
    least: int
    most: int
    step: int
    default: int
    unit: str

    def value(self, query: Mapping[str, str]) -> int:
        """The figure in a query, within its bounds."""
        said = query.get(self.name, "")
        number = int(said) if said.lstrip("-").isdigit() and len(said) < 12 else self.default
        return min(max(number, self.least), self.most)


SLIDERS = (
    Slider("total", 1, 100, 1, 20, "cost.unit_total"),
    Slider("state_share", 0, 100, 5, 0, "cost.unit_percent"),
    Slider("connected", 1, EVERYBODY, 1, EVERYBODY, "cost.unit_municipalities"),
    Slider("growth", -10, 30, 1, 0, "cost.unit_percent"),
)


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


def slider_values(query: Mapping[str, str]) -> dict[str, int]:
    """What each slider stands at in a query."""
    return {slider.name: slider.value(query) for slider in SLIDERS}


def _answered(query: Mapping[str, str], values: Mapping[str, int]) -> dict[str, Any]:
    from hub.console.cost_answer import answered

    return answered(query, values)


def _models() -> Sequence[object]:
    from hub.metering.model_list import model_answers

    return model_answers()


def _reported(query: Mapping[str, str]) -> str:
    from hub.console.cost_answer import reported

    return reported(query, slider_values(query))
