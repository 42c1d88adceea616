"""Several sessions with one broker: what comes by one never loses its place because of another."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from hub.api.mqtt import SESSIONS
from hub.mqtt.bridge import Arrival, BrokerAddress, MqttBridge
from hub.mqtt.embedded import EmbeddedBroker
from hub.mqtt.sessions import Sessions
from tests.connectors.brokers import Broker, free_port, running

EACH = 3_000


async def flooded(address: str, sessions: Sequence[Sequence[str]]) -> list[Arrival]:
    """What has arrived of a flood on two topics, acknowledged only when nothing more comes without."""
    where = BrokerAddress.parse(address)
    arrivals: list[Arrival] = []
    hub = Sessions(
        [
            MqttBridge(where, client_id=f"hub-{n}", topics=topics, on_message=arrivals.append)
            for n, topics in enumerate(sessions)
        ]
    )
    device = MqttBridge(where, client_id="device", topics=("vft/1/a/b/receipt",), on_message=lambda _: None)
    runs = [asyncio.create_task(hub.run()), asyncio.create_task(device.run())]
    try:
        await hub.ready()
        await device.is_ready.wait()
        for n in range(EACH):
            for kind in ("status", "event"):
                device.publish_nowait(f"vft/1/a/b/{kind}", b"%d" % n)
        await everything_quiet(arrivals)
        done = 0
        async with asyncio.timeout(30):
            while len(arrivals) < 2 * EACH:
                for arrival in arrivals[done:]:
                    arrival.acknowledge()
                done = len(arrivals)
                await asyncio.sleep(0.01)
    finally:
        for run in runs:
            run.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*runs)
    return arrivals


async def everything_quiet(arrivals: list[Arrival]) -> None:
    """Wait until nothing has come for half a second, or all has."""
    seen = -1
    while seen < len(arrivals) < 2 * EACH:
        seen = len(arrivals)
        await asyncio.sleep(0.5)


async def test_no_event_is_overtaken_when_statuses_fill_the_brokers_patience(tmp_path: Path) -> None:
    port = free_port()
    with running(Broker(EmbeddedBroker("127.0.0.1", port, tmp_path).command(), port, tmp_path)) as broker:
        await broker.answers()
        arrivals = await flooded(broker.url, SESSIONS)
    for kind in ("event", "status"):
        assert [int(a.payload) for a in arrivals if a.topic.endswith(kind)] == list(range(EACH))
