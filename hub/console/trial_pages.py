"""Try it (test mode only): press a button, drop a message, switch faults on and off, start a scenario."""

from __future__ import annotations

import asyncio
import re
import sys
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.journal_pages import root_of
from hub.console.neighbours import Unanswered, ask
from hub.console.scenarios import Scenarios, scenario_names
from hub.console.source_text import readable, source_text
from hub.console.trial_messages import TRIALS, Press, trial_message
from hub.console.visit import Stop, Visit
from hub.fhir.lint import Linter
from hub.fhir.parsing import parse
from hub.ingest.identify import identify
from hub.ingest.preview import preview
from hub.model.errors import RejectedMessage, Unreachable
from hub.model.event import Inbound
from hub.model.note import JournalNote
from hub.model.person import LISTED_TEST_PERSONS
from hub.routing import RoutingTable
from hub.settings import SenderSettings
from hub.store.overview import case_of_identity

FAULTS = ("slow", "down", "closed", "refuses", "late", "drops")
_SECONDS = re.compile(r"[0-9]{1,4}")
_WAITS_S = 8.0
_LOOKS_S = 0.1
_DEVICE = "fil-prove"


def routes(door: Door) -> Sequence[Route]:
    """The page and what can be done on it. Nothing of it is there in production."""
    if not door.console.is_test:
        return ()
    scenarios = Scenarios()

    async def start(visit: Visit) -> Response:
        return await _start_scenario(visit, scenarios)

    async def stop(visit: Visit) -> Response:
        scenarios.stop()
        return visit.go("/try#scenario")

    async def page(visit: Visit) -> Response:
        return await _page(visit, scenarios)

    return (
        door.get("/try", page),
        door.post("/try/press", _press),
        door.post("/try/message", _message),
        door.post("/try/fault", _fault),
        door.post("/try/fault/clear", _clear),
        door.post("/try/mark", _mark),
        door.post("/try/scenario", start),
        door.post("/try/scenario/stop", stop),
    )


async def _page(visit: Visit, scenarios: Scenarios) -> Response:
    console = visit.console
    epjs = [m for m in console.settings.municipality if m.organisation_number in console.epj_roots()]
    faults = await asyncio.gather(*(_faults_of(console.epj_roots()[m.organisation_number]) for m in epjs))
    return visit.page(
        "try.html",
        trials=tuple(TRIALS),
        persons=LISTED_TEST_PERSONS,
        senders=console.settings.sender,
        epjs=list(zip(epjs, faults, strict=True)),
        faults=FAULTS,
        scenarios=scenario_names(),
        running=scenarios.running,
        command=scenarios.command("normal_day", console.mqtt_url),
    )


async def _faults_of(root: str) -> list[dict[str, object]]:
    try:
        found: list[dict[str, object]] = await ask(root, "GET", "faults")
    except Unanswered:
        return []
    return found


def _sender(visit: Visit) -> SenderSettings:
    found = [s for s in visit.console.settings.sender if f"{s.municipality}/{s.id}" == visit.field("sender")]
    if not found:
        raise Stop(404, "error.missing")
    return found[0]


async def _press(visit: Visit) -> Response:
    name, patient = visit.field("what"), visit.field("patient")
    if name not in TRIALS or patient not in LISTED_TEST_PERSONS:
        raise Stop(404, "error.missing")
    press = Press(patient, visit.console.clock.now(), str(uuid.uuid4()))
    times = 2 if visit.field("twice") else 1
    return await _publish(visit, _sender(visit), TRIALS[name].device, trial_message(name, press), times=times)


async def _publish(visit: Visit, sender: SenderSettings, device: str, payload: bytes, *, times: int) -> Response:
    """Send over MQTT as a device would, and go to the case when the hub has accepted it."""
    now = visit.console.clock.now()
    topic = f"vft/{sender.municipality}/{sender.id}/{device}/event"
    try:
        for _ in range(times):
            await visit.console.publisher.publish(topic, payload)
    except Unreachable:
        raise Stop(503, "error.broker") from None
    identity = _identity(Inbound("mqtt", sender.municipality, sender.id, device, payload, now))
    case_id = await _case_of(visit, identity) if identity else None
    return visit.go(f"/cases/{case_id}?done=accepted" if case_id else "/quarantine")


def _identity(inbound: Inbound) -> str | None:
    try:
        return identify(parse(inbound.payload), inbound).identity
    except RejectedMessage:
        return None


async def _case_of(visit: Visit, identity: str) -> str | None:
    """The case, as soon as the message has come round by the broker; None if it doesn't in time."""
    until = visit.console.clock.real() + _WAITS_S
    while visit.console.clock.real() < until:
        async with visit.console.engines.reading() as connection:
            case_id = await case_of_identity(connection, identity)
        if case_id is not None:
            return case_id
        await asyncio.sleep(_LOOKS_S)
    return None


async def _message(visit: Visit) -> Response:
    raw = await _dropped(visit)
    sender = _sender(visit)
    if visit.field("action") == "send":
        return await _publish(visit, sender, _DEVICE, raw, times=1)
    now = visit.console.clock.now()
    return _tried(visit, raw, sender, now)


async def _dropped(visit: Visit) -> bytes:
    file = visit.form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        return await file.read()
    return visit.field("content").replace("\r\n", "\n").encode()


def _tried(visit: Visit, raw: bytes, sender: SenderSettings, now: datetime) -> Response:
    vkp = Linter("vkp", now, "test").lint(raw, "melding.json")
    inbound = Inbound("mqtt", sender.municipality, sender.id, _DEVICE, raw, now)
    return visit.page(
        "tried.html",
        text=readable(raw),
        sender=sender,
        source=source_text(raw, [remark.finding for remark in vkp.remarks]),
        passes_vkp=vkp.passes_vkp,
        passes_jft=vkp.passes_jft,
        blockers=[remark.finding for remark in vkp.blockers],
        note=_note(inbound, visit.console.routing) if vkp.passes_vkp else None,
    )


def _note(inbound: Inbound, routing: RoutingTable) -> JournalNote | None:
    try:
        return preview(inbound, routing)
    except RejectedMessage:
        return None


async def _fault(visit: Visit) -> Response:
    kind, seconds = visit.field("fault"), visit.field("seconds")
    if kind not in FAULTS or not (_SECONDS.fullmatch(seconds) and 0 < int(seconds) <= 3_600):
        raise Stop(422, "error.missing")
    body = {"fault": kind, "seconds": int(seconds)}
    return await _asked_epj(visit, "POST", "faults", body, back="/try#faults")


async def _clear(visit: Visit) -> Response:
    return await _asked_epj(visit, "DELETE", "faults", None, back="/try#faults")


async def _mark(visit: Visit) -> Response:
    case_id, state = visit.field("case_id"), visit.field("state")
    body = {"key": case_id, "state": state}
    return await _asked_epj(visit, "POST", "state", body, back=f"/cases/{case_id}?done=marked")


async def _asked_epj(visit: Visit, method: str, path: str, body: Mapping[str, object] | None, *, back: str) -> Response:
    try:
        await ask(root_of(visit, visit.field("municipality")), method, path, body)
    except Unanswered:
        raise Stop(502, "error.epj") from None
    return visit.go(back)


async def _start_scenario(visit: Visit, scenarios: Scenarios) -> Response:
    name = visit.field("scenario")
    if name not in scenario_names():
        raise Stop(404, "error.missing")
    await scenarios.start(name, visit.console.mqtt_url, python=sys.executable)
    return visit.go("/flow")
