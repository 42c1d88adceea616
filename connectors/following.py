"""What became of messages that a service has registered and will journal later: asked for until it is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from random import Random

from connectors.quiet import Quiet
from connectors.spool import Fate, Lanes, Report, Spool, Waiting
from connectors.timing import Timer, backoff, wait_for
from connectors.transport import Journaling, Transport
from hub.model.errors import AccessDenied, DeliveryFailed, OutcomeUnknown, Unreachable

#: An EPJ fetches by its own clock: ask soon, then ever more rarely, at last four times a day.
_FIRST_S, _LONGEST_S = 5.0, 6 * 3600.0


class Following:
    """Asks `transport` for the status of registered entries, one at a time, until each is journaled or has failed."""

    def __init__(
        self,
        spool: Spool,
        transport: Transport,
        *,
        timer: Timer,
        random: Random,
        quiet: Quiet,
        on_report: Callable[[Report], None],
    ) -> None:
        self._spool = spool
        self._transport = transport
        self._timer = timer
        self._random = random
        self._quiet = quiet
        self._on_report = on_report
        self._line = Lanes()
        self._wake = asyncio.Event()

    def add(self, report: Report) -> None:
        """Follow an entry that has just been registered."""
        self._line.add(self._later(Waiting(report.number, str(report.number), 0, reference=report.reference)))
        self._wake.set()

    async def load(self) -> None:
        """Take in what earlier runs left in the spool; before anything is added."""
        for waiting in await self._spool.unfinished(Fate.REGISTERED):
            self._line.add(self._later(replace(waiting, lane=str(waiting.number), attempts=0)))

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            while not self._quiet.left and (waiting := self._line.take(self._timer.real())) is not None:
                await self._ask(waiting)
            due = self._line.next_due
            pause = None if due is None else max(due - self._timer.real(), self._quiet.left)
            await wait_for(self._wake, self._timer, pause)

    async def _ask(self, waiting: Waiting) -> None:
        try:
            journaling = await self._transport.status(waiting.reference or "")
        except (AccessDenied, DeliveryFailed) as e:
            journaling = Journaling()  # the answer can wait; the message is safe with the service
            if isinstance(e, Unreachable | OutcomeUnknown) and e.retry_after is not None:
                await self._quiet.obey(e.retry_after)
        if journaling.journaled is None and journaling.failed is None:
            self._line.postpone(self._later(waiting))
            return
        known = await self._spool.report(waiting.number)
        fate = Fate.JOURNALED if journaling.journaled is not None else Fate.FAILED
        report = replace(known, fate=fate, at=self._timer.now())
        await self._spool.settle(report)
        self._line.done(waiting)
        self._on_report(report)

    def _later(self, waiting: Waiting) -> Waiting:
        pause = backoff(waiting.attempts + 1, random=self._random, first_s=_FIRST_S, longest_s=_LONGEST_S)
        return replace(waiting, attempts=waiting.attempts + 1, due=self._timer.real() + pause)
