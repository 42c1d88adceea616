"""Several sessions with one broker that are one line to the hub.

A broker limits what a session has not yet acknowledged. The embedded one counts for each subscription by itself, and
again for the session as a whole: what another subscription has left no room for is set aside, and comes seconds later,
behind newer messages. With a session for each, every subscription comes in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hub.mqtt.bridge import MqttBridge


class Sessions:
    """`bridges` as one: `run` until cancelled; what is published goes by the first."""

    def __init__(self, bridges: Sequence[MqttBridge]) -> None:
        self._bridges = tuple(bridges)

    @property
    def is_ready(self) -> bool:
        """Whether every session listens to the broker."""
        return all(bridge.is_ready.is_set() for bridge in self._bridges)

    async def ready(self) -> None:
        """Wait until every session has listened."""
        for bridge in self._bridges:
            await bridge.is_ready.wait()

    async def publish(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        """See `MqttBridge.publish`."""
        self.publish_nowait(topic, payload, correlation=correlation, retain=retain)

    def publish_nowait(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        """See `MqttBridge.publish_nowait`."""
        self._bridges[0].publish_nowait(topic, payload, correlation=correlation, retain=retain)

    async def run(self) -> None:
        """Keep all of them until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for bridge in self._bridges:
                tasks.create_task(bridge.run())
