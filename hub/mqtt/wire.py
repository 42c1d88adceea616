"""One connection to an MQTT broker: from the handshake until it is lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import cast

from hub.mqtt import packets
from hub.mqtt.packets import Greeting, Malformed, Published, Welcome

IN_FLIGHT = 1024
_NUMBERS = 65_536

OnPublished = Callable[[Published, Callable[[], None]], None]


class Wire(asyncio.Protocol):
    """Speaks MQTT with a broker. `on_published` gets each message and the call that acknowledges it.

    What is published waits while the broker has not confirmed as much as it takes at once.
    """

    def __init__(self, *, is_v5: bool, on_published: OnPublished) -> None:
        loop = asyncio.get_running_loop()
        self._is_v5 = is_v5
        self._on_published = on_published
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._welcome: asyncio.Future[Welcome] = loop.create_future()
        self._granted: asyncio.Future[bool] = loop.create_future()
        self._unconfirmed: set[int] = set()
        self._waiting: deque[Callable[[int], bytes]] = deque()
        self._most = IN_FLIGHT
        self._number = 0
        self._has_heard = True
        self.lost = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether the broker has welcomed the client and the connection stands."""
        return not self.lost.is_set() and self._welcome.done()

    async def greet(self, greeting: Greeting) -> Welcome:
        """Shake hands. Raises ConnectionError when the connection breaks."""
        self._write(packets.connect(greeting, is_v5=self._is_v5))
        welcome = await self._welcome
        self._most = min(IN_FLIGHT, welcome.receive_maximum)
        return welcome

    async def subscribe(self, topics: Sequence[str], *, keep_retain: Collection[str] = ()) -> None:
        """Subscribe. Raises PermissionError when the broker refuses any of it, ConnectionError when it breaks."""
        number = self._next_number()
        self._write(packets.subscribe(number, topics, is_v5=self._is_v5, keep_retain=keep_retain))
        if not await self._granted:
            raise PermissionError("the broker refused a subscription")

    def publish(self, topic: str, payload: bytes, *, correlation: bytes | None, retain: bool) -> None:
        """Hand a message to the broker at QoS 1. Raises ValueError on what can't be published."""
        written = partial(
            packets.publish,
            topic=topic,
            payload=payload,
            is_v5=self._is_v5,
            correlation=correlation,
            retain=retain,
        )
        if len(self._unconfirmed) < self._most:
            self._send(written)
        else:
            written(1)  # what can't be published is told at once
            self._waiting.append(written)

    def ping(self) -> None:
        """Ask whether the broker is there; when nothing has been heard since the last time, it is not."""
        if not self._has_heard:
            self.close()
        self._has_heard = False
        self._write(packets.PING)

    def close(self) -> None:
        """Say goodbye and break off."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(packets.FAREWELL)
            self._transport.close()
        self._has_ended()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Packets, or parts of them."""
        self._has_heard = True
        self._buffer += data
        try:
            for first, body in packets.packets(self._buffer):
                self._take(first, body)
        except Malformed:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._has_ended()

    def _take(self, first: int, body: bytes) -> None:
        kind = first >> 4
        if kind == packets.PUBLISH:
            published = packets.published_in(first, body, is_v5=self._is_v5)
            self._on_published(published, partial(self._acknowledge, published.number))
        elif kind == packets.PUBACK:
            self._confirmed(packets.number_in(body))
        elif kind == packets.CONNACK and not self._welcome.done():
            self._welcome.set_result(packets.welcome_in(body))
        elif kind == packets.SUBACK and not self._granted.done():
            self._granted.set_result(packets.is_granted(body, is_v5=self._is_v5))
        elif kind != packets.PINGRESP:
            raise Malformed("a packet that nobody asked for")

    def _acknowledge(self, number: int) -> None:
        """Tell the broker that a message is taken, on this connection or not at all: it sends it again on another."""
        if number and not self.lost.is_set():
            self._write(packets.acknowledgement(number))

    def _confirmed(self, number: int) -> None:
        self._unconfirmed.discard(number)
        if self._waiting:
            self._send(self._waiting.popleft())

    def _send(self, written: Callable[[int], bytes]) -> None:
        packet = written(number := self._next_number())
        self._unconfirmed.add(number)
        self._write(packet)

    def _next_number(self) -> int:
        """A number that no unconfirmed message has; there are far more of them than may be unconfirmed."""
        while True:
            self._number = self._number % (_NUMBERS - 1) + 1
            if self._number not in self._unconfirmed:
                return self._number

    def _write(self, packet: bytes) -> None:
        assert self._transport is not None
        self._transport.write(packet)

    def _has_ended(self) -> None:
        self.lost.set()
        for waiting in (self._welcome, self._granted):
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the broker closed the connection"))
                waiting.exception()  # nobody need be waiting
