"""The list of cases, and one case: time line, note, messages with the checks beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate

import orjson
from starlette.responses import Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.happenings import subject
from hub.console.looks import note_seen
from hub.console.source_text import source_text
from hub.console.timeline import Known, steps
from hub.console.visit import Stop, Visit
from hub.journal import compose
from hub.model.case import CaseHistory
from hub.store.delivering import history_of
from hub.store.flow import flow_of_case
from hub.store.overview import case_line, deliveries_of, newest_cases, told_of

_SHOWN = 50
#: Messages, and bytes of them, shown whole on one page, so that it stays light; the others are a click away.
_WHOLE, _WHOLE_BYTES = 6, 30_000


def routes(door: Door) -> Sequence[Route]:
    """The pages."""
    return (
        door.get("/cases", _list),
        door.get("/cases/{case_id}", _case),
        door.get("/cases/{case_id}/story", _story),
        door.get("/cases/{case_id}/messages/{number:int}", _message),
        door.get("/cases/{case_id}/messages/{number:int}/raw", _raw),
    )


async def _list(visit: Visit) -> Response:
    sought = visit.request.query_params.get("id", "").strip().lower()
    if sought:
        async with visit.console.engines.reading() as connection:
            if await case_line(connection, sought) is not None:
                return visit.go(f"/cases/{sought}")
    before = _moment(visit.request.query_params.get("before", ""))
    async with visit.console.engines.reading() as connection:
        found = await newest_cases(connection, before=before, most=_SHOWN + 1)
    cases = [(case, subject(case.kind, case.service, case.alert_code, visit.language)) for case in found[:_SHOWN]]
    older = found[_SHOWN - 1].opened_at.isoformat() if len(found) > _SHOWN else ""
    return visit.page("cases.html", cases=cases, older=older, sought=sought)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _history(visit: Visit) -> CaseHistory:
    async with visit.console.engines.reading() as connection:
        history = await history_of(connection, visit.request.path_params["case_id"])
    if history is None:
        raise Stop(404, "error.case")
    return history


async def _known(visit: Visit) -> Known:
    """All that is known of the case, after noting that it is seen."""
    history = await _history(visit)
    await note_seen(visit, "case", history.key)
    async with visit.console.engines.reading() as connection:
        return Known(
            history,
            await flow_of_case(connection, history.key),
            await told_of(connection, history.key),
            await deliveries_of(connection, history.key),
        )


async def _story(visit: Visit) -> Response:
    """The time line and the note as JSON, for `knutepunkt case`."""
    known = await _known(visit)
    said = {"steps": steps(known, visit.language), "note": compose(known.history).text}
    return Response(orjson.dumps(said), media_type="application/json")


async def _case(visit: Visit) -> Response:
    known = await _known(visit)
    history = known.history
    async with visit.console.engines.reading() as connection:
        line = await case_line(connection, history.key)
    assert line is not None
    whole = _shown_whole(history)
    return visit.page(
        "case.html",
        case=line,
        subject=subject(line.kind, line.service, line.alert_code, visit.language),
        patient=history.patient,
        steps=steps(known, visit.language),
        deliveries=known.deliveries,
        note=compose(history),
        messages=[(m, source_text(m.raw, m.remarks)) for m in history.messages[:whole]],
        further=history.messages[whole:],
        journal=visit.console.is_test and line.municipality in visit.console.epj_roots(),
    )


def _shown_whole(history: CaseHistory) -> int:
    """How many of the first messages the page shows whole: one at least."""
    sizes = accumulate(len(m.raw) for m in history.messages[:_WHOLE])
    return max(sum(size <= _WHOLE_BYTES for size in sizes), 1)


async def _message(visit: Visit) -> Response:
    history = await _history(visit)
    number = visit.request.path_params["number"]
    message = next((m for m in history.messages if m.number == number), None)
    if message is None:
        raise Stop(404, "error.missing")
    await note_seen(visit, "message", f"{history.key}/{number}")
    return visit.page(
        "message.html", case_id=history.key, message=message, source=source_text(message.raw, message.remarks)
    )


async def _raw(visit: Visit) -> Response:
    history = await _history(visit)
    number = visit.request.path_params["number"]
    message = next((m for m in history.messages if m.number == number), None)
    if message is None:
        raise Stop(404, "error.missing")
    await note_seen(visit, "raw", f"{history.key}/{number}")
    name = f"{history.key}-{number}.json"
    return Response(
        message.raw, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, "application/fhir+json"
    )
