"""The one bridge between paho and asyncio: persistent session, manual acknowledgement, no threads.

paho's socket is watched by the event loop. A message is acknowledged only when the hub says so, in order of receipt,
and never on another connection than the one it came by: after a reconnect the broker sends it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from hub.model.errors import Unreachable

log = logging.getLogger(__name__)

IN_FLIGHT = 1024
_KEEPALIVE_S = 30
_MISC_S = 1.0
_FIRST_RETRY_S = 0.1
_LONGEST_RETRY_S = 5.0
_CONNECT_S = 10.0
_NEVER_EXPIRES = 0xFFFFFFFF
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
    """Keeps one persistent session with a broker. `run` until cancelled; `publish` from anywhere on the loop."""

    def __init__(
        self,
        address: BrokerAddress,
        *,
        client_id: str,
        topics: Sequence[str],
        on_message: Callable[[Arrival], None],
        protocols: Sequence[MQTTProtocolVersion] = (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._address = address
        self._tls = tls
        self._client_id = client_id
        self._topics = topics
        self._on_message = on_message
        self._protocols = list(protocols)
        self._client: Client | None = None
        self._generation = 0
        self._connected: asyncio.Future[int] | None = None
        self._subscribed: asyncio.Future[None] | None = None
        self._lost = asyncio.Event()
        self.is_ready = asyncio.Event()

    @property
    def speaks_v5(self) -> bool:
        """Whether the session is MQTT 5."""
        return self._protocols[0] == MQTTProtocolVersion.MQTTv5

    async def publish(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        """Hand `payload` to the broker at QoS 1; paho repeats it until the broker confirms.

        Raises Unreachable when there is no connection.
        """
        self.publish_nowait(topic, payload, correlation=correlation, retain=retain)

    def publish_nowait(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        """As `publish`, without a coroutine around it."""
        client = self._client
        if client is None or not client.is_connected():
            raise Unreachable("no connection to the MQTT broker")
        properties = None
        if correlation is not None and self.speaks_v5:
            properties = _properties(PacketTypes.PUBLISH)
            properties.CorrelationData = correlation
        client.publish(topic, payload, qos=1, retain=retain, properties=properties)

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
        while True:
            self._close()
            code = await self._open()
            if code in _UNSUPPORTED_PROTOCOL and len(self._protocols) > 1:
                self._protocols.pop(0)
                continue
            if code != 0:
                raise ConnectionRefusedError(f"the broker answered {code}")
            break
        self._subscribed = asyncio.get_running_loop().create_future()
        assert self._client is not None
        if self.speaks_v5:
            self._client.subscribe([(t, SubscribeOptions(qos=1)) for t in self._topics])
        else:
            self._client.subscribe([(t, 1) for t in self._topics])
        async with asyncio.timeout(_CONNECT_S):
            await self._subscribed

    async def _open(self) -> int:
        """Open a socket and shake hands. Returns the broker's answer, 0 for welcome."""
        loop = asyncio.get_running_loop()
        self._generation += 1
        self._lost = asyncio.Event()
        self._connected = loop.create_future()
        client = self._client = self._new_client(loop)
        async with asyncio.timeout(_CONNECT_S):
            arguments: dict[str, Any] = {"keepalive": _KEEPALIVE_S}
            if self.speaks_v5:
                arguments["clean_start"] = False
                arguments["properties"] = _session_properties()
            await asyncio.to_thread(client.connect, self._address.host, self._address.port, **arguments)
            self._watch(client, loop)
            return await self._connected

    def _new_client(self, loop: asyncio.AbstractEventLoop) -> Client:
        protocol = self._protocols[0]
        session = {} if protocol == MQTTProtocolVersion.MQTTv5 else {"clean_session": False}
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            protocol=protocol,
            manual_ack=True,
            **session,  # type: ignore[arg-type]  # paho types it as one keyword
        )
        client.max_inflight_messages_set(IN_FLIGHT)
        if self._address.username:
            client.username_pw_set(self._address.username, self._address.password)
        if self._address.is_tls:
            client.tls_set_context(self._tls or ssl.create_default_context())
        client.on_connect = self._welcomed
        client.on_subscribe = self._has_subscribed
        client.on_disconnect = self._has_lost
        client.on_message = self._arrived(self._generation)
        return client

    def _watch(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        """Let the event loop read and write paho's socket."""
        found = client.socket()
        if found is None:
            raise ConnectionResetError("the socket was closed at once")

        def readable() -> None:
            if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                loop.remove_reader(found)

        def writable() -> None:
            client.loop_write()
            if not client.want_write():
                with contextlib.suppress(OSError, ValueError):
                    loop.remove_writer(found)

        client.on_socket_close = lambda *_: _unwatch(loop, found)
        client.on_socket_register_write = lambda *_: loop.add_writer(found, writable)
        client.on_socket_unregister_write = lambda *_: _unwatch_writes(loop, found)
        with contextlib.suppress(OSError):
            found.setsockopt(  # type: ignore[attr-defined]  # a real socket, but for paho's websockets
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )
        loop.add_reader(found, readable)
        if client.want_write():
            loop.add_writer(found, writable)

    async def _keep(self) -> None:
        """Hold the connection until it is lost."""
        lost = self._lost
        client = self._client
        assert client is not None
        while not lost.is_set():
            client.loop_misc()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(lost.wait(), _MISC_S)

    def _welcomed(self, _client: Client, _userdata: object, _flags: object, code: Any, _properties: object) -> None:
        if self._connected is not None and not self._connected.done():
            self._connected.set_result(int(code.value))

    def _has_subscribed(self, _client: Client, _userdata: object, _mid: int, codes: Any, _properties: object) -> None:
        if self._subscribed is None or self._subscribed.done():
            return
        if any(code.is_failure for code in codes):
            self._subscribed.set_exception(PermissionError("the broker refused a subscription"))
        else:
            self._subscribed.set_result(None)

    def _has_lost(self, *arguments: Any) -> None:
        self._lost.set()
        for future in (self._connected, self._subscribed):
            if future is not None and not future.done():
                future.set_exception(ConnectionResetError("the broker closed the connection"))

    def _arrived(self, generation: int) -> Callable[[Client, object, MQTTMessage], None]:
        def arrived(client: Client, _userdata: object, message: MQTTMessage) -> None:
            mid, qos = message.mid, message.qos

            def acknowledge() -> None:
                if qos and generation == self._generation and client.is_connected():
                    client.ack(mid, qos)

            properties = message.properties
            self._on_message(
                Arrival(
                    message.topic,
                    bytes(message.payload),
                    qos,
                    bool(message.retain),
                    getattr(properties, "ResponseTopic", None),
                    getattr(properties, "CorrelationData", None),
                    acknowledge,
                )
            )

        return arrived

    def _close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        self._generation += 1
        client.on_disconnect = None
        with contextlib.suppress(OSError, ValueError):
            client.disconnect()
            client.loop_write()
        sock = client.socket()
        if sock is not None:
            with contextlib.suppress(OSError, ValueError):
                _unwatch(asyncio.get_running_loop(), sock)
                sock.close()


def _session_properties() -> Properties:
    properties = _properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = _NEVER_EXPIRES
    properties.ReceiveMaximum = IN_FLIGHT
    return properties


def _properties(packet_type: int) -> Properties:
    return Properties(packet_type)  # type: ignore[no-untyped-call]  # paho has no types here


def _unwatch(loop: asyncio.AbstractEventLoop, sock: Any) -> None:
    with contextlib.suppress(OSError, ValueError):
        loop.remove_reader(sock)
    _unwatch_writes(loop, sock)


def _unwatch_writes(loop: asyncio.AbstractEventLoop, sock: Any) -> None:
    with contextlib.suppress(OSError, ValueError):
        loop.remove_writer(sock)
