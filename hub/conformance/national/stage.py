"""What all tests of a run share on the national side: a broker, an empty store, keys, an issuer of certificates."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hub.app.children import Child, Keeper
from hub.app.listening import port_to_use, until_it_answers
from hub.app.test_clients import TEST_CLIENT, test_scopes
from hub.conformance.national.certificates import Issuer, Server
from hub.conformance.national.lane import Lane, LaneOrders, lane
from hub.model.client import Client
from hub.model.codes import Route
from hub.model.person import NHN_TEST_ORGANISATION, organisation_number_is_valid
from hub.mqtt.embedded import EmbeddedBroker
from hub.settings import MunicipalitySettings, RoutingSettings, SenderSettings, Settings
from hub.settings.schema import EpjSettings
from hub.store.engine import STORE_FILE, open_engines
from hub.token_service import KEY_FILE, TEST_KEY_FILE, SigningKeys, make_test_client

SENDER = "Acme_Alarm_Testvik"
#: Somebody else who sends for the same municipality: the equipment whose alerts a response centre gets.
ALARMS = "Fjord_Alarm_Testvik"
_FIRST_NUMBER = 310_000_000
_BROKER_S = 20.0


@dataclass(frozen=True, slots=True)
class Fixed:
    """Ports and municipality of a system that can't be told anew for each test."""

    http_port: int
    mqtt_port: int
    municipality: str
    sender: str


class Stage:
    """The national side of a run. `lane` gives each test one of its own."""

    def __init__(self, folder: Path, broker_port: int, client: Client, *, fixed: Fixed | None) -> None:
        self._folder = folder
        self._broker_port = broker_port
        self._client = client
        self._client_jwk: dict[str, Any] = json.loads((folder / TEST_KEY_FILE).read_text(encoding="utf-8"))
        self._fixed = fixed
        self._numbers = _organisation_numbers()
        self._lanes = itertools.count(1)
        self.issuer = Issuer()

    @contextlib.asynccontextmanager
    async def lane(self, *, alerts: Route = Route.EPJ, server: Server | None = None) -> AsyncIterator[Lane]:
        """A fresh national side. `alerts` is where it sends alerts; with `server` it speaks TLS as that server."""
        fixed = self._fixed
        folder = self._folder / f"lane-{next(self._lanes)}"
        folder.mkdir(mode=0o700)
        for name in (STORE_FILE, KEY_FILE):
            shutil.copyfile(self._folder / name, folder / name)
        number, sender = (fixed.municipality, fixed.sender) if fixed else (next(self._numbers), SENDER)
        settings = self._with_client(_settings(number, sender, alerts))
        orders = LaneOrders(folder, settings, self._broker_port, sender, self._client_jwk, server=server)
        if fixed:
            orders = replace(orders, http_port=fixed.http_port, mqtt_port=fixed.mqtt_port)
        try:
            async with lane(orders) as running:
                yield running
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _with_client(self, settings: Settings) -> Settings:
        """The settings with the client in them, as the system of their sender."""
        who = settings.sender[0]
        client = self._client.model_copy(update={"organisation_number": who.municipality, "vkp_id": who.id})
        return settings.model_copy(update={"client": (client,)})


@contextlib.asynccontextmanager
async def stage(folder: Path, *, fixed: Fixed | None = None) -> AsyncIterator[Stage]:
    """A national side with its files in `folder`, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    port = port_to_use("127.0.0.1", 0, key="mqtt")
    broker = EmbeddedBroker("127.0.0.1", port, folder / "broker")
    keeper = Keeper(Child("broker", broker.command(), folder / "broker.log"))
    keeper.begin()
    try:
        client = await _prepare(folder)
        await until_it_answers("127.0.0.1", port, within_s=_BROKER_S)
        yield Stage(folder, port, client, fixed=fixed)
    finally:
        await keeper.end()


async def _prepare(folder: Path) -> Client:
    """Make what every lane gets a copy of, an empty store and the token service's keys; and the client, with its key.

    The client's key is RSA, as NHN asks of its clients; it is read once, which is a matter of many milliseconds.
    """
    await (await open_engines(folder / STORE_FILE)).aclose()
    SigningKeys(folder / KEY_FILE, kind="EC").ring(time.time())
    settings = _settings(NHN_TEST_ORGANISATION, SENDER, Route.EPJ)
    return make_test_client(
        folder,
        client_id=TEST_CLIENT,
        organisation_number=NHN_TEST_ORGANISATION,
        scopes=test_scopes(settings),
        vkp_id=SENDER,
    )


def _settings(number: str, sender: str, alerts: Route) -> Settings:
    epj = EpjSettings(adapter="pull")
    return Settings(
        mode="test",
        municipality=(MunicipalitySettings(organisation_number=number, name="Testvik", number="9999", epj=epj),),
        sender=tuple(SenderSettings(id=each, municipality=number) for each in (sender, ALARMS)),
        routing=RoutingSettings(alert=alerts),
    )


def _organisation_numbers() -> Iterator[str]:
    """Synthetic organisation numbers (Test-Norge's first digit), so that lanes never hear each other."""
    return (str(n) for n in itertools.count(_FIRST_NUMBER) if organisation_number_is_valid(str(n)))
