"""One simulated EPJ, put together: store, API behind its faults, pages, admin, and two doors to come in by."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect

from epj_adapter.simulated import fhir_server, journal_server
from epj_adapter.simulated.admin import Admin
from epj_adapter.simulated.door import Door
from epj_adapter.simulated.faults import App, Faults, Gate, Receive, Scope, Send
from epj_adapter.simulated.known_patients import KnownPatients
from epj_adapter.simulated.pages import Pages
from epj_adapter.simulated.polling import Polling, polling_from
from epj_adapter.simulated.store import Store

if TYPE_CHECKING:
    from epj_adapter.simulated.puller import Puller

NAMES = {"fhir_rest": "Fjordjournal", "journal_rest": "Bygdejournal", "pull": "Lysjournal"}


@dataclass(slots=True)
class SimulatedEpj:
    """A simulated EPJ. `url` is what the hub is given as its address, `admin` the address of its admin calls."""

    door: Door
    back_door: Door
    path: str
    _store: Store
    _faults: Faults
    _puller: Puller | None = None
    _polling: asyncio.Task[None] | None = field(default=None)

    @property
    def url(self) -> str:
        """Where the adapter finds it."""
        return f"http://127.0.0.1:{self.door.port}{self.path}"

    @property
    def admin(self) -> str:
        """Where faults are switched on and notes are counted; open also while the EPJ is shut."""
        return f"http://127.0.0.1:{self.back_door.port}/admin"

    async def start(self) -> None:
        """Take connections, and begin to poll where it polls."""
        await self.back_door.open()
        await self.door.open()
        self._faults.changed = self._shut_or_open
        if self._puller:
            self._polling = asyncio.create_task(self._puller.run(), name="poll-hub")

    async def aclose(self) -> None:
        """Stop polling, close the doors and the store."""
        if self._polling and self._puller:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
            await self._puller.aclose()
        await asyncio.gather(self.door.aclose(), self.back_door.aclose())
        await self._store.aclose()

    async def _shut_or_open(self) -> None:
        seconds = self._faults.closed_for()
        if seconds is None:
            await self.door.open()
        else:
            self.door.shut(seconds if seconds < float("inf") else None)


def fhir_rest(
    store_path: Path, *, door: socket.socket, back_door: socket.socket, now: Callable[[], float], name: str
) -> SimulatedEpj:
    """A simulated EPJ with a FHIR REST API."""
    store, faults = Store(store_path, now=now), Faults(now)
    patients = KnownPatients(store)
    server = fhir_server.FhirServer(store, patients)
    switches = {"race": (lambda: "true" if server.race else "false", server.set_race)}
    admin = Admin(store, faults, patients, switches)
    gate = Gate(server.app(), faults, fhir_server.registers, fhir_server.error_body)
    site = _site(Pages(store, "fhir_rest", name), admin)
    front = _by_path(fhir_server.BASE, gate, site)
    return SimulatedEpj(Door(front, door), Door(site, back_door), fhir_server.BASE, store, faults)


def journal_rest(
    store_path: Path, *, door: socket.socket, back_door: socket.socket, now: Callable[[], float], name: str
) -> SimulatedEpj:
    """A simulated EPJ with a plain JSON journal API."""
    store, faults = Store(store_path, now=now), Faults(now)
    patients = KnownPatients(store)
    server = journal_server.JournalServer(store, patients)
    gate = Gate(server.app(), faults, journal_server.registers, journal_server.error_body)
    site = _site(Pages(store, "journal_rest", name), Admin(store, faults, patients))
    front = _by_path(journal_server.BASE, gate, site)
    return SimulatedEpj(Door(front, door), Door(site, back_door), journal_server.BASE, store, faults)


def pull(
    store_path: Path,
    *,
    door: socket.socket,
    back_door: socket.socket,
    now: Callable[[], float],
    name: str,
    polling: Polling,
) -> SimulatedEpj:
    """A simulated EPJ that fetches its notes itself. The HTTP client is loaded for this kind alone."""
    from epj_adapter.simulated.puller import Puller

    store, faults = Store(store_path, now=now), Faults(now)
    patients = KnownPatients(store)
    puller = Puller(
        store,
        patients,
        faults,
        polling.hub_url.rstrip("/"),
        interval_s=polling.interval_s,
        authorise=polling.authorise,
        query=polling.query,
    )

    async def follow(told: Mapping[str, Any]) -> None:
        where = polling_from(told, interval_s=polling.interval_s) if told else polling
        await puller.follow(where)

    site = _site(Pages(store, "pull", name), Admin(store, faults, patients, follow=follow))
    return SimulatedEpj(Door(site, door), Door(site, back_door), "", store, faults, puller)


def _site(pages: Pages, admin: Admin) -> App:
    return Starlette(routes=[*pages.routes(), *admin.routes()])


def _by_path(base: str, api: App, site: App) -> App:
    """Requests under `base` to the API, all others to the pages. The faults are the API's alone."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        chosen: Callable[[Scope, Receive, Send], Awaitable[None]] = api if scope["path"].startswith(base) else site
        with contextlib.suppress(ClientDisconnect):  # who went away in the middle of a request gets no answer
            await chosen(scope, receive, send)

    return app
