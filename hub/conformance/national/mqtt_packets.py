"""What an MQTT client says on the wire: the packets that tell how it behaves (MQTT 3.1.1 and 5, chapters 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_CONNECT, _PUBLISH, _SUBSCRIBE = 1, 3, 8
_V5 = 5


@dataclass(frozen=True, slots=True)
class Connect:
    """A client introduces itself. The will's parts are None where there is none; no password is kept."""

    client_id: str
    version: int
    is_clean: bool
    keepalive_s: int
    username: str | None = None
    will_topic: str | None = None
    will_payload: bytes | None = None
    will_is_retained: bool = False


@dataclass(frozen=True, slots=True)
class Publish:
    """A client publishes. `is_repeated` is the DUP flag."""

    topic: str
    payload: bytes
    qos: int
    is_retained: bool
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A client asks for messages."""

    filters: tuple[str, ...]


Packet = Connect | Publish | Subscribe


class PacketReader:
    """Reads one client's byte stream, however it is cut up, and tells `hear` each packet of interest."""

    def __init__(self, hear: Callable[[Packet], None]) -> None:
        self._hear = hear
        self._waiting = bytearray()
        self._is_v5 = False

    def feed(self, block: bytes) -> None:
        """Take in the next bytes. What is no MQTT is passed over in silence: the broker will say so."""
        self._waiting += block
        while (found := _fixed_header(self._waiting)) is not None:
            start, length = found
            if len(self._waiting) < start + length:
                return
            first, body = self._waiting[0], bytes(self._waiting[start : start + length])
            del self._waiting[: start + length]
            try:
                self._read(first, body)
            except (IndexError, UnicodeDecodeError):
                continue

    def _read(self, first: int, body: bytes) -> None:
        kind = first >> 4
        if kind == _CONNECT:
            connect = _connect(body)
            self._is_v5 = connect.version >= _V5
            self._hear(connect)
        elif kind == _PUBLISH:
            self._hear(_publish(first, body, is_v5=self._is_v5))
        elif kind == _SUBSCRIBE:
            self._hear(_subscribe(body, is_v5=self._is_v5))


class _Body:
    """A cursor over a packet's bytes."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.at = 0

    def number(self, octets: int) -> int:
        value = int.from_bytes(self.take(octets))
        return value

    def take(self, octets: int) -> bytes:
        if self.at + octets > len(self._body):
            raise IndexError(octets)
        self.at += octets
        return self._body[self.at - octets : self.at]

    def field(self) -> bytes:
        return self.take(self.number(2))

    def text(self) -> str:
        return self.field().decode()

    def skip_properties(self) -> None:
        value, shift = 0, 0
        while True:
            octet = self.number(1)
            value |= (octet & 0x7F) << shift
            shift += 7
            if not octet & 0x80:
                break
        self.take(value)

    @property
    def rest(self) -> bytes:
        return self._body[self.at :]


def _fixed_header(stream: bytearray) -> tuple[int, int] | None:
    """Where the first packet's body begins and how long it is; None while that is not known."""
    value = 0
    for place in range(1, min(len(stream), 5)):
        value |= (stream[place] & 0x7F) << (7 * (place - 1))
        if not stream[place] & 0x80:
            return place + 1, value
    return None


def _connect(packet: bytes) -> Connect:
    body = _Body(packet)
    body.field()
    version, flags, keepalive = body.number(1), body.number(1), body.number(2)
    if version >= _V5:
        body.skip_properties()
    client_id = body.text()
    topic = payload = username = None
    if flags & 0x04:
        if version >= _V5:
            body.skip_properties()
        topic, payload = body.text(), body.field()
    if flags & 0x80:
        username = body.text()
    return Connect(client_id, version, bool(flags & 0x02), keepalive, username, topic, payload, bool(flags & 0x20))


def _publish(first: int, packet: bytes, *, is_v5: bool) -> Publish:
    body = _Body(packet)
    qos = (first >> 1) & 0x03
    topic = body.text()
    if qos:
        body.number(2)
    if is_v5:
        body.skip_properties()
    return Publish(topic, body.rest, qos, bool(first & 0x01), bool(first & 0x08))


def _subscribe(packet: bytes, *, is_v5: bool) -> Subscribe:
    body = _Body(packet)
    body.number(2)
    if is_v5:
        body.skip_properties()
    filters = []
    while body.rest:
        filters.append(body.text())
        body.number(1)
    return Subscribe(tuple(filters))
