"""The hub's life from its orders to SIGTERM: the parts run beside each other in one event loop."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import signal
import socket

import uvicorn

from hub.app.default_register import fill_default_register
from hub.app.orders import Orders
from hub.app.parts import Parts, make_parts
from hub.app.serving import http_server
from hub.app.web import web_application
from hub.store.engine import STORE_FILE, open_engines
from hub.store.waiting import held

log = logging.getLogger(__name__)

#: How many more containers may be made than were dropped before the youngest are searched (Python's own is 700).
_ALLOCATIONS = 20_000
#: How long open streams (the console's live flow) may hold up the end, in seconds.
_GRACE_S = 1


async def run(orders: Orders) -> None:
    """Run the hub until SIGTERM. Raises StoreUnavailable (in a group) when the store fails."""
    location = orders.settings.store.url or orders.data_directory / STORE_FILE
    engines = await open_engines(location)
    parts = make_parts(orders, engines)
    await fill_default_register(engines, orders.settings)
    async with engines.reading() as connection:
        for address in await held(connection):
            if parts.dispatcher.knows(address):
                parts.dispatcher.hold(address)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        await _run_until(stopping, orders, parts)
    finally:
        await parts.dispatcher.aclose()
        await engines.aclose()


def _spare_the_collector() -> None:
    """Leave what lives as long as the process out of every search for cycles, and search seldom.

    Thousands of events a second make many short-lived objects that die by reference count alone.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 50)
    gc.enable()


async def _run_until(stopping: asyncio.Event, orders: Orders, parts: Parts) -> None:
    app = web_application(orders, parts)
    _spare_the_collector()
    server = http_server(app, grace_s=_GRACE_S)
    app.state.server = server
    listening = socket.socket(fileno=orders.http_fd)
    async with asyncio.TaskGroup() as tasks:
        work = [
            tasks.create_task(parts.ingest.run(), name="commit messages"),
            tasks.create_task(parts.door.run(parts.bridge), name="answer messages"),
            tasks.create_task(parts.bridge.run(), name="keep the broker connections"),
            tasks.create_task(parts.dispatcher.run(), name="deliver"),
            tasks.create_task(parts.watch.run(), name="watch devices and deadlines"),
            tasks.create_task(parts.replay.run(), name="commit used tokens"),
        ]
        serving = tasks.create_task(server.serve(sockets=[listening]), name="serve HTTP")
        work.append(tasks.create_task(_tell_when_ready(orders, parts, server), name="tell when ready"))
        await stopping.wait()
        server.should_exit = True
        await serving
        await app.state.close()
        for task in work:
            task.cancel()


async def _tell_when_ready(orders: Orders, parts: Parts, server: uvicorn.Server) -> None:
    await parts.bridge.ready()
    while not server.started:  # noqa: ASYNC110  # uvicorn tells by a flag only
        await asyncio.sleep(0.01)
    temporary = orders.ready_file.with_suffix(".new")
    temporary.write_text(json.dumps({"ready": True}), encoding="utf-8")
    temporary.replace(orders.ready_file)
    log.info("the hub is ready")
