"""The cost model over HTTP: the same answers as `knutepunkt cost`, as JSON.

An order that can't be used is answered 422 with every fault. Tables (key, connected, changes) come as CSV text in the
body; no path of the server's is ever read. With a token, every call needs it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from hub.api.gatekeeper import gatekeeper
from hub.metering.bill_answer import BillAnswer, bill_answer, places_of
from hub.metering.billing_order import Billing, BillingForm, billing_of
from hub.metering.comparison import ComparisonAnswer, compare
from hub.metering.explanation import Explanation, explain
from hub.metering.ledger import UsageTable, usage_table_from
from hub.metering.ledger_export import ExportFormat, write_ledger
from hub.metering.model_list import ModelAnswer, model_answers
from hub.metering.order_form import OrderForm, Written, order_of
from hub.metering.run import Order, run
from hub.metering.run_answer import RunAnswer, run_answer
from hub.metering.solving import Goal, SolveAnswer, solve
from hub.metering.use_source import UseSource
from hub.model.errors import ConfigurationError
from hub.model.usage import UsageRecord

T = TypeVar("T")
_MEDIA = {
    "cloudevents": "application/x-ndjson",
    "lago": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What the cost door works on: the hub's own usage records, and the token that lets callers in (None: anybody)."""

    usage_records: Callable[[], AsyncIterator[UsageRecord]]
    token: str | None = None


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    order: OrderForm
    use: Literal["assumed", "ledger", "sample"] = Field(
        "assumed", description="assumed: forutsatt bruk. ledger: målt bruk. sample: målte døgn ganget opp"
    )


class RunAsked(_Asked):
    """One model over one period."""


class CompareAsked(_Asked):
    """Models side by side; the first is the base."""

    models: list[str] = Field(min_length=1, max_length=12)
    draws: int = Field(200, ge=1, le=1000)


class SolveAsked(_Asked):
    """A parameter to be found."""

    parameter: str = "price"
    state_percent: Decimal | None = Field(None, ge=0, le=100)
    max_per_inhabitant: Decimal | None = Field(None, ge=0, le=1_000_000)


class InvoiceAsked(_Asked):
    """Invoices of some municipalities."""

    municipalities: list[str] = Field(default_factory=list, max_length=400)
    vat: Written = "25"
    grace_days: int = Field(5, ge=0, le=28)


class ExplainAsked(InvoiceAsked):
    """A line of those invoices."""

    line: str


class FaultAnswer(BaseModel):
    """One fault of an order: the field or file, the line in it (0: the whole), and what is wrong."""

    where: str
    line: int
    text: str


class Faults(BaseModel):
    """Every fault of an order."""

    detail: list[FaultAnswer]


_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "Driftsnøkkelen mangler eller er feil"},
    422: {"description": "Noe i ordren kan ikke brukes", "model": Faults},
}


def router(cost: Cost) -> APIRouter:
    """The routes under `/cost`."""
    routes = APIRouter(
        prefix="/cost", tags=["kostnad"], responses=_REFUSED, dependencies=[Depends(gatekeeper(cost.token))]
    )
    _add_models(routes)
    _add_calculations(routes, cost)
    _add_invoices(routes, cost)
    return routes


@asynccontextmanager
async def _faults() -> AsyncIterator[None]:
    try:
        yield
    except ConfigurationError as error:
        faults = [{"where": f.key, "line": f.line, "text": f.text} for f in error.faults]
        raise HTTPException(422, faults) from error


async def _calculated(calculate: Callable[..., T], *arguments: Any) -> T:
    async with _faults():
        return await asyncio.to_thread(calculate, *arguments)


async def _table(cost: Cost) -> UsageTable:
    async with _faults():
        return await usage_table_from(cost.usage_records())


async def _source(cost: Cost, asked: _Asked) -> UseSource | None:
    if asked.use == "assumed":
        return None
    table = await _table(cost)
    return UseSource(lambda: table, is_sample=asked.use == "sample")


def _orders(asked: _Asked, source: UseSource | None, models: list[str]) -> list[Order]:
    forms = [asked.order.model_copy(update={"model": model}) for model in models]
    metered = source.metered(order_of(forms[0])) if source else None
    return [order_of(form, metered=metered) for form in forms]


def _add_models(routes: APIRouter) -> None:
    @routes.get("/models")
    async def models() -> list[ModelAnswer]:
        """The price models with parameters, formulas and worked examples."""
        return model_answers()

    @routes.get("/models/{name}")
    async def model(name: Annotated[str, Path(max_length=60)]) -> ModelAnswer:
        """One price model."""
        async with _faults():
            return model_answers(name)[0]


def _add_calculations(routes: APIRouter, cost: Cost) -> None:
    @routes.post("/run")
    async def run_one(asked: RunAsked) -> RunAnswer:
        """One model for all municipalities, month for month."""
        source = await _source(cost, asked)
        return await _calculated(lambda: run_answer(run(_orders(asked, source, [asked.order.model])[0])))

    async def compared(asked: CompareAsked) -> ComparisonAnswer:
        source = await _source(cost, asked)
        seed = asked.order.draws_seed
        return await _calculated(lambda: compare(_orders(asked, source, asked.models), draws=asked.draws, seed=seed))

    @routes.post("/compare")
    async def compare_them(asked: CompareAsked) -> ComparisonAnswer:
        """Models side by side, with percentile bands from seeded draws."""
        return await compared(asked)

    @routes.post("/compare/report", response_class=HTMLResponse)
    async def report(asked: CompareAsked) -> HTMLResponse:
        """The comparison as one HTML page with charts."""
        answer = await compared(asked)
        return HTMLResponse(await asyncio.to_thread(_report, answer))

    @routes.post("/solve")
    async def solve_it(asked: SolveAsked) -> SolveAnswer:
        """The value of a parameter that meets a state share, a limit per inhabitant, or both."""
        goal = Goal(state_percent=asked.state_percent, most_per_inhabitant=asked.max_per_inhabitant)
        source = await _source(cost, asked)
        return await _calculated(lambda: solve(_orders(asked, source, [asked.order.model])[0], asked.parameter, goal))


def _add_invoices(routes: APIRouter, cost: Cost) -> None:
    async def billing(asked: InvoiceAsked) -> Billing:
        source = await _source(cost, asked)
        form = BillingForm(order=asked.order, vat=asked.vat, grace_days=asked.grace_days)
        return await _calculated(billing_of, form, source)

    @routes.post("/invoice")
    async def invoice(asked: InvoiceAsked) -> list[BillAnswer]:
        """The invoices of the municipalities named (none: all), with adjustments for what came late."""
        made = await billing(asked)

        def bills() -> list[BillAnswer]:
            places = places_of(made.billed, asked.municipalities)
            return [bill_answer(bill) for bill in made.billed.bills(places)]

        return await _calculated(bills)

    @routes.post("/explain")
    async def explain_line(asked: ExplainAsked) -> Explanation:
        """A line explained: the rule, the figures, and the cases behind it, the patients as pseudonyms."""
        made = await billing(asked)
        return await _calculated(explain, made.billed, asked.line, made.table)

    @routes.get("/export", response_class=Response)
    async def export(form: ExportFormat = "cloudevents") -> Response:
        """The hub's own ledger in a format that OpenMeter, Lago or a spreadsheet takes."""
        table = await _table(cost)
        content = await _calculated(_exported, table, form)
        return Response(content, media_type=_MEDIA[form])


def _report(answer: ComparisonAnswer) -> str:
    # the charts' library takes seconds to import: a hub that starts needn't wait for it
    from hub.metering.documents.report import comparison_report

    return comparison_report(answer)


def _exported(table: UsageTable, form: ExportFormat) -> bytes:
    with tempfile.TemporaryDirectory(prefix="knutepunkt-") as folder:
        path = FilePath(folder) / "ledger"
        write_ledger(table, path, form)
        return path.read_bytes()
