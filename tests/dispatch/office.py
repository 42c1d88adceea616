"""A hub's delivering half as tests drive it: an EPJ that does as told, and a hub that can be killed at any point."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import func, select

from hub.dispatch import dispatcher as dispatching
from hub.dispatch.destination import Destination
from hub.dispatch.dispatcher import Dispatcher
from hub.dispatch.epj import EpjDestination
from hub.ingest.accepting import Ingest
from hub.metering.usage import case_usage
from hub.model.errors import NotAnsweredYet, OutcomeUnknown, PatientUnknown, Refused, Unreachable
from hub.model.event import Inbound, Outcome
from hub.model.note import JournalNote
from hub.model.ports import EpjAbilities, Written
from hub.model.usage import UsageRecord
from hub.settings import Settings
from hub.store import leases as leasing
from hub.store import schema
from hub.store.delivering import Delivery
from hub.store.engine import Engines, open_engines
from hub.store.leases import Leases
from hub.store.settling import Settlement
from tests.ingest.intake import NOW, Ticking, rules, settings
from tests.messages import MUNICIPALITY, SENDER, Json, raw

#: How much faster than the machine's the clock of leases, back-off and time-outs runs here.
FASTER = 100
#: Real seconds for which a slow EPJ is at work on a note; the hub believes twice as long that it may be.
WORKS_S = 0.15


@dataclass(slots=True)
class Hurried(Ticking):
    """A clock whose machine seconds fly, so that no test waits for a back-off."""

    began: float = field(default_factory=time.monotonic)

    def real(self) -> float:
        return self.seconds + (time.monotonic() - self.began) * FASTER


class Crash:
    """The hub dies here: whoever is at this point never gets on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def here(self) -> None:
        self.reached.set()
        await asyncio.Event().wait()


@dataclass(slots=True)
class Held:
    """A note as the EPJ holds it."""

    reference: str
    note: JournalNote


#: What the adapter makes of a call, by what befalls it.
ANSWERS: Mapping[str, Callable[[], Exception]] = {
    "slow": lambda: NotAnsweredYet("no answer yet"),
    "late": lambda: OutcomeUnknown("no answer"),
    "lost": lambda: OutcomeUnknown("no answer"),
    "down": lambda: Unreachable("not there"),
    "busy": lambda: Unreachable("later", retry_after=4.0),
    "closed": lambda: Unreachable("not this week", retry_after=600_000.0),
    "refuse": lambda: Refused("no"),
    "unknown": lambda: PatientUnknown("who?"),
    "broken": lambda: ZeroDivisionError(),
}


@dataclass(slots=True)
class FakeEpj:
    """An EPJ adapter and its EPJ in one. `plan` says what befalls the next calls; then all is well.

    ok | late (registers, the answer is lost) | slow (registers a while after the time-out) | lost (nothing is
    registered, nor answered) | down | busy (wants to be asked again after 4 s) | closed (after a week) | refuse |
    unknown (patient) | broken (the adapter stumbles) | die-before | die-after (the hub is killed before, or after, the
    EPJ registered) | die-slow (killed while the EPJ is at work, which registers a while later)
    """

    abilities: EpjAbilities = field(default_factory=lambda: EpjAbilities(conditional_create=True))
    plan: deque[str] = field(default_factory=deque)
    plan_for: Callable[[JournalNote], str | None] = lambda note: None
    held: dict[str, Held] = field(default_factory=dict)
    created: Counter[str] = field(default_factory=Counter)
    calls: list[tuple[str, str, float]] = field(default_factory=list)
    under_way: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0
    most_per_key: int = 0
    takes_s: float = 0.0
    crash: Crash | None = None
    refused_look_ups: int = 0

    async def write(self, note: JournalNote, key: str) -> Written:
        return await self._befall("write", note, key, lambda: self._create(note, key))

    async def amend(self, note: JournalNote, key: str, *, reference: str, since: int) -> Written:
        return await self._befall("amend", note, key, lambda: self._replace(note, key, reference))

    async def find(self, key: str) -> Written | None:
        self.calls.append(("find", key, time.monotonic()))
        if self.refused_look_ups:
            self.refused_look_ups -= 1
            raise Refused("not now")
        held = self.held.get(key)
        return Written(held.reference, held.note.revision, "existed") if held else None

    async def aclose(self) -> None:
        pass

    def _create(self, note: JournalNote, key: str) -> Written:
        held = self.held.get(key)
        if held is not None and self.abilities.conditional_create:
            return Written(held.reference, held.note.revision, "existed")
        self.created[key] += 1
        self.held[key] = Held(f"note-{sum(self.created.values())}", note)
        return Written(self.held[key].reference, note.revision, "created")

    def _replace(self, note: JournalNote, key: str, reference: str) -> Written:
        assert self.held[key].reference == reference
        self.held[key].note = note
        return Written(reference, note.revision, "replaced")

    async def _befall(self, what: str, note: JournalNote, key: str, register: Callable[[], Written]) -> Written:
        self.calls.append((what, key, time.monotonic()))
        self.under_way[key] += 1
        self.most_at_once = max(self.most_at_once, sum(self.under_way.values()))
        self.most_per_key = max(self.most_per_key, self.under_way[key])
        try:
            return await self._answer(self.plan_for(note) or (self.plan.popleft() if self.plan else "ok"), register)
        finally:
            self.under_way[key] -= 1

    async def _answer(self, fate: str, register: Callable[[], Written]) -> Written:
        await asyncio.sleep(self.takes_s)
        if fate in {"late", "die-after", "ok"}:
            written = register()
        if fate in {"slow", "die-slow"}:
            asyncio.get_running_loop().call_later(WORKS_S, register)
        if fate == "ok":
            return written
        if fate in ANSWERS:
            raise ANSWERS[fate]()
        assert self.crash is not None
        await self.crash.here()
        raise AssertionError(fate)


class Mortal(Dispatcher):
    """A dispatcher that dies before or after a commit, when told."""

    crash: Crash
    fates: deque[str]

    async def _commit(self, settlements: Sequence[Settlement]) -> Sequence[None]:
        fate = self.fates.popleft() if self.fates else "ok"
        if fate == "die-before":
            await self.crash.here()
        answer = await super()._commit(settlements)
        if fate == "die-after":
            await self.crash.here()
        return answer


def usage_of(delivery: Delivery, at: datetime) -> UsageRecord:
    history = delivery.history
    return case_usage(
        record_id=f"case:{delivery.case_id}",
        municipality=history.municipality,
        sender=delivery.sender,
        service_code=history.service_code,
        event_kind=history.kind,
        occurred_at=history.occurred_at,
        recorded_at=at,
        size=delivery.size,
        pseudonym="p",
    )


@dataclass(slots=True)
class Office:
    """A hub that takes in and delivers. `epj` is the EPJ of MUNICIPALITY."""

    engines: Engines
    ingest: Ingest
    dispatcher: Mortal
    leases: Leases
    clock: Hurried
    epj: FakeEpj
    crash: Crash

    async def say(self, message: Json, *, sender: str = SENDER, municipality: str = MUNICIPALITY) -> Outcome:
        inbound = Inbound("mqtt", municipality, sender, "dev-1", raw(message), self.clock.now())
        return await self.ingest.submit(inbound)

    async def rows(self, table: Any, *where: Any) -> Sequence[Any]:
        async with self.engines.reading() as connection:
            return (await connection.execute(select(table).where(*where))).all()

    async def deliveries(self, destination: str = "epj") -> dict[str, Any]:
        rows = await self.rows(schema.deliveries, schema.deliveries.c.destination == destination)
        return {row.case_id: row for row in rows}

    async def until(self, is_so: Callable[[], Any], *, within_s: float = 20.0) -> None:
        """Wait until `is_so`, which may be a coroutine function, says yes."""
        async with asyncio.timeout(within_s):
            while True:
                answer = is_so()
                if (await answer) if asyncio.iscoroutine(answer) else answer:
                    return
                await asyncio.sleep(0.005)

    async def is_done(self) -> bool:
        """Whether nothing is on its way: everything is settled or waits for a person."""
        table = schema.deliveries
        async with self.engines.reading() as connection:
            query = select(func.count()).where(table.c.state.in_(("pending", "in_doubt")))
            return not (await connection.execute(query)).scalar()

    async def done(self) -> None:
        await self.until(self.is_done)

    async def states(self) -> dict[str, tuple[str, str | None]]:
        return {case: (row.state, row.reason) for case, row in (await self.deliveries()).items()}


@asynccontextmanager
async def office(
    location: Path | str,
    *,
    epj: FakeEpj | None = None,
    others: dict[tuple[str, str], Destination] | None = None,
    found: Settings | None = None,
    owner: str = "one",
    fates: Iterable[str] = (),
    clock: Hurried | None = None,
    max_in_flight: int = 32,
) -> AsyncIterator[Office]:
    """A hub on the store at `location`; it is gone, as if killed, when the block ends."""
    with hurried():
        async with _running_office(
            location, epj, others, found, owner=owner, fates=fates, clock=clock, max_in_flight=max_in_flight
        ) as running:
            yield running


@contextmanager
def hurried() -> Iterator[None]:
    """Rounds that follow the machine's own time come as much more often as the tests' clock is faster."""
    with (
        patch.object(dispatching, "_POLL_S", 0.01),
        patch.object(dispatching, "_RENEW_S", 0.02),
        patch.object(leasing, "LEASE_SECONDS", 200.0),  # two of the machine's seconds: more than it ever stalls
    ):
        yield


@asynccontextmanager
async def _running_office(
    location: Path | str,
    epj: FakeEpj | None,
    others: dict[tuple[str, str], Destination] | None,
    found: Settings | None,
    *,
    owner: str,
    fates: Iterable[str],
    clock: Hurried | None,
    max_in_flight: int,
) -> AsyncIterator[Office]:
    engines = await open_engines(location)
    clock = clock or Hurried(NOW)
    crash = Crash()
    epj = epj or FakeEpj()
    epj.crash = crash
    leases = Leases(engines, owner)
    destinations = {
        (MUNICIPALITY, "epj"): EpjDestination(epj, max_in_flight=max_in_flight, patience_s=2 * WORKS_S),
        **(others or {}),
    }
    dispatcher = Mortal(engines, destinations, clock, leases=leases, usage_of=usage_of, chance=random.Random(1))
    dispatcher.crash, dispatcher.fates = crash, deque(fates)
    new_id = _ids(owner)
    ingest = Ingest(engines, rules(found or settings()), clock, new_id=new_id, on_wants=dispatcher.wake)
    tasks = [asyncio.create_task(ingest.run()), asyncio.create_task(dispatcher.run())]
    while not leases.renewed_real and not any(task.done() for task in tasks):  # noqa: ASYNC110  # no event tells
        await asyncio.sleep(0.002)
    try:
        yield Office(engines, ingest, dispatcher, leases, clock, epj, crash)
        for task in tasks:
            if task.done():
                await task
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await engines.aclose()
        gc.collect()  # a statement that was broken off keeps SQLite's lock until nobody refers to it


def _ids(owner: str) -> Callable[[], str]:
    from hub.app.ids import CaseIds

    return CaseIds().next
