"""Operations: what waits and why, who sends what, devices, alerts; and what a person decides about it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.times import ago
from hub.console.visit import Stop, Visit
from hub.dispatch import decisions
from hub.store.overview import per_sender, unsettled
from hub.store.quarantine import list_quarantined
from hub.store.waiting import held, list_waiting
from hub.store.watching import all_devices, list_alerts

_DEVICES_SHOWN = 300


def routes(door: Door) -> Sequence[Route]:
    """The pages and the decisions."""
    return (
        door.get("/drift", _overview),
        door.get("/drift/devices", _devices),
        door.post("/drift/resend", _resend),
        door.post("/drift/hold", _hold),
        door.post("/drift/release", _release),
    )


async def _overview(visit: Visit) -> Response:
    console = visit.console
    async with console.engines.reading() as connection:
        on_the_way = await unsettled(connection)
        waiting = await list_waiting(connection)
        holds = set(await held(connection))
        alerts = await list_alerts(connection)
        senders = await per_sender(connection)
        quarantined = await list_quarantined(connection, most=6)
    now = console.clock.now()
    return visit.page(
        "drift.html",
        on_the_way=[(row, ago(now - row.oldest, visit.language)) for row in on_the_way if row.state != "waiting"],
        waiting=waiting,
        destinations=[(m, d, (m, d) in holds) for m, d in sorted(console.dispatcher.addresses)],
        alerts=alerts,
        senders=senders,
        quarantined=quarantined,
    )


async def _devices(visit: Visit) -> Response:
    async with visit.console.engines.reading() as connection:
        devices = await all_devices(connection)
    only_silent = visit.request.query_params.get("show") == "silent"
    shown = [d for d in devices if d.silent_since is not None or not only_silent]
    now = visit.console.clock.now()
    return visit.page(
        "devices.html",
        devices=[(d, ago(now - d.heard_at, visit.language)) for d in shown[:_DEVICES_SHOWN]],
        count=len(shown),
        only_silent=only_silent,
    )


async def _resend(visit: Visit) -> Response:
    console = visit.console
    case_id, destination, by = visit.field("case_id"), visit.field("destination"), visit.who[0]
    if not await decisions.send_again(
        console.engines, console.dispatcher, console.clock, case_id=case_id, destination=destination, by=by
    ):
        raise Stop(409, "error.not_waiting")
    return visit.go(f"/cases/{case_id}" if visit.field("from") == "case" else "/drift#waiting")


async def _hold(visit: Visit) -> Response:
    console = visit.console
    await decisions.hold(console.engines, console.dispatcher, console.clock, _address(visit))
    return visit.go("/drift#destinations")


async def _release(visit: Visit) -> Response:
    console = visit.console
    await decisions.release(console.engines, console.dispatcher, _address(visit))
    return visit.go("/drift#destinations")


def _address(visit: Visit) -> tuple[str, str]:
    address = (visit.field("municipality"), visit.field("destination"))
    if not visit.console.dispatcher.knows(address):
        raise Stop(404, "error.missing")
    return address
