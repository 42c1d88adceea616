"""The national side of one test: a hub of its own, with a script of faults and a record of all that it heard."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from connectors.testing.driving import HelseIdAccess, Surroundings, TlsFiles, Way
from hub.app.addresses import addresses
from hub.app.cable import Cable
from hub.app.listening import listening_socket
from hub.app.national import Close, add_national_doors
from hub.app.orders import Orders
from hub.app.parts import Fittings, Parts, make_parts
from hub.app.serving import http_server
from hub.app.web import national_parts
from hub.conformance.national.certificates import Server
from hub.conformance.national.gatehouse import Gatehouse, Receive, Scope, Send
from hub.conformance.national.heard import Heard
from hub.conformance.national.mqtt_packets import Packet, PacketReader
from hub.conformance.national.script import Script
from hub.conformance.national.spoiling import spoiled
from hub.conformance.national.watched import WatchedDoor, WatchedIngest
from hub.settings import Settings
from hub.store.engine import STORE_FILE, Engines, open_engines
from hub.token_service import KEY_FILE, SigningKeys

_ENDS_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class LaneOrders:
    """What a lane is made of: its folder (with a store and the token service's keys in it), settings, and the broker.

    `client_jwk` is the private key of the client that the system signs in as. `http_port` and `mqtt_port` are fixed
    where the system can't be told anew for each test, else 0. With `server` the lane speaks TLS as that server.
    """

    folder: Path
    settings: Settings
    broker_port: int
    sender: str
    client_jwk: dict[str, Any]
    http_port: int = 0
    mqtt_port: int = 0
    server: Server | None = None


class Lane:
    """A running national side. `script` says what goes wrong next, `heard` holds what has come."""

    def __init__(self, orders: LaneOrders, http: Cable, mqtt: Cable, heard: Heard, script: Script) -> None:
        self.orders = orders
        self.http = http
        self.mqtt = mqtt
        self.heard = heard
        self.script = script
        self.municipality = orders.settings.municipality[0].organisation_number
        self.sender = orders.sender
        self.engines: Engines
        self.parts: Parts

    @property
    def base(self) -> str:
        """The address of the national services, as the system sees it."""
        return _base(self.http, self.orders.server)

    @property
    def client(self) -> HelseIdAccess:
        """The HelseID client that the system is."""
        client = self.orders.settings.client[0]
        return HelseIdAccess(
            issuer=addresses(self.base)["token_service"],
            client_id=client.client_id,
            scopes=client.scopes,
            private_jwk=self.orders.client_jwk,
        )

    def surroundings(self, way: Way, **more: Any) -> Surroundings:
        """What the system is told of the lane; `more` overrides it."""
        at, server = addresses(self.base), self.orders.server
        scheme = "mqtts" if server else "mqtt"
        told: dict[str, Any] = {
            "municipality": self.municipality,
            "sender": self.sender,
            "way": way,
            "mqtt": f"{scheme}://{server.name if server else '127.0.0.1'}:{self.mqtt.port}",
            "vkp": self.base,
            "jft": at["jft_write"],
            "pit": at["pit"],
            "pmd": at["pmd"],
            "helseid": self.client if way != "mqtt" else None,
            "tls": TlsFiles(ca=server.trusted_pem) if server else None,
        }
        return Surroundings(**(told | more))

    def cut(self) -> None:
        """Break every connection of the system."""
        self.http.pull_out()
        self.mqtt.pull_out()

    def go_down(self) -> None:
        """Be unreachable, by every way."""
        self.http.unplug()
        self.mqtt.unplug()

    def come_back(self) -> None:
        """Be reachable again."""
        self.http.plug_in()
        self.mqtt.plug_in()


@contextlib.asynccontextmanager
async def lane(orders: LaneOrders) -> AsyncIterator[Lane]:
    """A lane that runs until the block ends."""
    heard, script = Heard(), Script()
    tls = orders.server.context() if orders.server else None
    async with contextlib.AsyncExitStack() as stack:
        inner = stack.enter_context(listening_socket("127.0.0.1", 0, key="http"))
        inner_port = inner.getsockname()[1]
        http = await stack.enter_async_context(Cable("127.0.0.1", inner_port, tls=tls, port_here=orders.http_port))
        mqtt = await stack.enter_async_context(
            Cable(
                "127.0.0.1",
                orders.broker_port,
                tls=tls,
                listen=partial(_listener, heard.hear),
                listen_back=partial(_listener, heard.hear_sent),
                port_here=orders.mqtt_port,
            )
        )
        made = Lane(orders, http, mqtt, heard, script)
        await _start(made, inner, stack)
        yield made


async def _start(made: Lane, inner: socket.socket, stack: contextlib.AsyncExitStack) -> None:
    engines = made.engines = await open_engines(made.orders.folder / STORE_FILE)
    stack.push_async_callback(engines.aclose)
    hub_orders = _hub_orders(made, inner)
    parts = made.parts = make_parts(hub_orders, engines, _fittings(made))
    stack.push_async_callback(parts.dispatcher.aclose)
    doors = _Doors(hub_orders, parts)
    stack.push_async_callback(doors.aclose)
    keys = SigningKeys(made.orders.folder / KEY_FILE)
    gate = Gatehouse(doors, made.heard, made.script, cut=made.cut, spoil=partial(spoiled, keys))
    server = http_server(gate, grace_s=1)
    serving = asyncio.create_task(server.serve(sockets=[inner]), name="a lane's HTTP")
    stack.push_async_callback(_end_serving, gate, server, serving)
    running = asyncio.create_task(_run(parts), name="a lane's hub")
    stack.push_async_callback(_end, running)
    await _ready(parts, running)


async def _run(parts: Parts) -> None:
    async with asyncio.TaskGroup() as tasks:
        for work in (
            parts.ingest.run(),
            parts.door.run(parts.bridge),
            parts.bridge.run(),
            parts.dispatcher.run(),
            parts.watch.run(),
            parts.replay.run(),
        ):
            tasks.create_task(work)


async def _ready(parts: Parts, running: asyncio.Task[None]) -> None:
    """Wait until the hub listens to the broker. Raises what ended it, if it ends first."""
    listening = asyncio.create_task(parts.bridge.ready())
    await asyncio.wait({listening, running}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        listening.cancel()
        await running


async def _end(running: asyncio.Task[None]) -> None:
    """End the hub. Raises what ended it before, or TimeoutError when it doesn't end.

    Not by awaiting the task: a test's time limit would only cancel the hub once more, and wait for ever.
    """
    running.cancel()
    await asyncio.wait({running}, timeout=_ENDS_WITHIN_S)
    if not running.done():
        raise TimeoutError("a lane's hub did not end")
    if not running.cancelled():
        running.result()


async def _end_serving(gate: Gatehouse, server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    """Let the server close its sockets itself: what is cancelled leaves them with the event loop."""
    gate.close()
    server.should_exit = server.force_exit = True
    await serving


class _Doors:
    """The national doors, made when somebody first comes to them: most tests over MQTT never do."""

    def __init__(self, orders: Orders, parts: Parts) -> None:
        self._orders = orders
        self._parts = parts
        self._app: FastAPI | None = None
        self._close: Close | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the doors do."""
        if self._app is None:
            self._app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
            self._close = add_national_doors(self._app, national_parts(self._orders, self._parts))
        await self._app(scope, receive, send)

    async def aclose(self) -> None:
        """Give back the doors' connections."""
        if self._close is not None:
            await self._close()


def _listener(hear: Callable[[Packet], None]) -> Callable[[bytes], None]:
    return PacketReader(hear).feed


def _base(http: Cable, server: Server | None) -> str:
    return f"https://{server.name}:{http.port}" if server else f"http://127.0.0.1:{http.port}"


def _fittings(made: Lane) -> Fittings:
    here = f"vft/{made.municipality}"
    return Fittings(
        sessions=((f"{here}/+/+/event", f"{here}/+/+/status", f"{here}/response-centre/receipt"),),
        ingest=partial(WatchedIngest, heard=made.heard),
        door=partial(WatchedDoor, heard=made.heard, script=made.script, cut=made.mqtt.pull_out),
    )


def _hub_orders(made: Lane, inner: socket.socket) -> Orders:
    orders = made.orders
    settings = orders.settings
    if orders.server is not None:
        settings = settings.model_copy(update={"http": settings.http.model_copy(update={"public_url": made.base})})
    return Orders(
        settings=settings,
        data_directory=orders.folder,
        http_fd=inner.fileno(),
        http_url=made.base,
        broker_url=f"mqtt://127.0.0.1:{orders.broker_port}",
        is_broker_embedded=True,
        epj_urls={},
        ready_file=orders.folder / "ready",
    )
