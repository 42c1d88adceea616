"""The quarantine: what was not taken in, the fault pointed out in the message, and correcting it on the spot."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.looks import note_seen
from hub.console.source_text import readable, source_text
from hub.console.visit import Stop, Visit
from hub.fhir.lint import Linter
from hub.ingest.resubmitting import submit_again
from hub.model.codes import ReceiptCode
from hub.model.event import Outcome
from hub.model.finding import Finding
from hub.store.quarantine import Quarantined, close_quarantined, list_quarantined, quarantined

_SHOWN = 100


def routes(door: Door) -> Sequence[Route]:
    """The pages and what can be done."""
    return (
        door.get("/quarantine", _list),
        door.get("/quarantine/{number:int}", _show),
        door.post("/quarantine/{number:int}/correct", _correct),
        door.post("/quarantine/{number:int}/accept", _accept),
        door.post("/quarantine/{number:int}/dismiss", _dismiss),
    )


async def _list(visit: Visit) -> Response:
    said = visit.request.query_params.get("after", "")
    after = int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0
    state = visit.request.query_params.get("state", "open")
    async with visit.console.engines.reading() as connection:
        rows = await list_quarantined(
            connection, state="open" if state != "all" else None, after=after, most=_SHOWN + 1
        )
    return visit.page(
        "quarantine.html",
        rows=rows[:_SHOWN],
        state="all" if state == "all" else "open",
        following=rows[_SHOWN - 1].id if len(rows) > _SHOWN else 0,
    )


async def _row(visit: Visit) -> Quarantined:
    async with visit.console.engines.reading() as connection:
        row = await quarantined(connection, visit.request.path_params["number"])
    if row is None:
        raise Stop(404, "error.missing")
    return row


async def _show(visit: Visit) -> Response:
    row = await _row(visit)
    await note_seen(visit, "quarantine", str(row.id))
    return _page(visit, row, text=readable(row.raw), findings=row.findings)


def _page(
    visit: Visit, row: Quarantined, *, text: str, findings: Sequence[Finding], key: str = "", status: int = 200
) -> Response:
    """The page with `text` in the editor and `findings` pointing into it; `key` says what just happened."""
    return visit.page(
        "quarantined.html",
        status=status,
        row=row,
        source=source_text(text.encode(), findings),
        text=text,
        happened=key,
        is_edited=text != readable(row.raw),
    )


async def _correct(visit: Visit) -> Response:
    row = await _row(visit)
    _must_be_open(row)
    text = visit.field("content").replace("\r\n", "\n")
    await note_seen(visit, "quarantine", str(row.id))
    if visit.field("action") == "check":
        report = Linter("jft" if row.door == "jft" else "vkp", visit.console.clock.now(), visit.console.settings.mode)
        remarks = [remark.finding for remark in report.lint(text.encode(), "").remarks]
        is_fine = not any(f.is_error for f in remarks)
        return _page(visit, row, text=text, findings=remarks, key="checked_ok" if is_fine else "checked_bad")
    outcome = await _submitted(visit, row, text.encode(), is_decided=False)
    if outcome.code in {ReceiptCode.REJECTED, ReceiptCode.CONFLICT}:
        return _page(visit, row, text=text, findings=outcome.findings, key=f"still_{outcome.code.value}", status=422)
    return visit.go(f"/cases/{outcome.case_id}?done={outcome.code.value}")


async def _accept(visit: Visit) -> Response:
    row = await _row(visit)
    _must_be_open(row)
    outcome = await _submitted(visit, row, row.raw, is_decided=True)
    return visit.go(f"/cases/{outcome.case_id}?done={outcome.code.value}" if outcome.case_id else "/quarantine")


async def _dismiss(visit: Visit) -> Response:
    row = await _row(visit)
    at = visit.console.clock.now()
    async with visit.console.engines.writing() as connection:
        how = f"dismissed by {visit.who[0]}"
        if not await close_quarantined(connection, row.id, state="dismissed", how=how, at=at):
            raise Stop(409, "error.settled")
    return visit.go("/quarantine")


def _must_be_open(row: Quarantined) -> None:
    if row.state != "open":
        raise Stop(409, "error.settled")


async def _submitted(visit: Visit, row: Quarantined, payload: bytes, *, is_decided: bool) -> Outcome:
    console = visit.console
    return await submit_again(
        console.engines, console.ingest, console.clock, row, payload=payload, is_decided=is_decided
    )
