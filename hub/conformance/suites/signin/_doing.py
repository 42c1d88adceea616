"""Lets a system do something that needs a token, whatever it is: a connector tells an event, an API client asks."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from connectors.testing.driving import CallAnswer, Way
from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.driving.attended import AttendedSystem
from hub.conformance.expecting import expect_registered
from hub.conformance.national.certificates import Server
from hub.conformance.national.heard import Request
from hub.conformance.national.lane import Lane
from hub.conformance.national.script import Kind
from hub.conformance.verdicts import Omitted, Skipped, both, expect

#: Where DPoP must be used first, so that a system that can both is tried at its strictest.
SIGNED_IN: tuple[Way, ...] = ("jft", "vkp")
#: Calls by each way that change nothing, the first being the best to try: PIT asks for the same as JFT, its neighbour.
_CALLS_BY: Mapping[Way, tuple[str, ...]] = {"mqtt": (), "vkp": ("vkp.search",), "jft": ("jft.read", "pit.read")}
#: What is asked for, where a call needs to be told; the answer may well hold nobody.
_QUESTIONS: Mapping[str, Mapping[str, Any]] = {"vkp.search": {"resource": "patient"}}
_ASK_AGAIN_S = 0.5


async def do_something(bench: ConnectorBench, it: Connected) -> CallAnswer | None:
    """Let the system do one thing that needs a token: an event is told, or a call made and its answer given."""
    if it.surroundings.role == "connector":
        await it.system.tell(bench.alarm())
        return None
    name = _call(bench, it.surroundings.way)
    return await it.system.call(name, _QUESTIONS.get(name, {}))


class Work:
    """A system that does things which need a token, and what the national side sees of it."""

    def __init__(self, bench: ConnectorBench, it: Connected) -> None:
        self._bench = bench
        self._it = it
        self._unanswered = 0
        self._answered = 0

    @property
    def lane(self) -> Lane:
        """The national side."""
        return self._it.lane

    @property
    def way(self) -> Way:
        """The way that it is done by."""
        return self._it.surroundings.way

    @property
    def kind(self) -> Kind:
        """What the script calls the requests by which it is done."""
        return "write" if self._it.surroundings.role == "connector" else "read"

    @property
    def at_tokens(self) -> list[Request]:
        """The requests at the token endpoint, so far."""
        return self.lane.heard.of_kind("token")

    @property
    def at_api(self) -> list[Request]:
        """The requests at the APIs, so far."""
        return [r for r in self.lane.heard.requests if r.kind in ("write", "read", "status")]

    async def do_something(self, times: int = 1) -> None:
        """Do so many things, one right after the other, whether they succeed or not."""
        for _ in range(times):
            answer = await do_something(self._bench, self._it)
            if answer is not None and answer.error is None:
                self._answered += 1
            else:
                self._unanswered += 1

    @contextlib.asynccontextmanager
    async def doing(self) -> AsyncIterator[None]:
        """Something is begun; at the block's end it has been tried, and an API client has had its answer."""
        if self.kind == "write":
            await self.do_something()
            yield
            return
        asking = asyncio.create_task(self.do_something())
        try:
            yield
        finally:
            await asking

    async def expect_done(self, number: int = 1, *, within_s: float = 20.0) -> None:
        """All `number` things that were begun get done, each once. An API client is asked again for what failed."""
        if self.kind == "write":
            await self._it.system.settled(within_s=within_s)
            expect_registered(self.lane, number)
            return
        ends = time.monotonic() + within_s
        while self._unanswered and time.monotonic() < ends:
            self._unanswered -= 1
            await self.do_something()
            await asyncio.sleep(_ASK_AGAIN_S if self._unanswered else 0)
        expect(
            self._answered == number,
            expected=both(f"{number} spørsmål får svar", f"{number} questions are answered"),
            seen=both(f"{self._answered} fikk svar", f"{self._answered} were answered"),
        )


@contextlib.asynccontextmanager
async def working(
    bench: ConnectorBench, ways: Sequence[Way] = SIGNED_IN, *, server: Server | None = None, **more: Any
) -> AsyncIterator[Work]:
    """The system connected to a lane by the first of `ways` that it has; Omitted when it has none of them.

    A person who drives it is asked to restart it; who can't be told of certificates is not tried on them.
    """
    is_told = bench.role == "connector"
    has = bench.system.card.ways if is_told else [way for way in ways if _calls(bench, way)]
    way = next((way for way in ways if way in has), None)
    if way is None:
        named = ", ".join(ways)
        raise Omitted(both(f"systemet bruker ikke {named}", f"the system doesn't use {named}"))
    if server is not None and _is_attended(bench):
        raise Skipped(
            both("systemet kan ikke få nye sertifikater herfra", "the system can't be given certificates here")
        )
    async with bench.connected(server=server, way=way, role=bench.role, **more) as it:
        if _is_attended(bench):  # it may have a token left from the test before
            await bench.ask_to_do(
                "Start systemet på nytt, så det logger inn igjen", "Restart it, so that it signs in anew"
            )
        yield Work(bench, it)


def _call(bench: ConnectorBench, way: Way) -> str:
    return _calls(bench, way)[0]


def _calls(bench: ConnectorBench, way: Way) -> list[str]:
    return [name for name in _CALLS_BY[way] if _is_attended(bench) or name in bench.system.card.calls]


def _is_attended(bench: ConnectorBench) -> bool:
    return isinstance(bench.system, AttendedSystem)
