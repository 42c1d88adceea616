"""The hub that a check runs in, as the check sees it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
from sqlalchemy import select

from hub.app.rehearsing import reading
from hub.app.rehearsing.clients import RehearsalClient, rehearsal_client
from hub.model.codes import EventKind, ServiceCode
from hub.model.person import PatientRef
from hub.model.ports import Clock
from hub.rehearsal.surroundings import (
    Answer,
    AtRest,
    Disturbance,
    Door,
    OutOfReach,
    RegisteredSender,
    Registration,
    SeenNote,
    TokenTrial,
)
from hub.routing import routing_table
from hub.settings import MunicipalitySettings, Settings
from hub.store import schema
from hub.store.engine import Engines
from hub.store.quarantine import close_quarantined

_TIMEOUT = aiohttp.ClientTimeout(total=15)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Site:
    """Where the hub and its neighbours are. `epj.ready` in `data_directory` names the simulated EPJs."""

    settings: Settings
    http_url: str
    broker_url: str
    data_directory: Path


class HubSurroundings:
    """The real `Surroundings`: sends by MQTT and HTTP as vendors do, reads the EPJ's pages as nurses do."""

    def __init__(self, site: Site, engines: Engines, clock: Clock) -> None:
        self._site = site
        self._engines = engines
        self._clock = clock
        self._routing = routing_table(site.settings)

    def now(self) -> datetime:
        """The hub's time."""
        return self._clock.now()

    def registration(self, municipality: str) -> Registration | None:
        """What the configuration says of the municipality."""
        settings = self._site.settings
        found = settings.municipality_of(municipality)
        if found is None:
            return None
        senders = [s for s in settings.sender if s.municipality == municipality]
        mapped = {service.value for service in settings.service_of_alert.values()}
        return Registration(
            name=found.name,
            epj=found.epj.adapter,
            is_simulated=found.epj.url is None,
            senders=tuple(RegisteredSender(s.id, tuple(ServiceCode(c) for c in s.service_codes)) for s in senders),
            alert_route=self._routing.route(municipality, EventKind.ALERT),
            unmapped_codes=tuple(c.value for c in _WITH_ALERTS if c.value not in mapped),
            epj_codes=_epj_codes(settings, found),
            doors=self._doors(municipality),
            jft_sender=client.sender if (client := self._client(municipality)) else None,
        )

    def _doors(self, municipality: str) -> tuple[Door, ...]:
        settings = self._site.settings
        by_mqtt = settings.mode == "test" and settings.mqtt.host in _LOOPBACK
        doors: list[Door] = ["mqtt"] if by_mqtt else []
        return (*doors, "jft") if self._client(municipality) else tuple(doors)

    async def send(self, municipality: str, sender: str, payload: bytes, *, device: str, door: Door) -> Answer:
        """Send by MQTT as the sender, or by JFT as the rehearsal's client."""
        from hub.app.rehearsing import sending  # heavy, and most hubs are never rehearsed on

        if door == "jft":
            client = self._client(municipality)
            if client is None:
                raise OutOfReach("Knutepunktet har ingen klient for kommunen.")
            return await sending.by_jft(self._site.http_url, client, payload, device=device, clock=self._clock)
        return await sending.by_mqtt(self._site.broker_url, municipality, sender, payload, device=device)

    async def notes(self, municipality: str, patient: PatientRef, names: Sequence[str]) -> tuple[SeenNote, ...]:
        """The notes in the simulated EPJ, or as delivered to a real one."""
        async with self._engines.reading() as connection:
            cases = await reading.cases_of(connection, municipality, patient, names)
        await reading.settled(self._engines, municipality, cases)
        admin = self._admin(municipality)
        if admin is None:
            return tuple(await reading.as_delivered(self._engines, municipality, cases))
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            return tuple(await reading.in_epj(admin, cases, session))

    def disturbed(self, municipality: str, kind: Disturbance) -> AbstractAsyncContextManager[None]:
        """The simulated EPJ with a fault for its next request."""
        return self._disturbed(municipality, kind)

    @asynccontextmanager
    async def _disturbed(self, municipality: str, kind: Disturbance) -> AsyncIterator[None]:
        admin = self._admin(municipality)
        if admin is None:
            raise OutOfReach("Journalsystemet er ikke simulert og kan ikke forstyrres.")
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            try:
                await session.post(f"{admin}/faults", json={"fault": kind, "count": 1})
                yield
                await session.delete(f"{admin}/faults")
            except aiohttp.ClientError as error:
                raise OutOfReach("Det simulerte journalsystemet svarte ikke.") from error

    async def token(self, municipality: str, door: Door) -> TokenTrial | None:
        """A token of the rehearsal's client, tried at a door; None where the municipality has none."""
        from hub.app.rehearsing import sending  # as above

        client = self._client(municipality)
        if client is None:
            return None
        return await sending.try_token(self._site.http_url, client, door=door, clock=self._clock)

    async def at_rest(self, municipality: str) -> AtRest:
        """What waits, right now."""
        return await reading.at_rest(self._engines, municipality)

    async def dismiss(self, municipality: str, payload: bytes) -> None:
        """Take a rejected test message out of quarantine."""
        table = schema.quarantine
        sha256 = hashlib.sha256(payload).hexdigest()
        async with self._engines.writing() as connection:
            rows = await connection.execute(
                select(table.c.id).where(
                    table.c.municipality == municipality, table.c.sha256 == sha256, table.c.state == "open"
                )
            )
            for row in list(rows):
                at = self._clock.now()
                await close_quarantined(connection, row.id, state="dismissed", how="rehearsal", at=at)

    def _client(self, municipality: str) -> RehearsalClient | None:
        return rehearsal_client(self._site.settings, self._site.data_directory, municipality)

    def _admin(self, municipality: str) -> str | None:
        file = self._site.data_directory / "epj.ready"
        if not file.exists():
            return None
        found = json.loads(file.read_text(encoding="utf-8")).get(municipality)
        return str(found["admin"]) if found else None


#: The services that alerts belong to; the response service has none of its own.
_WITH_ALERTS = (
    ServiceCode.SAFETY_ALARM,
    ServiceCode.LOCATION,
    ServiceCode.MEDICATION,
    ServiceCode.DIGITAL_SUPERVISION,
    ServiceCode.REMOTE_MONITORING,
)


def _epj_codes(settings: Settings, found: MunicipalitySettings) -> dict[str, tuple[str, ...]]:
    """The EPJ's code of each service: the municipality's own, else the common one."""
    common, own = dict(settings.vkp.service_codes), dict(found.vkp.service_codes)
    return {str(code): patterns for code, patterns in (common | own).items()}
