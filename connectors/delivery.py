"""The sending of what is in the spool: in order per patient, side by side across patients, until it is at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from random import Random

from connectors.quiet import Quiet, not_too_late
from connectors.receipt import Receipt
from connectors.spool import Fate, Lanes, Report, Spool, Waiting
from connectors.timing import Timer, backoff, wait_for
from connectors.transport import Outgoing, Transport
from hub.model.errors import AccessDenied, DeliveryFailed, OutcomeUnknown, Refused, Unreachable


class Delivery:
    """Sends the spool's waiting entries by `transport`, at most `at_once` at a time, and tells `on_report`.

    A refused entry is never sent again and holds up nobody. What can't be delivered for now is tried again with
    back-off; where the hub asks for patience (`retry_after`), everything waits.
    """

    def __init__(
        self,
        spool: Spool,
        transport: Transport,
        *,
        timer: Timer,
        random: Random,
        quiet: Quiet,
        on_report: Callable[[Report], None],
        at_once: int = 32,
    ) -> None:
        self._spool = spool
        self._transport = transport
        self._timer = timer
        self._random = random
        self._on_report = on_report
        self._at_once = at_once
        self._lanes = Lanes()
        self._under_way = 0
        self._quiet = quiet
        self._wake = asyncio.Event()

    def add(self, waiting: Waiting) -> None:
        """Take in an entry that has just been spooled."""
        self._lanes.add(waiting)
        self._wake.set()

    async def load(self) -> None:
        """Take in what earlier runs left in the spool; before anything is added."""
        for waiting in await self._spool.unfinished(Fate.WAITING):
            self._lanes.add(replace(waiting, due=not_too_late(waiting.due, self._timer)))

    async def run(self) -> None:
        """Send until cancelled. Raises StoreUnavailable when the spool fails, and whatever is no delivery's fault."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._start_due(group)
                await wait_for(self._wake, self._timer, self._seconds_to_next())

    def _start_due(self, group: asyncio.TaskGroup) -> None:
        if self._quiet.left:
            return
        while self._under_way < self._at_once and (waiting := self._lanes.take(self._timer.real())) is not None:
            self._under_way += 1
            group.create_task(self._deliver(waiting), name=f"delivery of event {waiting.number}")

    def _seconds_to_next(self) -> float | None:
        due = self._lanes.next_due
        if due is None or self._under_way >= self._at_once:
            return None
        return max(due - self._timer.real(), self._quiet.left)

    async def _deliver(self, waiting: Waiting) -> None:
        entry = await self._spool.entry(waiting.number)
        tried = replace(waiting, attempts=waiting.attempts + 1)
        try:
            receipt = await self._transport.send(Outgoing(*entry.as_taken(self._transport.takes), entry.device))
        except (AccessDenied, DeliveryFailed) as e:
            await self._failed(tried, e)
        else:
            await self._settle(tried, self._answered(tried, receipt))
        self._under_way -= 1
        self._wake.set()

    async def _failed(self, tried: Waiting, error: AccessDenied | DeliveryFailed) -> None:
        if isinstance(error, Refused) or (isinstance(error, AccessDenied) and error.status != 401):
            text = str(error)
            await self._settle(tried, Report(tried.number, Fate.REFUSED, self._timer.now(), tried.attempts, text=text))
            return
        pause = backoff(tried.attempts, random=self._random)
        if not isinstance(error, Unreachable | OutcomeUnknown):
            self._quiet.rest(pause)  # who isn't signed in has nothing else to send either
        elif error.retry_after is not None:
            await self._quiet.obey(error.retry_after)
            pause = max(pause, error.retry_after)
        later = replace(tried, due=self._timer.real() + pause)
        await self._spool.postpone(later)
        self._lanes.postpone(later)
        self._on_report(Report(tried.number, Fate.WAITING, self._timer.now(), tried.attempts, text=str(error)))

    async def _settle(self, tried: Waiting, report: Report) -> None:
        await self._spool.settle(report)
        self._lanes.done(tried)
        self._on_report(report)

    def _answered(self, tried: Waiting, receipt: Receipt) -> Report:
        settled = Fate.REGISTERED if receipt.reference else Fate.TAKEN
        advice = "; ".join(f"{r.path}: {r.rule}" for r in receipt.remarks if r.severity == "error")
        return Report(
            number=tried.number,
            fate=settled if receipt.is_settled else Fate.REFUSED,
            at=self._timer.now(),
            attempts=tried.attempts,
            receipt=receipt.code.value,
            text=advice or receipt.text,
            reference=receipt.reference,
        )
