"""The hub's parts, made from its orders."""

from __future__ import annotations

import logging
import random
import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hub.api.mqtt import SESSIONS, MqttDoor
from hub.api.watch import Watch
from hub.app.ids import CaseIds
from hub.app.orders import Orders
from hub.dispatch.destination import Destination
from hub.dispatch.dispatcher import Address, Dispatcher, UsageOf
from hub.dispatch.epj import EpjDestination
from hub.dispatch.response_centre import ResponseCentreDestination
from hub.ingest.accepting import Ingest, Rules
from hub.ingest.admission import admission
from hub.metering.pseudonym import new_key, pseudonym
from hub.metering.usage import case_usage
from hub.model.clock import ScaledClock, SystemClock
from hub.model.ports import Clock, Publisher
from hub.model.usage import UsageRecord
from hub.mqtt.bridge import BrokerAddress, MqttBridge
from hub.mqtt.sessions import Sessions
from hub.plugins import EPJ_ADAPTERS, discover
from hub.routing import routing_table
from hub.settings import MunicipalitySettings
from hub.store.delivering import Delivery
from hub.store.engine import Engines
from hub.store.leases import Leases
from hub.store.replay import UsedTokens

log = logging.getLogger(__name__)

_CENTRE_TIMEOUT_S = 10.0
#: For how many time-outs more, and how many seconds at least, an EPJ that did not answer may be at work on a note.
_PATIENCE = 2
_LEAST_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Parts:
    """The running hub's parts."""

    engines: Engines
    clock: Clock
    bridge: Sessions
    ingest: Ingest
    dispatcher: Dispatcher
    watch: Watch
    door: MqttDoor
    usage_of: UsageOf
    replay: UsedTokens
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Fittings:
    """What can be put in the place of the hub's own: the topics that it listens to, by session with the broker; its way
    in, its MQTT door.
    """

    sessions: tuple[tuple[str, ...], ...] = SESSIONS
    ingest: Callable[..., Ingest] = Ingest
    door: Callable[..., MqttDoor] = MqttDoor


_OWN = Fittings()


class _Outlet:
    """A publisher that is there before the bridge is, so that destinations can be made first."""

    def __init__(self) -> None:
        self.bridge: Sessions | None = None

    async def publish(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        assert self.bridge is not None
        await self.bridge.publish(topic, payload, correlation=correlation, retain=retain)


def make_parts(orders: Orders, engines: Engines, fittings: Fittings = _OWN) -> Parts:
    """Every part of the hub, wired and not yet running."""
    installation = kept(orders.data_directory / "installation.id", lambda: secrets.token_hex(8).encode()).decode()
    clock: Clock = ScaledClock.parse(orders.clock) if orders.clock else SystemClock()
    settings = orders.settings
    usage_of = _usage_of(pseudonym_key(orders.data_directory))
    outlet = _Outlet()
    centres = {
        m.organisation_number: ResponseCentreDestination(outlet, m.organisation_number, timeout_s=_CENTRE_TIMEOUT_S)
        for m in settings.municipality
    }
    dispatcher = Dispatcher(
        engines,
        _destinations(orders, centres),
        clock,
        leases=Leases(engines, installation),
        usage_of=usage_of,
        chance=random.SystemRandom(),
    )
    rules = Rules(settings.mode, admission(settings), routing_table(settings))
    new_id = CaseIds().next
    ingest = fittings.ingest(engines, rules, clock, new_id=new_id, on_wants=dispatcher.wake)
    watch = Watch(engines, clock, on_wants=dispatcher.wake)
    door = fittings.door(ingest, watch, clock, response_centres=centres)
    bridge = outlet.bridge = _sessions(orders, door, fittings, client_id=f"knutepunkt-{installation}")
    return Parts(engines, clock, bridge, ingest, dispatcher, watch, door, usage_of, UsedTokens(engines, clock), new_id)


def _sessions(orders: Orders, door: MqttDoor, fittings: Fittings, *, client_id: str) -> Sessions:
    names = [client_id, *(f"{client_id}-{number}" for number in range(2, len(fittings.sessions) + 1))]
    pairs = zip(names, fittings.sessions, strict=True)
    return Sessions([_bridge(orders, door, topics=topics, client_id=name) for name, topics in pairs])


def _bridge(orders: Orders, door: MqttDoor, *, topics: tuple[str, ...], client_id: str) -> MqttBridge:
    from paho.mqtt.enums import MQTTProtocolVersion

    protocols = [MQTTProtocolVersion.MQTTv311]
    if not orders.is_broker_embedded:
        protocols.insert(0, MQTTProtocolVersion.MQTTv5)
    return MqttBridge(
        BrokerAddress.parse(orders.broker_url),
        client_id=client_id,
        topics=topics,
        keep_retain=[topic for topic in topics if topic.endswith("/event")],
        on_message=door.receive,
        protocols=protocols,
        tls=_own_broker_only(orders),
    )


def _own_broker_only(orders: Orders) -> ssl.SSLContext | None:
    """Trust in the embedded broker's very certificate, whoever signed it and whatever name others know it by."""
    certificate = orders.settings.mqtt.certificate
    if certificate is None or not orders.is_broker_embedded:
        return None
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _destinations(orders: Orders, centres: dict[str, ResponseCentreDestination]) -> dict[Address, Destination]:
    adapters = discover(EPJ_ADAPTERS)
    found: dict[Address, Destination] = {(number, "response_centre"): centre for number, centre in centres.items()}
    for municipality in orders.settings.municipality:
        plugin = adapters[municipality.epj.adapter]
        if plugin.pulls:
            continue
        number = municipality.organisation_number
        adapter = plugin.build(
            orders.epj_urls.get(number, ""),
            timeout_s=municipality.epj.timeout_s,
            max_in_flight=municipality.epj.max_in_flight,
            secret=_secret(municipality),
        )
        found[number, "epj"] = EpjDestination(
            adapter,
            max_in_flight=municipality.epj.max_in_flight,
            patience_s=max(_PATIENCE * municipality.epj.timeout_s, _LEAST_PATIENCE_S),
        )
    return found


def _secret(municipality: MunicipalitySettings) -> str | None:
    file = municipality.epj.secret_file
    return file.read_text(encoding="utf-8").strip() if file else None


def pseudonym_key(directory: Path) -> bytes:
    """The key of this hub's pseudonyms, made at first use and kept beside the store, for the owner's eyes only."""
    return kept(directory / "pseudonym.key", new_key)


def kept(file: Path, make: Callable[[], bytes]) -> bytes:
    """What `file` holds; made and written whole the first time, for the owner's eyes only."""
    if not file.exists():
        temporary = file.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_bytes(make())
        temporary.replace(file)
    return file.read_bytes()


def _usage_of(key: bytes) -> UsageOf:
    def usage_of(delivery: Delivery, at: datetime) -> UsageRecord:
        history = delivery.history
        return case_usage(
            record_id=f"case:{delivery.case_id}",
            municipality=history.municipality,
            sender=delivery.sender,
            service_code=history.service_code,
            event_kind=history.kind,
            occurred_at=history.occurred_at,
            recorded_at=at,
            size=delivery.size,
            pseudonym=pseudonym(key, history.patient),
        )

    return usage_of


__all__ = ["Fittings", "Parts", "Publisher", "make_parts", "pseudonym_key"]
