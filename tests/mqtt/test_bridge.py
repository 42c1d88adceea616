"""The bridge: one persistent session, acknowledgements when told, and patience with brokers that come and go."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from hub.model.errors import Unreachable
from hub.mqtt.bridge import Arrival, BrokerAddress, MqttBridge
from tests.connectors.brokers import Broker, mosquitto, nats, running

BROKERS = [pytest.param(nats, id="nats"), pytest.param(mosquitto, id="mosquitto", marks=pytest.mark.needs("mosquitto"))]


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with running(request.param(tmp_path)) as found:
        yield found


@dataclass(slots=True)
class Ear:
    """A bridge with what it brought."""

    bridge: MqttBridge
    arrivals: list[Arrival] = field(default_factory=list)

    async def has(self, many: int, *, within_s: float = 15.0) -> list[Arrival]:
        async with asyncio.timeout(within_s):
            while len(self.arrivals) < many:  # noqa: ASYNC110  # a plain list tells nobody
                await asyncio.sleep(0.01)
        return self.arrivals


@asynccontextmanager
async def ear(
    broker: Broker, name: str, *topics: str, on_message: Callable[[Arrival], None] | None = None
) -> AsyncIterator[Ear]:
    arrivals: list[Arrival] = []
    bridge = MqttBridge(
        BrokerAddress.parse(broker.url), client_id=name, topics=topics, on_message=on_message or arrivals.append
    )
    task = asyncio.create_task(bridge.run())
    try:
        async with asyncio.timeout(15):
            await bridge.is_ready.wait()
        yield Ear(bridge, arrivals)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_the_highest_protocol_that_the_broker_speaks_is_used(broker: Broker) -> None:
    await broker.answers()
    async with ear(broker, "hub", "a/#") as it:
        assert it.bridge.speaks_v5 == ("mosquitto" in broker.command[0])


async def test_what_was_not_acknowledged_comes_again_and_what_was_does_not(broker: Broker) -> None:
    await broker.answers()
    async with ear(broker, "hub", "a/#") as hub, ear(broker, "device", "b") as device:
        for n in range(3):
            await device.bridge.publish(f"a/{n}", b"x")
        first, _, _ = await hub.has(3)
        first.acknowledge()
        await device.bridge.publish("a/last", b"x")
        await hub.has(4)
    async with ear(broker, "hub", "a/#") as again:
        topics = {a.topic for a in await again.has(3)}
        assert topics == {"a/1", "a/2", "a/last"}


async def test_an_acknowledgement_from_before_a_reconnection_does_nothing(broker: Broker) -> None:
    await broker.answers()
    async with ear(broker, "hub", "a/#") as hub, ear(broker, "device", "b") as device:
        await device.bridge.publish("a/1", b"x")
        (old,) = await hub.has(1)
        hub.bridge.is_ready.clear()
        wire = hub.bridge._wire
        assert wire is not None
        assert wire._transport is not None
        wire._transport.abort()
        async with asyncio.timeout(15):
            await hub.bridge.is_ready.wait()
        await hub.has(2)
        old.acknowledge()
        hub.arrivals[1].acknowledge()
        await device.bridge.publish("a/2", b"x")
        await hub.has(3)


async def test_messages_published_while_the_hub_was_away_are_kept_for_it(broker: Broker) -> None:
    await broker.answers()
    async with ear(broker, "hub", "a/#"):
        pass
    async with ear(broker, "device", "b") as device:
        await device.bridge.publish("a/1", b"x")
        await asyncio.sleep(0.3)
    async with ear(broker, "hub", "a/#") as hub:
        assert (await hub.has(1))[0].topic == "a/1"


async def test_a_broker_that_is_started_again_is_found_again(broker: Broker) -> None:
    await broker.answers()
    async with ear(broker, "hub", "a/#") as hub:
        broker.kill()
        async with asyncio.timeout(15):
            while hub.bridge.is_ready.is_set():  # noqa: ASYNC110  # an event tells of being set only
                await asyncio.sleep(0.01)
        with pytest.raises(Unreachable):
            await hub.bridge.publish("a/1", b"x")
        broker.start()
        async with asyncio.timeout(20):
            await hub.bridge.is_ready.wait()
        async with ear(broker, "device", "b") as device:
            await device.bridge.publish("a/2", b"x")
            assert (await hub.has(1))[0].topic == "a/2"


async def test_messages_come_in_the_order_in_which_they_were_published(broker: Broker) -> None:
    await broker.answers()
    async with ear(broker, "hub", "a/#") as hub, ear(broker, "device", "b") as device:
        for n in range(50):
            await device.bridge.publish(f"a/{n}", b"x" * 5_000)
        assert [a.topic for a in await hub.has(50)] == [f"a/{n}" for n in range(50)]


@pytest.mark.needs("mosquitto")
async def test_over_mqtt_5_the_correlation_data_and_the_response_topic_are_handed_on(tmp_path: Path) -> None:
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    with running(mosquitto(tmp_path)) as broker:
        await broker.answers()
        async with ear(broker, "hub", "a/#") as hub:
            client = Client(CallbackAPIVersion.VERSION2, "device", protocol=MQTTProtocolVersion.MQTTv5)
            client.connect("127.0.0.1", broker.port)
            client.loop_start()
            properties = Properties(PacketTypes.PUBLISH)
            properties.CorrelationData = b"\x00\xff"
            properties.ResponseTopic = "a/answers"
            client.publish("a/1", b"x", qos=1, properties=properties)
            (arrival,) = await hub.has(1)
            client.disconnect()
            client.loop_stop()
            assert (arrival.correlation, arrival.response_topic) == (b"\x00\xff", "a/answers")


async def test_a_hub_that_may_not_subscribe_is_not_ready(tmp_path: Path) -> None:
    """Being connected and deaf would look as if all were well."""
    found = nats(tmp_path)
    config = tmp_path / "nats.conf"
    user = '{ user: "hub", password: "p", permissions: { subscribe: ["$MQTT.sub.>"], publish: [">"] } }'
    config.write_text(config.read_text() + f"authorization {{ users: [ {user} ] }}\n")
    with running(found) as broker:
        await broker.answers()
        address = BrokerAddress("127.0.0.1", broker.port, "hub", "p")
        bridge = MqttBridge(address, client_id="hub", topics=("a/+/secret",), on_message=lambda _: None)
        task = asyncio.create_task(bridge.run())
        await asyncio.sleep(1.5)
        is_ready = bridge.is_ready.is_set()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert not is_ready


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://h", ("h", 1883, None, None, False)),
        ("mqtts://h", ("h", 8883, None, None, True)),
        ("tcp://u:p%40ss@h:1", ("h", 1, "u", "p@ss", False)),
        ("mqtt://[::1]:5", ("::1", 5, None, None, False)),
    ],
)
def test_a_brokers_address_is_read(url: str, address: tuple[object, ...]) -> None:
    found = BrokerAddress.parse(url)
    assert (found.host, found.port, found.username, found.password, found.is_tls) == address
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize("url", ["http://h", "h:1883", "", "mqtt://"])
def test_what_is_no_brokers_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(ValueError, match="mqtt://"):
        BrokerAddress.parse(url)
