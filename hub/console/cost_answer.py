"""The answer that the cost page shows: a calculation, its chart, and how to ask for it elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from hub.console.charts import Chart, months_chart
from hub.console.cost_sliders import EVERYBODY
from hub.metering.comparison import compare
from hub.metering.model_list import model_answers
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import run
from hub.metering.run_answer import MunicipalityAnswer, RunAnswer, run_answer
from hub.model.errors import ConfigurationError

_BASE = "nhn-2024"
_LISTED = 10
_DRAWS = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page shows of one calculation. Amounts in whole øre."""

    run: RunAnswer
    chart: Chart
    dearest: tuple[MunicipalityAnswer, ...]
    cheapest: tuple[MunicipalityAnswer, ...]
    middle: int
    chosen: MunicipalityAnswer | None


def answered(query: Mapping[str, str], values: Mapping[str, int]) -> dict[str, Any]:
    """What the page's templates need of the calculation that the query asks for."""
    form = _form(query, values)
    answer, faults = _answer(form, query.get("municipality", ""))
    order = form.model_dump(by_alias=True, exclude_defaults=True)
    return {
        "model": form.model,
        "answer": answer,
        "faults": faults,
        "curl": orjson.dumps({"order": order}).decode(),
        "command": _command(form),
    }


def reported(query: Mapping[str, str], values: Mapping[str, int]) -> str:
    """The comparison with the base model as one HTML page."""
    # What draws the charts is heavy to import: at the first report, not at the first page.
    from hub.metering.documents.report import comparison_report

    form = _form(query, values)
    orders = [order_of(form.model_copy(update={"model": name})) for name in dict.fromkeys([_BASE, form.model])]
    return comparison_report(compare(orders, draws=_DRAWS, seed=1))


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
            "connected": "all" if count >= EVERYBODY else str(count),
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
