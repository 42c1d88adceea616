"""MQTT 3.1.1 and 5 as bytes: the packets that a hub writes and reads. Pure.

Only what QoS 0 and 1 need. Source: the OASIS standards MQTT 3.1.1 and 5.0, chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

CONNACK: Final = 2
PUBLISH: Final = 3
PUBACK: Final = 4
SUBACK: Final = 9
PINGRESP: Final = 13
DISCONNECT: Final = 14
PING = b"\xc0\x00"
FAREWELL = b"\xe0\x00"

_AT_LEAST_ONCE, _AS_PUBLISHED = b"\x01", b"\x09"
_LONGEST_LENGTH = 4
_REFUSED = 0x80
_SESSION_EXPIRY, _CORRELATION, _RESPONSE_TOPIC = 0x11, 0x09, 0x08
_SERVER_KEEP_ALIVE, _RECEIVE_MAXIMUM = 0x13, 0x21
_USER_PROPERTY, _SUBSCRIPTION = 0x26, 0x0B
#: Properties of a fixed size, in bytes; the others are a length of two bytes and so many bytes.
_SIZES = {
    **dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), 1),
    **dict.fromkeys((0x13, 0x21, 0x22, 0x23), 2),
    **dict.fromkeys((0x02, 0x11, 0x18, 0x27), 4),
}
_MEASURED = frozenset({0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F})
_NO_PROPERTIES: dict[int, bytes] = {}


class Malformed(ConnectionError):
    """What came is not MQTT as it was agreed on."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a client says of itself. The session outlives the connection."""

    client_id: str
    keep_alive_s: int
    receive_maximum: int
    username: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """The broker's answer: `code` is 0 for yes; how much it takes at once, and its own keep-alive where it has one."""

    code: int
    receive_maximum: int = 65_535
    keep_alive_s: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A message as it came. `number` is the packet's, 0 at QoS 0."""

    topic: str
    payload: bytes
    qos: int
    is_retained: bool
    number: int
    response_topic: str | None = None
    correlation: bytes | None = None


def connect(greeting: Greeting, *, is_v5: bool) -> bytes:
    """A CONNECT that takes up the client's session, or begins one that never expires."""
    names = [text.encode() for text in (greeting.username, greeting.password) if text is not None]
    flags = (0x80 if greeting.username is not None else 0) | (0x40 if greeting.password is not None else 0)
    head = _text(b"MQTT") + bytes((5 if is_v5 else 4, flags)) + greeting.keep_alive_s.to_bytes(2, "big")
    if is_v5:
        maximum = greeting.receive_maximum.to_bytes(2, "big")
        own = bytes((_SESSION_EXPIRY,)) + b"\xff" * 4 + bytes((_RECEIVE_MAXIMUM,)) + maximum
        head += _length(len(own)) + own
    return _packet(0x10, head + _text(greeting.client_id.encode()) + b"".join(map(_text, names)))


def subscribe(number: int, topics: Sequence[str], *, is_v5: bool, keep_retain: Collection[str] = ()) -> bytes:
    """A SUBSCRIBE to `topics` at QoS 1.

    In MQTT 5, messages on those in `keep_retain` have the retain flag that their sender set; on all others the flag
    means that the broker had kept the message.
    """
    head = number.to_bytes(2, "big") + (b"\x00" if is_v5 else b"")
    wishes = [_AS_PUBLISHED if is_v5 and topic in keep_retain else _AT_LEAST_ONCE for topic in topics]
    return _packet(0x82, head + b"".join(_text(t.encode()) + wish for t, wish in zip(topics, wishes, strict=True)))


def publish(
    number: int, topic: str, payload: bytes, *, is_v5: bool, correlation: bytes | None = None, retain: bool = False
) -> bytes:
    """A PUBLISH at QoS 1. `correlation` is left out where the protocol has no place for it.

    Raises ValueError on a topic that nobody may publish to, or too much of a payload.
    """
    if not topic or "+" in topic or "#" in topic or "\x00" in topic:
        raise ValueError("no topic to publish to")
    head = _text(topic.encode()) + number.to_bytes(2, "big")
    if is_v5:
        own = b"" if correlation is None else bytes((_CORRELATION,)) + _text(correlation)
        head += _length(len(own)) + own
    return _packet(0x33 if retain else 0x32, head + payload)


def acknowledgement(number: int) -> bytes:
    """A PUBACK: the message is taken."""
    return b"\x40\x02" + number.to_bytes(2, "big")


def _packet(first: int, rest: bytes) -> bytes:
    return bytes((first,)) + _length(len(rest)) + rest


def _text(text: bytes) -> bytes:
    if len(text) > 0xFFFF:
        raise ValueError("a text is too long for MQTT")
    return len(text).to_bytes(2, "big") + text


def _length(size: int) -> bytes:
    found = bytearray()
    while True:
        size, low = divmod(size, 128)
        found.append(low | (0x80 if size else 0))
        if not size:
            break
    if len(found) > _LONGEST_LENGTH:
        raise ValueError("a packet is too long for MQTT")
    return bytes(found)


def packets(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """The whole packets at the beginning of `buffer`, which they are taken out of: first byte, and the rest.

    Raises Malformed on a length that is none.
    """
    at = 0
    try:
        while (found := _measured(buffer, at)) is not None:
            start, end = found
            if end > len(buffer):
                break
            first, at = buffer[at], end
            yield first, bytes(buffer[start:end])
    finally:
        del buffer[:at]


def _measured(buffer: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Where the body of the packet at `at` begins and ends; None while its length is not whole yet."""
    size = _size(buffer, at + 1)
    return None if size is None else (size[1], size[1] + size[0])


def _size(buffer: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """A number of variable length at `at`, and where it ends; None where the bytes do."""
    value = 0
    for i, byte in enumerate(buffer[at : at + _LONGEST_LENGTH]):
        value |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            return value, at + i + 1
    if len(buffer) >= at + _LONGEST_LENGTH:
        raise Malformed("a length is too long")
    return None


def number_in(body: bytes) -> int:
    """The number of the packet that an acknowledgement is about."""
    return int.from_bytes(body[:2], "big")


def welcome_in(body: bytes) -> Welcome:
    """What a CONNACK says. Raises Malformed."""
    if len(body) < 2:
        raise Malformed("a welcome is too short")
    said = _properties(body, 2)[0] if len(body) > 2 else _NO_PROPERTIES
    maximum, keep_alive = said.get(_RECEIVE_MAXIMUM), said.get(_SERVER_KEEP_ALIVE)
    return Welcome(
        body[1],
        (int.from_bytes(maximum, "big") if maximum else 0) or 65_535,
        int.from_bytes(keep_alive, "big") if keep_alive else None,
    )


def is_granted(body: bytes, *, is_v5: bool) -> bool:
    """Whether a SUBACK grants every subscription. Raises Malformed."""
    start = _properties(body, 2)[1] if is_v5 else 2
    return len(body) > start and max(body[start:]) < _REFUSED


def published_in(first: int, body: bytes, *, is_v5: bool) -> Published:
    """The message in a PUBLISH. Raises Malformed.

    A topic that is not UTF-8 is read as far as it can be: who refused it would get it again and again.
    """
    qos = first >> 1 & 3
    at = 2 + int.from_bytes(body[:2], "big")
    topic, number = body[2:at].decode(errors="replace"), 0
    if qos:
        number, at = int.from_bytes(body[at : at + 2], "big"), at + 2
    if qos > 1 or at > len(body):
        raise Malformed("a message is too short, or came at QoS 2")
    if not is_v5:
        return Published(topic, body[at:], qos, bool(first & 1), number)
    said, at = _properties(body, at)
    answers = said.get(_RESPONSE_TOPIC)
    wished = None if answers is None else answers.decode(errors="replace")
    return Published(topic, body[at:], qos, bool(first & 1), number, wished, said.get(_CORRELATION))


def _properties(body: bytes, at: int) -> tuple[dict[int, bytes], int]:
    """The properties that begin at `at`, each as its bytes (of several of one kind the last), and where they end."""
    size = _size(body, at)
    if size is None or (end := size[1] + size[0]) > len(body):
        raise Malformed("properties are cut off")
    at, found = size[1], {}
    while at < end:
        kind, at = body[at], at + 1
        value, at = _value(kind, body, at)
        found[kind] = value
    if at != end:
        raise Malformed("properties are cut off")
    return found, end


def _value(kind: int, body: bytes, at: int) -> tuple[bytes, int]:
    if (size := _SIZES.get(kind)) is not None:
        return body[at : at + size], at + size
    if kind in _MEASURED:
        return _measured_bytes(body, at)
    if kind == _USER_PROPERTY:
        return _measured_bytes(body, _measured_bytes(body, at)[1])
    if kind == _SUBSCRIPTION and (found := _size(body, at)) is not None:
        return body[at : found[1]], found[1]
    raise Malformed("a property is unknown")


def _measured_bytes(body: bytes, at: int) -> tuple[bytes, int]:
    end = at + 2 + int.from_bytes(body[at : at + 2], "big")
    return body[at + 2 : end], end
