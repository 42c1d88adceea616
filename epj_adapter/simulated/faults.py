"""Faults that can be switched on while a simulated EPJ runs, and the gate that plays them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Where the door puts a function that breaks the connection, in an ASGI scope.
BREAK = "knutepunkt.break"


class Kind(StrEnum):
    """What goes wrong.

    `slow` answers after `delay_s`; `down` answers 503; `closed` refuses connections; `refuses` answers 422 and
    registers nothing; `late` registers and answers after `delay_s`; `drops` registers and breaks the connection.
    """

    SLOW = "slow"
    DOWN = "down"
    CLOSED = "closed"
    REFUSES = "refuses"
    LATE = "late"
    DROPS = "drops"


#: Faults that strike only requests which register something; the others strike every request.
_AT_REGISTERING = frozenset({Kind.REFUSES, Kind.LATE, Kind.DROPS})


@dataclass(slots=True)
class Fault:
    """A fault that is on: for `left` more requests, or until the machine's time `until`, or until it is taken away."""

    kind: Kind
    delay_s: float
    left: int | None = None
    until: float | None = None


async def _nothing() -> None:
    pass


class Faults:
    """The faults that are on. `now` gives seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._on: list[Fault] = []
        self.changed: Callable[[], Awaitable[None]] = _nothing

    async def add(self, kind: Kind, *, count: int | None, seconds: float | None, delay_s: float) -> Fault:
        """Switch a fault on."""
        fault = Fault(kind, delay_s, count, None if seconds is None else self._now() + seconds)
        self._on.append(fault)
        await self.changed()
        return fault

    async def clear(self) -> None:
        """Switch all faults off."""
        self._on.clear()
        await self.changed()

    def active(self) -> list[Fault]:
        """The faults that are still on, in the order that they were switched on."""
        now = self._now()
        self._on = [f for f in self._on if f.left != 0 and (f.until is None or f.until > now)]
        return list(self._on)

    def take(self, *, registers: bool) -> Fault | None:
        """The fault that strikes the next request, counted down."""
        if not self._on:
            return None
        struck = next((f for f in self.active() if registers or f.kind not in _AT_REGISTERING), None)
        if struck and struck.left is not None:
            struck.left -= 1
        return struck

    def closed_for(self) -> float | None:
        """For how many seconds the EPJ takes no connections; infinity without an end, None where it takes them."""
        ends = [f.until for f in self.active() if f.kind is Kind.CLOSED]
        return max(float("inf") if e is None else e - self._now() for e in ends) if ends else None


@dataclass(frozen=True, slots=True)
class Gate:
    """An ASGI application in front of the EPJ's API, which plays the faults.

    `registers` tells whether a request (method, path) registers something; `error` makes the EPJ's own kind of
    error body.
    """

    app: App
    faults: Faults
    registers: Callable[[str, str], bool]
    error: Callable[[int, str], bytes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or fail as asked."""
        fault = self.faults.take(registers=self.registers(scope["method"], scope["path"]))
        if fault is None:
            await self.app(scope, receive, send)
        else:
            await _PLAYS[fault.kind](self, fault, scope, receive, send)

    async def slow(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then answer."""
        await asyncio.sleep(fault.delay_s)
        await self.app(scope, receive, send)

    async def down(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503."""
        wait = str(max(int(fault.delay_s), 1)).encode()
        await _answer(send, 503, self.error(503, "Journalsystemet er nede."), [(b"retry-after", wait)])

    async def refuses(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 422."""
        await _answer(send, 422, self.error(422, "Journalsystemet tar ikke imot notatet."), [])

    async def late(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Register, wait, then answer."""
        held: list[Message] = []
        await self.app(scope, receive, _holder(held))
        await asyncio.sleep(fault.delay_s)
        for message in held:
            await send(message)

    async def drops(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Register, then break the connection without an answer."""
        await self.app(scope, receive, _holder([]))
        scope[BREAK]()
        while (await receive())["type"] != "http.disconnect":
            pass


_PLAYS: dict[Kind, Callable[[Gate, Fault, Scope, Receive, Send], Awaitable[None]]] = {
    Kind.SLOW: Gate.slow,
    Kind.DOWN: Gate.down,
    Kind.CLOSED: Gate.down,
    Kind.REFUSES: Gate.refuses,
    Kind.LATE: Gate.late,
    Kind.DROPS: Gate.drops,
}


def _holder(held: list[Message]) -> Send:
    async def hold(message: Message) -> None:
        held.append(message)

    return hold


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    named = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": body})
