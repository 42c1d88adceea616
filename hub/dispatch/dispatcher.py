"""The dispatcher: carries deliveries to their destinations, in order per patient and in parallel across patients.

A lane is one patient's queue to one destination. Lanes that have work are loaded many at a time, and each is worked
through by a task of its own. A delivery that waits for a person is passed by; one that must be tried again holds up
only its own lane.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from hub.dispatch.desk import Desk
from hub.dispatch.destination import Attempt, Destination
from hub.dispatch.verdict import FAULT, IN_DOUBT, UsageOf, Verdict
from hub.model.errors import DeliveryFailed
from hub.model.ports import Clock
from hub.store.accepting import lane_of, lane_prefix
from hub.store.delivering import WINDOW, Delivery, Lane, due_lanes, load_lanes
from hub.store.engine import Engines, is_contention
from hub.store.group_commit import GroupCommit
from hub.store.leases import Leases
from hub.store.rows import Want
from hub.store.settling import Postponed, Settlement, settle
from hub.store.waiting import held

log = logging.getLogger(__name__)

_POLL_S = 0.25
_RENEW_S = 5.0
#: How often everything is looked through: rarely where nobody else writes, often where other hubs may.
_SWEEP_ALONE_S = 10.0
_SWEEP_SHARED_S = 1.0
_LOADED_MOST = 512
_PROBES = 2
_MAX_BATCH = 512
_MOST_LANES = 2_000
_WIDEST_WINDOW = 64 * WINDOW
_TRIES = 5
Address = tuple[str, str]


class Dispatcher:
    """Delivers for one process. `run` until cancelled; `wake` tells of new work."""

    def __init__(
        self,
        engines: Engines,
        destinations: Mapping[Address, Destination],
        clock: Clock,
        *,
        leases: Leases,
        usage_of: UsageOf,
        chance: random.Random,
    ) -> None:
        self._engines = engines
        self._clock = clock
        self._leases = leases
        self._verdict = Verdict(clock, chance, usage_of)
        self._desks = {
            address: Desk(destination, asyncio.Semaphore(destination.max_in_flight))
            for address, destination in destinations.items()
        }
        self._busy: dict[str, int] = {}
        self._again: dict[str, Lane] = {}
        self._parked: dict[str, float] = {}
        self._news = asyncio.Event()
        self._sweep_s = _SWEEP_ALONE_S if engines.is_sqlite else _SWEEP_SHARED_S
        self._settling: GroupCommit[Settlement, None] = GroupCommit(self._commit, most=_MAX_BATCH)

    def wake(self, wants: Sequence[Want]) -> None:
        """New work was committed."""
        for want in wants:
            key = lane_of(want.municipality, want.patient, want.destination, want.case_id)
            self._queue(Lane(key, want.municipality, want.destination))

    @property
    def addresses(self) -> Sequence[Address]:
        """Everywhere that something is delivered to."""
        return tuple(self._desks)

    def knows(self, address: Address) -> bool:
        """Whether anything is delivered to `address`."""
        return address in self._desks

    def is_held(self, address: Address) -> bool:
        """Whether nothing is sent to `address` until it is released."""
        return self._desks[address].is_held

    def hold(self, address: Address) -> None:
        """Send nothing more to `address` until released."""
        self._desks[address].is_held = True

    def release(self, address: Address) -> None:
        """Let traffic to `address` flow again, at once."""
        self._desks[address].is_held = False
        self._desks[address].gate.open()
        lanes = lane_prefix(*address)
        self._parked = {key: until for key, until in self._parked.items() if not key.startswith(lanes)}
        self.look(address)

    def look(self, address: Address) -> None:
        """Look in the store for what is due to `address`, which somebody else may have changed."""
        self._desks[address].look_real = 0.0

    async def run(self) -> None:
        """Deliver until cancelled. Raises StoreUnavailable when the store fails."""
        await self._leases.renew(real=self._clock.real())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._settling.run(), name="settle deliveries")
            tasks.create_task(self._poll(), name="look for due deliveries")
            tasks.create_task(self._renew(), name="renew leases")
            tasks.create_task(self._load(tasks), name="load lanes")

    async def aclose(self) -> None:
        """Close every destination."""
        for desk in self._desks.values():
            await desk.destination.aclose()

    def _queue(self, lane: Lane) -> None:
        desk = self._desks.get((lane.municipality, lane.destination))
        if desk is None or self._parked.get(lane.key, 0.0) > self._clock.real():
            return
        if lane.key in self._busy:
            self._again[lane.key] = lane
        elif lane.key not in desk.queued:
            desk.queued.add(lane.key)
            desk.ready.append(lane)
            self._news.set()

    async def _poll(self) -> None:
        """Find what is due: retries, what others committed, and what was left when the last process died."""
        sweep_real = 0.0
        while True:
            real = self._clock.real()
            if real >= sweep_real:
                sweep_real = real + self._sweep_s
                for desk in self._desks.values():
                    desk.look_real = min(desk.look_real, real)
            looking = [address for address, desk in self._desks.items() if self._wants_more(desk, real)]
            if looking:
                await self._look(looking, real)
            self._news.set()
            await asyncio.sleep(_POLL_S)

    def _wants_more(self, desk: Desk, real: float) -> bool:
        is_open = not desk.is_held and desk.gate.is_open(real=real)
        return is_open and desk.look_real <= real and len(desk.ready) < _LOADED_MOST

    async def _look(self, addresses: Sequence[Address], real: float) -> None:
        self._parked = {key: until for key, until in self._parked.items() if until > real}
        async with self._engines.reading() as connection:
            for address in addresses:
                desk = self._desks[address]
                desk.look_real = math.inf
                held = self._leases.held.keys()
                due = await due_lanes(connection, *address, held, real=real, window=desk.window)
                desk.look_real = min(desk.look_real, due.next_real)
                before = len(desk.ready)
                for lane in due.lanes:
                    if lane.key not in self._busy:
                        self._queue(lane)
                # One patient's long queue must not fill the window for everybody else's.
                is_stuck = due.next_real <= real and len(desk.ready) == before
                desk.window = min(desk.window * 4, _WIDEST_WINDOW) if is_stuck else WINDOW

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_S)
            await self._leases.renew(real=self._clock.real(), busy=lambda: set(self._busy.values()))
            if not self._engines.is_sqlite:
                await self._heed_others_holds()

    async def _heed_others_holds(self) -> None:
        """Where several hubs share a store, what one of them was told to hold all of them hold."""
        async with self._engines.reading() as connection:
            now_held = set(await held(connection))
        for address, desk in self._desks.items():
            if desk.is_held != (address in now_held):
                self.hold(address) if address in now_held else self.release(address)

    async def _load(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while taken := self._take():
                async with self._engines.reading() as connection:
                    work = await load_lanes(connection, taken)
                for lane in taken:
                    if work.is_cut:
                        self._again[lane.key] = lane
                    found, waiting = work.by_lane.get(lane.key, []), work.waiting.get(lane.key, [])
                    tasks.create_task(self._work(lane, found, waiting), name="deliver a lane")

    def _take(self) -> list[Lane]:
        """Lanes to load now: as many as their destinations may have loaded, one or two where one is being probed."""
        real = self._clock.real()
        taken: list[Lane] = []
        for desk in self._desks.values():
            if desk.is_held or not desk.gate.is_open(real=real):
                continue
            room = min((_PROBES if desk.gate.is_probing else _LOADED_MOST) - desk.loaded, _MOST_LANES - len(taken))
            for _ in range(min(max(room, 0), len(desk.ready))):
                lane = desk.ready.popleft()
                desk.queued.discard(lane.key)
                desk.loaded += 1
                self._busy[lane.key] = -1
                taken.append(lane)
        return taken

    async def _work(self, lane: Lane, deliveries: Sequence[Delivery], waiting: Sequence[datetime]) -> None:
        """Deliver a lane's work in order, until it is done or one must be tried again later."""
        desk = self._desks[lane.municipality, lane.destination]
        try:
            for delivery in deliveries:
                if delivery.partition not in self._leases.held:
                    continue
                self._busy[lane.key] = delivery.partition
                earlier = tuple(at for at in waiting if at < delivery.history.occurred_at)
                if not await self._deliver(desk, delivery, earlier):
                    break
        finally:
            desk.loaded -= 1
            del self._busy[lane.key]
            if again := self._again.pop(lane.key, None):
                self._queue(again)
            self._news.set()

    async def _deliver(self, desk: Desk, delivery: Delivery, earlier: tuple[datetime, ...]) -> bool:
        """Make one delivery and settle it. False when the lane must wait."""
        if delivery.not_before_real > self._clock.real():
            self._park(desk, delivery.lane, delivery.not_before_real)
            return False
        is_doubtful = desk.destination.can_find and (
            delivery.state == "in_doubt" or not self._leases.is_fresh(delivery.partition, delivery.enqueued_real)
        )
        async with desk.slots:
            real = self._clock.real()
            if desk.is_held or not desk.gate.is_open(real=real):
                return False
            if not self._leases.may_send(delivery.partition, real=real):
                return False
            settlement = await self._attempt(desk, delivery, earlier, is_doubtful=is_doubtful)
        await self._settling.submit(settlement)
        if isinstance(settlement, Postponed):
            self._park(desk, delivery.lane, settlement.not_before_real)
            return False
        return True

    def _park(self, desk: Desk, lane: Lane, until_real: float) -> None:
        """Leave a lane alone until its first delivery may be tried again."""
        self._parked[lane.key] = until_real
        desk.look_real = min(desk.look_real, until_real)

    async def _attempt(
        self, desk: Desk, delivery: Delivery, earlier: tuple[datetime, ...], *, is_doubtful: bool
    ) -> Settlement:
        history = replace(delivery.history, earlier_waiting=earlier) if earlier else delivery.history
        attempt = Attempt(history, delivery.reference, delivery.note_revision, is_doubtful)
        if not desk.destination.can_find:
            if delivery.state == "in_doubt":
                return self._verdict.stopped(delivery, "in_doubt", IN_DOUBT, in_doubt=True)
            await self._settling.submit(
                self._verdict.postponed(delivery, 0.0, in_doubt=True, reason="sending", tell=False)
            )
        try:
            receipt = await desk.destination.deliver(attempt)
        except DeliveryFailed as error:
            return self._verdict.failed(desk, delivery, error, is_doubtful=is_doubtful)
        except Exception as error:
            # One case that can't be told must not stop everybody's; it becomes a work item, by name of its fault.
            log.exception("case %s could not be delivered: %s", delivery.case_id, type(error).__name__, exc_info=False)
            return self._verdict.stopped(delivery, "fault", FAULT, in_doubt=True)
        desk.answered(self._clock.real())
        return self._verdict.settled(desk, delivery, receipt)

    async def _commit(self, settlements: Sequence[Settlement]) -> Sequence[None]:
        for attempt in range(1, _TRIES + 1):
            try:
                async with self._engines.writing() as connection:
                    await settle(connection, settlements)
                break
            except DBAPIError as error:
                if not is_contention(error) or attempt == _TRIES:
                    raise
        return [None] * len(settlements)


__all__ = ["Address", "Dispatcher", "UsageOf"]
