"""The quarantine: what was not taken in, the fault pointed out in the message, and correcting it on the spot."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.looks import note_seen
from hub.console.source_text import beside, readable, source_text
from hub.console.visit import Stop, Visit
from hub.fhir.lint import Linter
from hub.ingest.identify import identifier_of
from hub.ingest.resubmitting import submit_again
from hub.model.case import CaseMessage
from hub.model.codes import ReceiptCode
from hub.model.event import Outcome
from hub.model.finding import Finding
from hub.store.delivering import history_of
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
    return await _page(visit, row, text=readable(row.raw), findings=row.findings)


async def _page(
    visit: Visit, row: Quarantined, *, text: str, findings: Sequence[Finding], key: str = "", status: int = 200
) -> Response:
    """The page with `text` in the editor and `findings` pointing into it; `key` says what just happened."""
    rival = await _rival(visit, row)
    raw = text.encode()
    return visit.page(
        "quarantined.html",
        status=status,
        row=row,
        source=source_text(raw, findings) if rival is None else beside(raw, rival.raw, findings),
        rival=rival,
        registered=None if rival is None else beside(rival.raw, raw),
        text=text,
        happened=key,
        is_edited=text != readable(row.raw),
    )


async def _rival(visit: Visit, row: Quarantined) -> CaseMessage | None:
    """What is registered in place of an open conflict, after noting that it is seen: the newest with its identifier."""
    if row.kind != "conflict" or row.state != "open" or row.case_id is None:
        return None
    async with visit.console.engines.reading() as connection:
        history = await history_of(connection, row.case_id)
    if history is None:
        return None
    await note_seen(visit, "case", row.case_id)
    named = identifier_of(row.raw)
    same = [m for m in history.messages if (m.identifier_system, m.identifier_value) == named]
    return next((m for m in reversed(same) if m.standing == "current"), history.messages[0])


async def _correct(visit: Visit) -> Response:
    row = await _row(visit)
    _must_be_open(row)
    text = visit.field("content").replace("\r\n", "\n")
    await note_seen(visit, "quarantine", str(row.id))
    if visit.field("action") == "check":
        report = Linter("jft" if row.door == "jft" else "vkp", visit.console.clock.now(), visit.console.settings.mode)
        remarks = [remark.finding for remark in report.lint(text.encode(), "").remarks]
        is_fine = not any(f.is_error for f in remarks)
        return await _page(visit, row, text=text, findings=remarks, key="checked_ok" if is_fine else "checked_bad")
    outcome = await _submitted(visit, row, text.encode(), is_decided=False)
    if outcome.code in {ReceiptCode.REJECTED, ReceiptCode.CONFLICT}:
        key = f"still_{outcome.code.value}"
        return await _page(visit, row, text=text, findings=outcome.findings, key=key, status=422)
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
