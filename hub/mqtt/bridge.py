"""The one bridge between a broker and the hub: persistent session, manual acknowledgement, no threads.

A message is acknowledged only when the hub says so, in order of receipt, and never on another connection than the one
it came by: after a reconnect the broker sends it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from paho.mqtt.enums import MQTTProtocolVersion

from hub.model.errors import Unreachable
from hub.mqtt.packets import Greeting, Published
from hub.mqtt.wire import IN_FLIGHT, Wire

log = logging.getLogger(__name__)

_KEEPALIVE_S = 30
_FIRST_RETRY_S = 0.1
_LONGEST_RETRY_S = 5.0
_CONNECT_S = 10.0
_UNSUPPORTED_PROTOCOL = frozenset({0x01, 0x84})


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is: parsed from mqtt://user:password@host:port or mqtts://…"""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    is_tls: bool = False

    @classmethod
    def parse(cls, url: str) -> BrokerAddress:
        """The address in `url`. Raises ValueError when it is none."""
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts", "tcp"} or not parts.hostname:
            raise ValueError("expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT]")
        is_tls = parts.scheme == "mqtts"
        port = parts.port or (8883 if is_tls else 1883)
        username = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname, port, username, password, is_tls)

    def __repr__(self) -> str:
        return f"BrokerAddress({self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message from the broker. `acknowledge` may be called once what it says is durable, in order of receipt."""

    topic: str
    payload: bytes
    qos: int
    is_retained: bool
    response_topic: str | None
    correlation: bytes | None
    acknowledge: Callable[[], None]


class MqttBridge:
    """Keeps one persistent session with a broker. `run` until cancelled; `publish` from anywhere on the loop.

    Where the broker speaks MQTT 5, what comes on the topics in `keep_retain` is retained if its sender said so, and
    else if the broker had kept it.
    """

    def __init__(
        self,
        address: BrokerAddress,
        *,
        client_id: str,
        topics: Sequence[str],
        keep_retain: Collection[str] = (),
        on_message: Callable[[Arrival], None],
        protocols: Sequence[MQTTProtocolVersion] = (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._address = address
        self._tls = tls
        self._greeting = Greeting(client_id, _KEEPALIVE_S, IN_FLIGHT, address.username, address.password)
        self._topics = topics
        self._keep_retain = keep_retain
        self._on_message = on_message
        self._protocols = list(protocols)
        self._wire: Wire | None = None
        self._keep_alive_s = float(_KEEPALIVE_S)
        self.is_ready = asyncio.Event()

    @property
    def speaks_v5(self) -> bool:
        """Whether the session is MQTT 5."""
        return self._protocols[0] == MQTTProtocolVersion.MQTTv5

    async def publish(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        """Hand `payload` to the broker at QoS 1.

        Raises Unreachable when there is no connection, ValueError on what can't be published.
        """
        self.publish_nowait(topic, payload, correlation=correlation, retain=retain)

    def publish_nowait(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        """As `publish`, without a coroutine around it."""
        wire = self._wire
        if wire is None or not wire.is_open:
            raise Unreachable("no connection to the MQTT broker")
        wire.publish(topic, payload, correlation=correlation, retain=retain)

    async def run(self) -> None:
        """Connect, subscribe, and connect again whenever the connection is lost, until cancelled."""
        delay = _FIRST_RETRY_S
        try:
            while True:
                try:
                    await self._connect()
                except (OSError, TimeoutError) as error:
                    log.warning("no connection to the broker (%s); next attempt in %.1f s", type(error).__name__, delay)
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, _LONGEST_RETRY_S)
                    continue
                delay = _FIRST_RETRY_S
                self.is_ready.set()
                await self._keep()
                self.is_ready.clear()
                log.warning("the connection to the broker was lost")
        finally:
            self._close()

    async def _connect(self) -> None:
        """One connection, subscribed. Raises OSError or TimeoutError."""
        async with asyncio.timeout(_CONNECT_S):
            wire = await self._open()
            while (code := await self._greeted(wire)) in _UNSUPPORTED_PROTOCOL and len(self._protocols) > 1:
                self._protocols.pop(0)
                wire = await self._open()
            if code != 0:
                raise ConnectionRefusedError(f"the broker answered {code}")
            await wire.subscribe(self._topics, keep_retain=self._keep_retain)

    async def _open(self) -> Wire:
        self._close()
        tls = (self._tls or ssl.create_default_context()) if self._address.is_tls else None
        _, self._wire = await asyncio.get_running_loop().create_connection(
            lambda: Wire(is_v5=self.speaks_v5, on_published=self._arrived),
            self._address.host,
            self._address.port,
            ssl=tls,
        )
        return self._wire

    async def _greeted(self, wire: Wire) -> int:
        """The broker's answer to the greeting, 0 for welcome."""
        welcome = await wire.greet(self._greeting)
        self._keep_alive_s = float(welcome.keep_alive_s or _KEEPALIVE_S)
        return welcome.code

    async def _keep(self) -> None:
        """Hold the connection until it is lost."""
        wire = self._wire
        assert wire is not None
        while not wire.lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._keep_alive_s / 2):
                    await wire.lost.wait()
                return
            wire.ping()

    def _arrived(self, message: Published, acknowledge: Callable[[], None]) -> None:
        self._on_message(
            Arrival(
                message.topic,
                message.payload,
                message.qos,
                message.is_retained,
                message.response_topic,
                message.correlation,
                acknowledge,
            )
        )

    def _close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()
