"""Operations: counts, quarantine, what waits for a person, devices and alerts.

Open to anybody in test mode on the loopback address; elsewhere every call needs the operations token that `up` keeps
in its data directory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict

from hub.api.gatekeeper import gatekeeper
from hub.dispatch import decisions
from hub.dispatch.dispatcher import Dispatcher
from hub.fhir.outcome import operation_outcome
from hub.ingest.accepting import Ingest
from hub.ingest.resubmitting import submit_again
from hub.model.codes import ReceiptCode
from hub.model.event import Outcome
from hub.model.ports import Clock
from hub.store import quarantine, waiting, watching
from hub.store.engine import Engines
from hub.store.quarantine import Quarantined
from hub.store.summary import summary


@dataclass(frozen=True, slots=True)
class Operations:
    """What the operations door works on. `token` None lets anybody in."""

    engines: Engines
    ingest: Ingest
    dispatcher: Dispatcher
    clock: Clock
    token: str | None


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FindingView(_View):
    """A finding, as in the receipt."""

    severity: str
    path: str
    rule: str
    advice: str
    found: str | None
    expected: str | None


class QuarantineRowView(_View):
    """An original in quarantine, without its content."""

    id: int
    kind: str
    state: str
    door: str
    municipality: str
    sender: str
    device: str | None
    sha256: str
    findings: tuple[FindingView, ...]
    received_at: datetime
    times: int
    case_id: str | None
    settled_at: datetime | None
    settled_how: str | None


class QuarantineView(QuarantineRowView):
    """An original in quarantine with its content; bytes that are no UTF-8 are shown by their numbers."""

    content: str


class OutcomeView(_View):
    """What became of a message."""

    code: ReceiptCode
    text: str
    case_id: str | None
    outcome: dict[str, Any]


class WaitingView(_View):
    """A delivery that waits for a person."""

    case_id: str
    destination: str
    municipality: str
    reason: str
    occurred_at: datetime
    attempts: int


class AlertView(_View):
    """Something on operations' list."""

    id: int
    kind: str
    municipality: str
    case_id: str | None
    subject: str
    text: str
    raised_at: datetime


class DeviceView(_View):
    """A device as it was last heard."""

    municipality: str
    sender: str
    device: str
    state: str
    battery: float | None
    reported_at: datetime | None
    heard_at: datetime
    next_within_s: float | None
    silent_since: datetime | None


def outcome_view(outcome: Outcome) -> OutcomeView:
    """`outcome` with its OperationOutcome."""
    identifier = (outcome.identifier_system, outcome.identifier_value)
    body = operation_outcome(outcome.findings, receipt=outcome.code, identifier=identifier, sha256=outcome.sha256)
    return OutcomeView(code=outcome.code, text=outcome.text, case_id=outcome.case_id, outcome=body)


Number = Annotated[int, Path(ge=1, le=2**62)]
After = Annotated[int, Query(ge=0, le=2**62)]
_Responses = dict[int | str, dict[str, Any]]
_MISSING: _Responses = {404: {"description": "Finnes ikke"}}
#: The body is taken as it is, broken or not: what is wrong with it is for the receipt to say.
_CORRECTED = {"requestBody": {"content": {"application/fhir+json": {"schema": {"type": "string", "format": "binary"}}}}}
_NOT_OPEN: _Responses = {409: {"description": "Er alt avgjort"}, **_MISSING}


def router(operations: Operations) -> APIRouter:
    """The routes under `/operations`."""
    routes = APIRouter(
        prefix="/operations",
        tags=["drift"],
        dependencies=[Depends(gatekeeper(operations.token))],
        responses={401: {"description": "Mangler driftsnøkkelen"}} if operations.token else None,
    )
    _add_overviews(routes, operations)
    _add_quarantine(routes, operations)
    _add_decisions(routes, operations)
    return routes


def _add_overviews(routes: APIRouter, operations: Operations) -> None:
    engines = operations.engines

    @routes.get("/summary")
    async def counts() -> dict[str, int]:
        """Counts of messages, cases and deliveries."""
        async with engines.reading() as connection:
            return await summary(connection)

    @routes.get("/alerts")
    async def alerts(after: After = 0) -> list[AlertView]:
        """Open technical alerts and what else operations must see, oldest first."""
        async with engines.reading() as connection:
            return [AlertView.model_validate(a) for a in await watching.list_alerts(connection, after=after)]

    @routes.get("/devices")
    async def devices() -> list[DeviceView]:
        """Every device that said anything of itself."""
        async with engines.reading() as connection:
            return [DeviceView.model_validate(d) for d in await watching.all_devices(connection)]

    @routes.get("/waiting")
    async def waits() -> list[WaitingView]:
        """Deliveries that wait for a person."""
        async with engines.reading() as connection:
            return [WaitingView.model_validate(w) for w in await waiting.list_waiting(connection)]


def _add_quarantine(routes: APIRouter, operations: Operations) -> None:
    engines = operations.engines

    async def _open(number: int) -> Quarantined:
        async with engines.reading() as connection:
            found = await quarantine.quarantined(connection, number)
        if found is None:
            raise HTTPException(404, "Ingen melding i karantene har dette nummeret.")
        return found

    @routes.get("/quarantine")
    async def listing(
        state: Literal["open", "resubmitted", "dismissed", "all"] = "open", after: After = 0
    ) -> list[QuarantineRowView]:
        """What is in quarantine, oldest first, 100 at a time."""
        async with engines.reading() as connection:
            rows = await quarantine.list_quarantined(connection, state=None if state == "all" else state, after=after)
        return [QuarantineRowView.model_validate(row) for row in rows]

    @routes.get("/quarantine/{number}", responses=_MISSING)
    async def show(number: Number) -> QuarantineView:
        """One original, whole."""
        row = await _open(number)
        view = QuarantineRowView.model_validate(row)
        return QuarantineView(**view.model_dump(), content=row.raw.decode("utf-8", "backslashreplace"))

    @routes.post("/quarantine/{number}/resubmit", responses=_NOT_OPEN, openapi_extra=_CORRECTED)
    async def resubmit(number: Number, request: Request) -> OutcomeView:
        """Send an original in again, corrected by the body if there is one. It stays in quarantine if rejected."""
        row = await _open(number)
        return await _submit_again(operations, row, await request.body() or row.raw, is_decided=False)

    @routes.post("/quarantine/{number}/accept", responses=_NOT_OPEN)
    async def accept(number: Number) -> OutcomeView:
        """Settle a conflict: this version is the one to go by."""
        row = await _open(number)
        return await _submit_again(operations, row, row.raw, is_decided=True)

    @routes.post("/quarantine/{number}/dismiss", responses=_NOT_OPEN, status_code=204)
    async def dismiss(number: Number) -> None:
        """Leave an original for good; it is kept."""
        await _open(number)
        async with engines.writing() as connection:
            at = operations.clock.now()
            if not await quarantine.close_quarantined(connection, number, state="dismissed", how="dismissed", at=at):
                raise HTTPException(409, "Meldingen er alt avgjort.")


async def _submit_again(operations: Operations, row: Quarantined, payload: bytes, *, is_decided: bool) -> OutcomeView:
    if row.state != "open":
        raise HTTPException(409, "Meldingen er alt avgjort.")
    outcome = await submit_again(
        operations.engines, operations.ingest, operations.clock, row, payload=payload, is_decided=is_decided
    )
    return outcome_view(outcome)


def _add_decisions(routes: APIRouter, operations: Operations) -> None:
    engines, dispatcher, clock = operations.engines, operations.dispatcher, operations.clock

    def _known(municipality: str, destination: str) -> tuple[str, str]:
        if not dispatcher.knows((municipality, destination)):
            raise HTTPException(404, "Kommunen har ingen slik mottaker.")
        return municipality, destination

    @routes.post("/waiting/{case_id}/{destination}/resend", responses=_NOT_OPEN, status_code=202)
    async def resend(case_id: str, destination: str) -> None:
        """Try a waiting delivery again."""
        by = "operations"
        if not await decisions.send_again(engines, dispatcher, clock, case_id=case_id, destination=destination, by=by):
            raise HTTPException(409, "Denne leveringen venter ikke på noen.")

    @routes.put("/holds/{municipality}/{destination}", responses=_MISSING, status_code=204)
    async def hold(municipality: str, destination: str) -> None:
        """Hold the traffic to a destination."""
        await decisions.hold(engines, dispatcher, clock, _known(municipality, destination))

    @routes.delete("/holds/{municipality}/{destination}", responses=_MISSING, status_code=204)
    async def release(municipality: str, destination: str) -> None:
        """Let the traffic flow again."""
        await decisions.release(engines, dispatcher, _known(municipality, destination))
