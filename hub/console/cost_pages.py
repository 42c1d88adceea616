"""Cost: what the hub costs each municipality under assumptions that are moved by hand, answered at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hub.console.charts import Chart, months_chart
from hub.console.door import Door
from hub.console.visit import Visit
from hub.metering.comparison import compare
from hub.metering.model_list import model_answers
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import run
from hub.metering.run_answer import MunicipalityAnswer, RunAnswer, run_answer
from hub.model.errors import ConfigurationError

_BASE = "nhn-2024"
_LISTED = 10
_DRAWS = 50
_EVERYBODY = 357


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
    Slider("connected", 1, _EVERYBODY, 1, _EVERYBODY, "cost.unit_municipalities"),
    Slider("growth", -10, 30, 1, 0, "cost.unit_percent"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page shows of one calculation. Amounts in whole øre."""

    run: RunAnswer
    chart: Chart
    dearest: tuple[MunicipalityAnswer, ...]
    cheapest: tuple[MunicipalityAnswer, ...]
    middle: int
    chosen: MunicipalityAnswer | None


def routes(door: Door) -> Sequence[Route]:
    """The page, its answer alone, and the report."""
    return (
        door.get("/costs", _page),
        door.get("/costs/answer", _part),
        door.get("/costs/report", _report),
    )


async def _page(visit: Visit) -> Response:
    return visit.page("costs.html", models=model_answers(), **await _content(visit))


async def _part(visit: Visit) -> Response:
    return visit.page("_cost_answer.html", **await _content(visit))


async def _content(visit: Visit) -> dict[str, Any]:
    query = visit.request.query_params
    values = {slider.name: slider.value(query) for slider in SLIDERS}
    form = _form(query, values)
    answer, faults = await asyncio.to_thread(_answer, form, query.get("municipality", ""))
    order = form.model_dump(by_alias=True, exclude_defaults=True)
    return {
        "sliders": SLIDERS,
        "values": values,
        "model": form.model,
        "answer": answer,
        "faults": faults,
        "municipality": query.get("municipality", ""),
        "curl": orjson.dumps({"order": order}).decode(),
        "command": _command(form),
        "report": f"/costs/report?{visit.request.url.query}",
    }


def _form(query: Mapping[str, str], values: Mapping[str, int]) -> OrderForm:
    count = values["connected"]
    known = {model.name for model in model_answers()}
    asked = query.get("model", "")
    return OrderForm.model_validate(
        {
            "model": asked if asked in known else _BASE,
            "total": str(values["total"] * 1_000_000),
            "from": "2027-01",
            "months": 12,
            "connected": "all" if count >= _EVERYBODY else str(count),
            "state_share": str(values["state_share"]),
            "growth": str(values["growth"]),
        }
    )


def _command(form: OrderForm) -> str:
    return (
        f"cost run --model {form.model} --total {form.total} --from {form.start} --months {form.months}"
        f" --connected {form.connected} --state-share {form.state_share} --growth {form.growth}"
    )


def _answer(form: OrderForm, municipality: str) -> tuple[Answer | None, list[str]]:
    try:
        answer = run_answer(run(order_of(form)))
    except ConfigurationError as error:
        return None, [fault.text for fault in error.faults]
    paying = sorted((m for m in answer.municipalities if m.total_ore), key=lambda m: m.per_inhabitant_ore)
    return (
        Answer(
            run=answer,
            chart=months_chart(answer.months),
            dearest=tuple(reversed(paying[-_LISTED:])),
            cheapest=tuple(paying[:_LISTED]),
            middle=paying[len(paying) // 2].per_inhabitant_ore if paying else 0,
            chosen=_found(answer, municipality),
        ),
        [],
    )


def _found(answer: RunAnswer, sought: str) -> MunicipalityAnswer | None:
    word = sought.strip().casefold()
    return next((m for m in answer.municipalities if word and (m.number == word or m.name.casefold() == word)), None)


async def _report(visit: Visit) -> Response:
    query = visit.request.query_params
    form = _form(query, {slider.name: slider.value(query) for slider in SLIDERS})
    names = dict.fromkeys([_BASE, form.model])

    def made() -> str:
        # What draws the charts is heavy to import: at the first report, not at the hub's start.
        from hub.metering.documents.report import comparison_report

        orders = [order_of(form.model_copy(update={"model": name})) for name in names]
        return comparison_report(compare(orders, draws=_DRAWS, seed=1))

    page = await asyncio.to_thread(made)
    return HTMLResponse(page, headers={"Content-Disposition": 'attachment; filename="kostnad.html"'})
