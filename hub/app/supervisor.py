"""Starts the parts (broker, simulated EPJs, hub), waits until all answer, and keeps them running."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from hub.app.addresses import addresses
from hub.app.children import Child, Keeper
from hub.app.listening import listening_socket, port_to_use, until_it_answers, url_of
from hub.app.orders import Orders
from hub.app.possible import check_broker, usable_directory
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.mqtt.embedded import HUB_USER, EmbeddedBroker, Login
from hub.settings import Settings

_READY_S = 60.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller of `up` asked for. Port 0 is any free port; `clock` is a `ScaledClock` in text."""

    settings: Settings
    data_directory: Path
    http_port: int = 0
    mqtt_port: int = 0
    broker_url: str | None = None
    clock: str | None = None
    wait_for_epj: bool = True


@dataclass(frozen=True, slots=True)
class SimulatedEpj:
    """A simulated EPJ to run: for whom, of which kind, on which listening socket."""

    organisation_number: str
    adapter: str
    listening: socket.socket

    @property
    def root(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"


@dataclass(slots=True)
class Running:
    """The parts while they run: addresses, and the keepers by name."""

    endpoints: dict[str, Any]
    keepers: dict[str, Keeper] = field(default_factory=dict)

    def let_end(self) -> None:
        """From now on, a part that ends is not started again."""
        for keeper in self.keepers.values():
            keeper.is_ending = True


@asynccontextmanager
async def running(wishes: Wishes) -> AsyncIterator[Running]:
    """The parts, ready; they are ended, hub first, when the block ends. Raises ConfigurationError or TimeoutError.

    What a killed predecessor told of its addresses is taken away once the directory is ours.
    """
    directory = usable_directory(wishes.data_directory)
    if wishes.broker_url is not None:
        check_broker(wishes.broker_url)
    with _only_here(directory):
        (directory / ENDPOINTS).unlink(missing_ok=True)
        async with contextlib.AsyncExitStack() as stack:
            yield await _start(wishes, directory, stack)


@contextlib.contextmanager
def _only_here(directory: Path) -> Iterator[None]:
    """Hold the directory, so that two hubs never share one store."""
    with (directory / "lock").open("a") as file:
        _lock(file)
        yield


def _lock(file: IO[str]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        fault = ConfigurationFault(0, "data-dir", "brukes alt av et annet knutepunkt som kjører")
        raise ConfigurationError([fault]) from error


async def _start(wishes: Wishes, directory: Path, stack: contextlib.AsyncExitStack) -> Running:
    """Start everything at once; the hub, which takes longest, first: it waits for its orders when it has awoken."""
    settings = wishes.settings
    host = settings.http.host
    listening = stack.enter_context(listening_socket(host, wishes.http_port, key="http-port"))
    http = settings.http.public_url or url_of("http", host, listening.getsockname()[1])
    simulated = [stack.enter_context(_simulated(m)) for m in to_simulate(settings)]
    broker = None if wishes.broker_url else _embedded(settings, directory, wishes.mqtt_port)
    running = Running({"http": http, **addresses(http)})
    hub = await _start_hub(directory, listening, stack, running)
    if broker is not None:
        await _keep(Keeper(Child("broker", broker.command(), directory / "logs" / "broker.log")), stack, running)
    # What makes keys is slow to import: the others are awakening meanwhile.
    from hub.app.test_clients import epj_polling, with_test_clients

    clients = with_test_clients(settings, directory, _pulling(settings))
    running.endpoints |= clients.told
    if simulated:
        await _start_epjs(simulated, partial(epj_polling, clients, http), directory, stack, running)
    urls = {m.organisation_number: m.epj.url for m in settings.municipality if m.epj.url}
    urls |= {s.organisation_number: s.root + _PATHS.get(s.adapter, "") for s in simulated}
    broker_url = await _broker_url(broker, wishes.broker_url, running)
    Orders(
        settings=clients.settings,
        data_directory=directory,
        http_fd=listening.fileno(),
        http_url=http,
        broker_url=broker_url,
        is_broker_embedded=broker is not None,
        epj_urls=urls,
        clock=wishes.clock,
        operations_token=_operations_token(directory, settings),
        ready_file=directory / _HUB_READY,
    ).save(directory / _ORDERS)
    stack.push_async_callback(hub.end)
    stack.callback(running.let_end)
    await _ready(directory, bool(simulated), running)
    running.endpoints["epj"] = urls
    return running


async def _broker_url(broker: EmbeddedBroker | None, external: str | None, running: Running) -> str:
    """The broker's address for the hub, once it answers if it is our own; what is shown of it has no password."""
    if broker is None:
        assert external is not None
        running.endpoints["mqtt"] = _without_login(external)
        return external
    await until_it_answers(broker.host, broker.port, within_s=_READY_S)
    running.endpoints["mqtt"] = url_of("mqtts" if broker.certificate else "mqtt", broker.host, broker.port)
    return _hub_url(broker, running.endpoints["mqtt"])


#: Where `up` tells its addresses, in the data directory.
ENDPOINTS = "endpoints.json"
_HUB_READY = "hub.ready"
_ORDERS = "orders.json"

#: Where in a simulated EPJ's server its interface to the hub begins.
_PATHS: Mapping[str, str] = {"fhir_rest": "/fhir", "journal_rest": "/journal"}


def to_simulate(settings: Settings) -> list[tuple[str, str]]:
    """The municipalities that get a simulated EPJ, and of which kind: none in production."""
    if settings.mode != "test":
        return []
    return [(m.organisation_number, m.epj.adapter) for m in settings.municipality if m.epj.url is None]


def _pulling(settings: Settings) -> list[str]:
    """The municipalities whose simulated EPJ fetches its notes itself."""
    return [number for number, adapter in to_simulate(settings) if adapter == "pull"]


@contextlib.contextmanager
def _simulated(municipality: tuple[str, str]) -> Iterator[SimulatedEpj]:
    with listening_socket("127.0.0.1", 0, key="epj") as listening:
        yield SimulatedEpj(*municipality, listening)


def is_open_to_all(settings: Settings) -> bool:
    """Whether nobody needs to sign in: test mode, and everything on the loopback address."""
    return settings.mode == "test" and {settings.mqtt.host, settings.http.host} <= _LOOPBACK


def _operations_token(directory: Path, settings: Settings) -> str | None:
    """The key to operations, made at first use, where one is needed."""
    if is_open_to_all(settings):
        return None
    file = directory / "operations.token"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _embedded(settings: Settings, directory: Path, port: int) -> EmbeddedBroker:
    open_to_all = settings.mode == "test" and settings.mqtt.host in _LOOPBACK
    logins = [
        Login(s.id, s.municipality, s.password_hash, is_response_centre="rt" in s.service_codes)
        for s in settings.sender
        if s.password_hash
    ]
    return EmbeddedBroker(
        host=settings.mqtt.host,
        port=port_to_use(settings.mqtt.host, port, key="mqtt-port"),
        directory=directory / "broker",
        logins=None if open_to_all else logins,
        hub_password=None if open_to_all else secrets.token_urlsafe(24),
        certificate=settings.mqtt.certificate,
        key=settings.mqtt.key,
    )


def _hub_url(broker: EmbeddedBroker, shown: str) -> str:
    if broker.hub_password is None:
        return shown
    scheme, _, rest = shown.partition("://")
    return f"{scheme}://{HUB_USER}:{broker.hub_password}@{rest}"


def _without_login(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


async def _keep(keeper: Keeper, stack: contextlib.AsyncExitStack, running: Running) -> None:
    """Run `keeper` beside us until the stack unwinds; its process is under way when this returns."""
    keeper.begin()
    stack.push_async_callback(keeper.end)
    await asyncio.sleep(0)
    running.keepers[keeper.child.name] = keeper


async def _start_epjs(
    simulated: list[SimulatedEpj],
    polling: Callable[[str], dict[str, Any]],
    directory: Path,
    stack: contextlib.AsyncExitStack,
    running: Running,
) -> None:
    """Run the simulated EPJs, all in one process of their own."""
    file = directory / "epj.json"
    ready = directory / "epj.ready"
    ready.unlink(missing_ok=True)
    epjs = [
        {
            "organisation_number": s.organisation_number,
            "adapter": s.adapter,
            "socket": s.listening.fileno(),
            "store": str(directory / f"epj-{s.organisation_number}.sqlite"),
            **polling(s.organisation_number),
        }
        for s in simulated
    ]
    file.write_text(json.dumps({"epjs": epjs, "ready_file": str(ready)}), encoding="utf-8")
    command = [sys.executable, "-m", "epj_adapter.simulated", "--config", str(file)]
    fds = tuple(s.listening.fileno() for s in simulated)
    await _keep(Keeper(Child("epj", command, directory / "logs" / "epj.log", fds)), stack, running)


async def _start_hub(
    directory: Path, listening: socket.socket, stack: contextlib.AsyncExitStack, running: Running
) -> Keeper:
    """Run the hub's process, which begins by waiting for its orders."""
    for name in (_HUB_READY, _ORDERS):
        (directory / name).unlink(missing_ok=True)
    command = [sys.executable, "-m", "hub.app.process", str(directory / _ORDERS)]
    keeper = Keeper(Child("hub", command, directory / "logs" / "hub.log", (listening.fileno(),)))
    await _keep(keeper, stack, running)
    return keeper


async def _ready(directory: Path, with_epj: bool, running: Running) -> None:
    """Wait until the hub has subscribed and everything listens. Raises TimeoutError after a minute."""
    files = [directory / _HUB_READY, *([directory / "epj.ready"] if with_epj else [])]
    async with asyncio.timeout(_READY_S):
        while not all(file.exists() for file in files):  # noqa: ASYNC110  # other processes' files have no event
            await asyncio.sleep(0.01)
    if with_epj:
        running.endpoints["epj_admin"] = {
            number: found["admin"] for number, found in json.loads((directory / "epj.ready").read_text()).items()
        }
