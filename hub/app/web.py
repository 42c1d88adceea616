"""The hub's web application: every HTTP door in one."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from hub import VERSION
from hub.api import operations as operations_door
from hub.api import pull as pull_door
from hub.api import rehearsal as rehearsal_door
from hub.api.operations import Operations
from hub.app.console import People, add_console, people
from hub.app.costs import add_cost_door
from hub.app.national import PREFIXES, NationalParts, add_national_doors
from hub.app.orders import Orders
from hub.app.parts import Parts
from hub.app.rehearsing import rehearsal_desk, with_rehearsal_clients
from hub.plugins import EPJ_ADAPTERS, discover


def web_application(orders: Orders, parts: Parts) -> FastAPI:
    """The application with its doors; `app.state.close()` gives their connections back."""
    orders = with_rehearsal_clients(orders)
    app = FastAPI(title="Knutepunkt", version=VERSION, docs_url=None, redoc_url=None)
    operations = Operations(parts.engines, parts.ingest, parts.dispatcher, parts.clock, orders.operations_token)
    app.include_router(operations_door.router(operations))
    app.include_router(pull_door.router(_pull(orders, parts)))
    desk = rehearsal_desk(orders, parts.engines, parts.clock)
    app.include_router(rehearsal_door.router(rehearsal_door.RehearsalDoor(desk, orders.operations_token)))
    add_cost_door(app, orders, parts)
    known = people(orders)
    app.state.close = add_national_doors(app, national_parts(orders, parts, known))
    add_console(app, orders, parts, known, desk=desk, national=PREFIXES)

    @app.get("/health", tags=["drift"])
    async def health() -> JSONResponse:
        """Whether the hub listens to its broker."""
        is_ready = parts.bridge.is_ready
        return JSONResponse({"ready": is_ready}, 200 if is_ready else 503)

    return app


def national_parts(orders: Orders, parts: Parts, known: People | None = None) -> NationalParts:
    """What the national doors are made of; `known` are the people who can sign in."""
    pull = _pull(orders, parts)
    return NationalParts(
        settings=orders.settings,
        engines=parts.engines,
        ingest=parts.ingest,
        clock=parts.clock,
        replay=parts.replay,
        data_directory=orders.data_directory,
        http=orders.http_url,
        pulling=pull.municipalities,
        document=pull.document,
        usage_of=parts.usage_of,
        new_id=parts.new_id,
        people=known,
    )


def _pull(orders: Orders, parts: Parts) -> pull_door.Pull:
    adapters = discover(EPJ_ADAPTERS)
    pulling = {m.organisation_number: adapters[m.epj.adapter] for m in orders.settings.municipality}
    return pull_door.Pull(
        parts.engines,
        parts.clock,
        frozenset(number for number, adapter in pulling.items() if adapter.pulls),
        next(adapter.document for adapter in adapters.values() if adapter.document is not None),
        parts.usage_of,
        orders.operations_token,
    )
