"""What the national side has seen and heard of the system under test in one test, in its order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson

from hub.conformance.national.mqtt_packets import Connect, Packet, Publish, Subscribe
from hub.conformance.national.script import Fault, Fine, Kind
from hub.model.codes import ReceiptCode
from hub.model.event import Inbound, Outcome

T = TypeVar("T")


@dataclass(slots=True)
class Request:
    """An HTTP request and how it was answered; status 0 while it is not, or if the connection was left silent."""

    at: datetime
    kind: Kind | None
    method: str
    url: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    fault: Fault = field(default_factory=Fine)
    status: int = 0
    answer: bytes = b""
    answer_headers: Mapping[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """The header `name`, or an empty text."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Message:
    """An event as it came in, whether it was let in or not: by which way, under which device or type, its bytes.

    `resource` is what the bytes hold, empty when they are no JSON object. `is_let_in` tells whether the national side
    registered it (a fault before that keeps it out).
    """

    at: datetime
    way: str
    about: str
    payload: bytes
    resource: Mapping[str, Any]
    is_let_in: bool
    is_retained: bool = False
    qos: int = 1


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What the national side decided about a message that got in."""

    inbound: Inbound
    outcome: Outcome


class Heard:
    """Everything of one test; `changed` wakes those who wait for more."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.messages: list[Message] = []
        self.taken: list[TakenIn] = []
        self.packets: list[tuple[datetime, Packet]] = []
        self.sent: list[tuple[datetime, Publish]] = []
        self._changed = asyncio.Event()

    def hear(self, packet: Packet) -> None:
        """Write down what the system said on its MQTT connection."""
        self.packets.append((now(), packet))
        self.changed()

    def hear_sent(self, packet: Packet) -> None:
        """Write down what the broker sent to the system: receipts, alerts."""
        if isinstance(packet, Publish):
            self.sent.append((now(), packet))

    @property
    def connects(self) -> list[Connect]:
        """How the system introduced itself to the broker, each time."""
        return [packet for _, packet in self.packets if isinstance(packet, Connect)]

    @property
    def published(self) -> list[Publish]:
        """What it published, on any topic, repeats included."""
        return [packet for _, packet in self.packets if isinstance(packet, Publish)]

    @property
    def subscribed(self) -> list[Subscribe]:
        """What it asked for."""
        return [packet for _, packet in self.packets if isinstance(packet, Subscribe)]

    def changed(self) -> None:
        """Tell those who wait that something has happened."""
        self._changed.set()

    async def until(self, enough: Callable[[Heard], T], *, within_s: float) -> T:
        """Wait until `enough` gives something true, `within_s` seconds at the most; what it gives at the end."""
        ends = time.monotonic() + within_s
        while not (found := enough(self)) and (left := ends - time.monotonic()) > 0:
            self._changed.clear()
            try:
                async with asyncio.timeout(min(left, 0.25)):
                    await self._changed.wait()
            except TimeoutError:
                continue
        return found

    def of_kind(self, kind: Kind) -> list[Request]:
        """The HTTP requests of one kind."""
        return [request for request in self.requests if request.kind == kind]

    def registered(self) -> list[TakenIn]:
        """What was registered: the messages that became something new (accepted) or a new version (amended)."""
        return [t for t in self.taken if t.outcome.code in (ReceiptCode.ACCEPTED, ReceiptCode.AMENDED)]

    def codes(self) -> list[ReceiptCode]:
        """What was decided about each message that got in, in order."""
        return [t.outcome.code for t in self.taken]

    def cases(self) -> set[str]:
        """The cases that the messages belong to."""
        return {t.outcome.case_id for t in self.taken if t.outcome.case_id is not None}

    def texts(self) -> Sequence[str]:
        """All that must never hold an identity number: topics, client ids, wills, URLs and headers."""
        said = [f"{c.client_id} {c.username or ''} {c.will_topic or ''}" for c in self.connects]
        said += [p.topic for p in self.published]
        said += [name for s in self.subscribed for name in s.filters]
        said += [f"{r.method} {r.url}" for r in self.requests]
        # The token and its proof are signed base64 that may hold any digits.
        said += [
            f"{name}: {value}"
            for r in self.requests
            for name, value in r.headers.items()
            if name not in ("authorization", "dpop")
        ]
        return said


def read(payload: bytes) -> Mapping[str, Any]:
    """The JSON object in `payload`, or an empty one."""
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def now() -> datetime:
    """The time by the clock on the wall, UTC."""
    return datetime.now(UTC)
