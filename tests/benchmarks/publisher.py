"""The benchmark's sender, a process of its own: publishes Observations and waits for the receipts.

`python -m tests.benchmarks.publisher BROKER TREE PREFIX MANY RATE`: RATE 0 is as fast as receipts come back (at most
WINDOW unanswered). Prints one JSON object: when each message was handed over, and when the last receipt came.
It shares the machine with what it measures, so it speaks MQTT as lightly as the hub does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from dataclasses import dataclass, field

import uvloop

from hub.mqtt.bridge import Arrival, BrokerAddress, MqttBridge
from tests.benchmarks.people import observations

WINDOW = 1_000
_LAST_RECEIPT_S = 120.0
_AT_ONCE = 20


@dataclass(slots=True)
class Receipts:
    """Counts receipts, and lets the next message go for each."""

    awaited: int
    came: int = 0
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WINDOW))
    all_came: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, arrival: Arrival) -> None:
        """One receipt."""
        arrival.acknowledge()
        self.came += 1
        self.free.release()
        if self.came == self.awaited:
            self.all_came.set()


async def publish(bridge: MqttBridge, tree: str, messages: list[bytes], receipts: Receipts, rate: float) -> list[float]:
    """Send `messages`, `rate` a second or as fast as may be; when each was handed over, in seconds since 1970."""
    sent: list[float] = []
    began = time.time()
    for i, message in enumerate(messages):
        pause = began + i / rate - time.time() if rate else 0.0
        if pause > 0 or i % _AT_ONCE == 0:
            await asyncio.sleep(max(pause, 0.0))
        await receipts.free.acquire()
        sent.append(time.time())
        bridge.publish_nowait(f"{tree}/puls-{i % 500}/event", message)
    return sent


async def run(broker: str, tree: str, prefix: str, many: int, rate: float) -> dict[str, object]:
    """Send, wait for the receipts, and tell."""
    messages, receipts = list(observations(many, prefix=prefix)), Receipts(many)
    bridge = MqttBridge(
        BrokerAddress.parse(broker),
        client_id=f"bench-{prefix}",
        topics=(f"{tree}/+/receipt",),
        on_message=receipts.take,
    )
    connected = asyncio.create_task(bridge.run())
    await bridge.is_ready.wait()
    began = time.time()
    sent = await publish(bridge, tree, messages, receipts, rate)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(receipts.all_came.wait(), _LAST_RECEIPT_S)
    ended = time.time()
    connected.cancel()
    await asyncio.gather(connected, return_exceptions=True)
    return {"sent": sent, "began": began, "ended": ended, "receipts": receipts.came}


def main() -> None:
    """Send by the command line's arguments."""
    broker, tree, prefix, many, rate = sys.argv[1:]
    json.dump(uvloop.run(run(broker, tree, prefix, int(many), float(rate))), sys.stdout)


if __name__ == "__main__":
    main()
