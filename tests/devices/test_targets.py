"""The targets against real brokers and a real HTTP server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import paho.mqtt.client as paho
import pytest
from aiohttp import web
from joserfc import jws
from joserfc.jwk import ECKey
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from devices_sim.answer_key import Scribe
from devices_sim.emission import Emission
from devices_sim.playing.pace import Pace, parse_speed
from devices_sim.playing.player import Player
from devices_sim.playing.session import Where, opened
from devices_sim.simulation import simulated
from devices_sim.targets import mqtt
from devices_sim.targets.doors import JFT, VKP, through_door
from devices_sim.targets.http import HttpSettings, HttpTarget
from devices_sim.targets.mqtt import MqttSettings, MqttTarget
from devices_sim.targets.unconfirmed import Unconfirmed, receipts_in
from hub.fhir.outcome import operation_outcome
from hub.model.codes import ReceiptCode
from hub.model.errors import AccessDenied, ConfigurationError, Unreachable
from tests.connectors import brokers
from tests.connectors.brokers import Broker
from tests.devices.worlds import START, events, findings, in_testvik

SENDER = ("314159265", "Acme_Alarm_Testvik")

needs_mosquitto = pytest.param("mosquitto", marks=pytest.mark.needs("mosquitto"))


@pytest.fixture(params=["nats", needs_mosquitto])
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Broker]:
    make = brokers.nats if request.param == "nats" else brokers.mosquitto
    with brokers.running(make(tmp_path)) as found:
        await found.answers()
        yield found


class Hub:
    """A listener on the broker that keeps what comes and gives receipts, but not for the first `deaf_to` messages."""

    def __init__(self, broker: Broker, *, deaf_to: int = 0, silent: bool = False) -> None:
        self.got: list[tuple[str, bytes]] = []
        self._deaf_to = deaf_to
        self._silent = silent
        self._subscribed = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id="hub", protocol=MQTTProtocolVersion.MQTTv311)
        self.client.on_message = self._on_message
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        self.client.on_connect = lambda client, *_: client.subscribe("vft/+/+/+/event", qos=1)
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def _on_message(self, client: paho.Client, _: Any, message: paho.MQTTMessage) -> None:
        payload = bytes(message.payload)
        self.got.append((message.topic, payload))
        if self._silent or len(self.got) <= self._deaf_to:
            return
        outcome = operation_outcome(
            [], receipt=ReceiptCode.ACCEPTED, identifier=None, sha256=sha256(payload).hexdigest()
        )
        client.publish(message.topic.replace("/event", "/receipt"), orjson.dumps(outcome), qos=1)

    async def ready(self) -> None:
        assert await asyncio.to_thread(self._subscribed.wait, 10)

    async def close(self) -> None:
        self.client.disconnect()
        await asyncio.to_thread(self.client.loop_stop)


@asynccontextmanager
async def hub_on(broker: Broker, **how: Any) -> AsyncIterator[Hub]:
    hub = Hub(broker, **how)
    try:
        await hub.ready()
        yield hub
    finally:
        await hub.close()


def _run(seed: int = 4) -> list[Emission]:
    return [e for e in simulated(in_testvik(None, seed, 6)) if not e.lost]


async def _played(target: Any, emissions: list[Emission], scribe: Scribe | None = None) -> None:
    try:
        await Player(target, Pace(None), scribe).play(emissions)
    finally:
        await target.aclose()


async def test_everything_reaches_the_broker_in_order_and_is_receipted(broker: Broker) -> None:
    sent = _run()
    for version in (4,) if broker.command[0].endswith("nats-server") else (4, 5):
        async with hub_on(broker) as hub:
            target = await MqttTarget.open(MqttSettings(broker.url, (SENDER,), version=version))
            await _played(target, sent)
        assert hub.got == [(e.topic, e.payload) for e in events(sent)]
        assert target.tally.receipts == {"accepted": len({e.sha256 for e in events(sent)})}


async def test_what_nobody_confirms_is_sent_again_and_counted(broker: Broker) -> None:
    sent, scribe = _run(), Scribe()
    async with hub_on(broker, deaf_to=3) as hub:
        target = await MqttTarget.open(MqttSettings(broker.url, (SENDER,), retry_after_s=0.2))
        await _played(target, sent, scribe)
    counts = Counter(payload for _, payload in hub.got)
    assert all(counts[e.payload] >= 2 for e in events(sent)[:3])
    assert target.tally.retried >= 3
    told = Counter[str]()
    for case in scribe.key().cases:
        told.update(dict(zip(case.message_sha256s, case.emitted, strict=True)))
    assert told == {sha256(payload).hexdigest(): count for payload, count in counts.items()}


async def test_without_a_hub_nothing_is_sent_twice(broker: Broker) -> None:
    sent = _run()
    async with hub_on(broker, silent=True) as hub:
        settings = MqttSettings(broker.url, (SENDER,), retry_after_s=0.05, first_receipt_within_s=0.3)
        await _played(await MqttTarget.open(settings), sent)
    assert len(hub.got) == len(events(sent))


async def test_little_is_sent_before_it_is_known_whether_a_hub_gives_receipts(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "_UNCONFIRMED_AT_MOST", 5)
    sent = events(_run())
    target = await MqttTarget.open(MqttSettings(broker.url, (SENDER,), first_receipt_within_s=0.3))
    for emission in sent[:5]:
        await target.send(emission)
    next_one = asyncio.create_task(target.send(sent[5]))
    done, _ = await asyncio.wait({next_one}, timeout=0.1)
    assert not done
    assert await next_one
    await target.aclose()


async def test_the_receipts_of_a_whole_country_are_read_in_one_subscription(broker: Broker) -> None:
    sent = events(_run())[:5]
    country = tuple((str(number), "Sender") for number in range(300))
    async with hub_on(broker):
        target = await MqttTarget.open(MqttSettings(broker.url, country))
        await _played(target, sent)
    assert target.tally.receipts == {"accepted": len(sent)}


async def test_a_status_stays_with_the_broker(broker: Broker) -> None:
    statuses = [e for e in _run() if e.kind == "status"]
    assert statuses
    target = await MqttTarget.open(MqttSettings(broker.url, (SENDER,)))
    await _played(target, statuses)
    kept: dict[str, bytes] = {}
    done = threading.Event()
    wanted = {e.topic: e.payload for e in statuses}

    def on_message(_c: paho.Client, _d: Any, message: paho.MQTTMessage) -> None:
        kept[message.topic] = bytes(message.payload)
        if kept.keys() == wanted.keys():
            done.set()

    late = paho.Client(CallbackAPIVersion.VERSION2, client_id="late", protocol=MQTTProtocolVersion.MQTTv311)
    late.on_message = on_message
    late.on_connect = lambda client, *_: client.subscribe("vft/+/+/+/status", qos=1)
    late.connect("127.0.0.1", broker.port)
    late.loop_start()
    assert await asyncio.to_thread(done.wait, 10)
    late.disconnect()
    await asyncio.to_thread(late.loop_stop)
    assert kept == wanted


async def test_no_broker_is_said_in_words() -> None:
    with pytest.raises(Unreachable):
        await MqttTarget.open(MqttSettings(f"mqtt://127.0.0.1:{brokers.free_port()}", ()))


Handler = Callable[[web.Request], Any]


@asynccontextmanager
async def door(handler: Handler) -> AsyncIterator[str]:
    app = web.Application(client_max_size=4 << 20)
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Door:
    """Keeps what is posted; refuses the first `busy` posts."""

    def __init__(self, *, busy: int = 0, status: int = 202) -> None:
        self.got: list[tuple[str, bytes, dict[str, str]]] = []
        self._busy = busy
        self._status = status

    async def answer(self, request: web.Request) -> web.Response:
        self.got.append((request.path, await request.read(), dict(request.headers)))
        if len(self.got) <= self._busy:
            return web.Response(status=503, headers={"Retry-After": "0"})
        return web.Response(status=self._status)


async def test_events_are_posted_to_vkps_door_with_the_token_and_in_order_per_patient() -> None:
    sent, keeper = _run(), Door()
    async with door(keeper.answer) as url:
        target = await opened(Where(url, token="secret"), ())
        await _played(target, sent)
    posted = [through_door(e, VKP) for e in events(sent)]
    assert sorted(body for _, body, _ in keeper.got) == sorted(e.payload for e in posted)
    by_payload = {e.payload: e for e in posted}
    order: dict[str, list[datetime]] = {}
    for path, body, headers in keeper.got:
        emission = by_payload[body]
        assert emission.case is not None
        assert path == f"/epj/r4/314159265/{str(emission.resource_type).lower()}"
        assert headers["Authorization"] == "Bearer secret"
        assert headers["Content-Type"] == "application/fhir+json"
        order.setdefault(emission.case.patient, []).append(emission.at)
    assert all(times == sorted(times) for times in order.values())


@pytest.mark.parametrize("own_doors", [VKP, JFT])
def test_what_has_no_door_of_its_own_goes_whole_in_a_valid_document(own_doors: frozenset[str]) -> None:
    packed = 0
    for emission in events(_run()):
        through = through_door(emission, own_doors)
        assert through.resource_type in own_doors
        assert emission.payload in through.payload
        assert findings(through) == []
        packed += through is not emission
    assert packed > 5


async def test_a_door_that_is_busy_is_tried_again() -> None:
    sent, keeper, scribe = events(_run())[:10], Door(busy=4), Scribe()
    async with door(keeper.answer) as url:
        settings = HttpSettings(url, lambda method, address: {}, first_wait_s=0.01)
        target = HttpTarget(settings)
        await _played(target, sent, scribe)
    assert target.tally.retried == 4
    assert {body for _, body, _ in keeper.got} == {through_door(e, VKP).payload for e in sent}
    assert scribe.published == len(keeper.got)


async def test_a_door_that_says_no_stops_the_run() -> None:
    async with door(Door(status=401).answer) as url:
        target = await opened(Where(url), ())
        with pytest.raises(AccessDenied):
            await _played(target, events(_run()))


async def test_jfts_door_gets_a_proof_of_possession_with_each_request(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256")
    (tmp_path / "key.json").write_text(json.dumps(key.as_dict(private=True)))
    sent, keeper = events(_run())[:5], Door()
    async with door(keeper.answer) as url:
        await _played(await opened(Where(f"{url}/v1", token="t0ken", dpop_key=tmp_path / "key.json"), ()), sent)
    seen = set()
    for path, _, headers in keeper.got:
        assert headers["Authorization"] == "DPoP t0ken"
        registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
        proof = jws.deserialize_compact(headers["DPoP"], key, registry=registry)
        claims = json.loads(proof.payload)
        assert proof.headers()["typ"] == "dpop+jwt"
        assert "d" not in proof.headers()["jwk"]
        assert claims["htm"] == "POST"
        assert claims["htu"] == f"{url}{path}"
        assert path.startswith("/v1/")
        seen.add(claims["jti"])
    assert len(seen) == len(keeper.got)


async def test_an_address_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        await opened(Where("ftp://x"), ())


async def test_a_factor_makes_time_go_faster_and_max_never_waits() -> None:
    now = [0.0]
    pace = Pace(3600.0, clock=lambda: now[0])
    await pace.until(START)
    now[0] = 5.0
    await pace.until(START.replace(hour=23, minute=59))
    await Pace(None).until(START)
    assert parse_speed("max") is None
    assert parse_speed("real") == 1.0
    assert parse_speed("60x") == 60.0
    for wrong in ("0", "-1", "fort", "nan", "inf"):
        with pytest.raises(ConfigurationError):
            parse_speed(wrong)


def test_unconfirmed_messages_wait_longer_each_time_and_are_given_up() -> None:
    waiting = Unconfirmed(retry_after_s=10, tries=3)
    message = events(_run())[0]
    waiting.sent(message, 0.0)
    assert waiting.due(9.0) == ([], 0)
    (again,), _ = waiting.due(10.0)
    assert again.repeats == message.repeats + 1
    assert waiting.due(20.0) == ([], 0)
    (_,), _ = waiting.due(30.0)
    assert waiting.due(60.0) == ([], 1)
    assert len(waiting) == 0
    waiting.sent(message, 0.0)
    assert waiting.confirmed(message.sha256)
    assert not waiting.confirmed(message.sha256)


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"issue":[]}', b'{"issue":5}', b'{"issue":[{"details":5}]}'])
def test_what_is_no_receipt_is_left_alone(payload: bytes) -> None:
    assert receipts_in(payload) == []
