"""The everyday work: tell what happened; it is kept, sent, tried again, and reported on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random, SystemRandom
from types import TracebackType
from typing import Any, Self

from connectors.background import Background
from connectors.composing import Composed, Sender, compose
from connectors.composing.elements import fhir_time, subject
from connectors.composing.lane import lane_of
from connectors.delivery import Delivery
from connectors.following import Following
from connectors.quiet import Quiet
from connectors.spool import Fate, Report, Spool, SpoolEntry, Waiting
from connectors.timing import SystemTimer, Timer
from connectors.transport import ReportsDevices, Transport
from connectors.words import Event
from hub.fhir import verbatim
from hub.model.errors import Unreachable
from hub.model.person import PatientRef

#: What every way lets go alone. Of all else a Bundle is kept too, since the way may change while it waits.
_BY_EVERY_WAY = frozenset({"Bundle", "MedicationDispense"})
_TIDIED_EVERY = timedelta(days=1)


class Told:
    """An event that is safe in the spool, under its `number` there."""

    def __init__(self, number: int, report: Callable[[int, bool], Coroutine[Any, Any, Report]]) -> None:
        self.number = number
        self._report = report

    async def answered(self) -> Report:
        """Wait until the hub has answered (or refused), however long that takes."""
        return await self._report(self.number, False)

    async def finished(self) -> Report:
        """Wait until nothing more will happen: with JFT, until it is journaled or has failed."""
        return await self._report(self.number, True)


class Connector:
    """Tells the hub, by `transport`, what happens in `municipality` (organisation number) as the system `sender`.

    Used with `async with`. What `tell` has taken is on disk in the file `spool` (in memory without one: for tests)
    and is delivered in order per patient, by this run or a later one. `series` is the address under which you
    number things, such as `https://acme.example/id`.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        municipality: str,
        sender: str,
        spool: Path | None = None,
        series: str = "",
        timer: Timer | None = None,
        random: Random | None = None,
        at_once: int = 32,
    ) -> None:
        self.sender = Sender(municipality, sender, series)
        self._transport = transport
        self.spool_path = spool
        self._timer = timer or SystemTimer()
        self._random = random or SystemRandom()
        self._at_once = at_once
        self._waiters: dict[int, set[asyncio.Future[Report]]] = {}
        self._listeners: set[asyncio.Queue[Report | None]] = set()
        self._over: BaseException | None = None
        self._error: BaseException | None = None
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            self._spool = await opening.enter_async_context(Spool.open(self.spool_path))
            await self._tidy()
            await opening.enter_async_context(self._transport)
            await self._start(opening)
            self._open = opening.pop_all()
        return self

    async def _start(self, opening: AsyncExitStack) -> None:
        timer, random, quiet = self._timer, self._random, Quiet(self._spool, self._timer)
        await quiet.load()
        self._following = Following(
            self._spool, self._transport, timer=timer, random=random, quiet=quiet, on_report=self._on_report
        )
        self._delivery = Delivery(
            self._spool,
            self._transport,
            timer=timer,
            random=random,
            quiet=quiet,
            on_report=self._on_report,
            at_once=self._at_once,
        )
        for part in (self._following, self._delivery):
            await part.load()
            running = Background(part.run, name=type(part).__name__.lower(), on_end=self._end)
            opening.push_async_exit(lambda _kind, error, _trace, running=running: running.stop(error))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.__aexit__(kind, error, trace)

    async def tell(self, event: Event) -> Told:
        """Keep `event` durably and let it be sent. The same event told again is the same event.

        Raises ValueError on what is no possible event (a time without zone), StoreUnavailable when it can't be kept.
        """
        return (await self.tell_all([event]))[0]

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        """Keep `events` in their order, all or none; see `tell`."""
        return await self._keep([self._composed(event) for event in events])

    async def send(
        self, resource: Mapping[str, Any] | bytes, *, device: str, patient: PatientRef | None = None
    ) -> Told:
        """Keep a FHIR resource of your own making and let it be sent as it is.

        It keeps its place among what is told of `patient`, or among what is sent of `device` without one. Raises
        ValueError on bytes that are no JSON object with a `resourceType`.
        """
        payload = resource if isinstance(resource, bytes) else verbatim.dumps(dict(resource))
        parsed = verbatim.loads(payload)
        if not isinstance(parsed, dict) or not isinstance(parsed.get("resourceType"), str):
            raise ValueError("not a FHIR resource: a JSON object with resourceType")  # noqa: TRY004 — of bytes, not types
        lane = lane_of(subject(patient)) if patient is not None else f"device {device}"
        return (await self._keep([SpoolEntry(parsed["resourceType"], payload, device, lane)]))[0]

    def fhir(self, event: Event) -> dict[str, Any]:
        """The FHIR that `event` is sent as, to look at, or to change and `send`.

        Its decimals remember how they were written (`hub.fhir.verbatim`), which `send` respects.
        """
        return compose(event, self.sender, takes=self._transport.takes).resource

    async def report_device(
        self, device: str, *, state: str, battery: int | None = None, next_within_s: int | None = None
    ) -> None:
        """Tell how a device is just now: its `state` ("ok" or what ails it) and battery (per cent).

        A device that said to be heard from again within `next_within_s` seconds and isn't, raises a technical
        alert. Not spooled: only the newest counts. Where the way to the hub has no place for it (HTTP), nothing is
        told. Raises `Unreachable` when there is no connection.
        """
        if isinstance(self._transport, ReportsDevices):
            await self._transport.report_device(
                device,
                state=state,
                at=fhir_time(self._timer.now()),
                battery=battery,
                next_within_s=next_within_s,
            )

    async def reports(self) -> AsyncIterator[Report]:
        """What becomes of events from now on, each change as it happens, failed attempts included."""
        line: asyncio.Queue[Report | None] = asyncio.Queue()
        self._listeners.add(line)
        try:
            while (report := await line.get()) is not None:
                yield report
        finally:
            self._listeners.discard(line)
        if self._error is not None:
            raise self._error

    async def report(self, number: int) -> Report:
        """What is known of the event `number` just now. Raises KeyError when nothing is (any longer)."""
        return await self._spool.report(number)

    async def refused(self) -> list[Report]:
        """The events that the hub has refused and that a person should look at, oldest first."""
        return await self._spool.with_fate(Fate.REFUSED)

    async def send_again(self, number: int) -> None:
        """A person's decision: what was refused can be delivered now. Raises KeyError when `number` is not refused."""
        self._delivery.add(await self._spool.take_up_again(number))

    async def let_go(self, number: int) -> None:
        """A person's decision: what was refused shall not be sent. Its content is forgotten. Raises KeyError."""
        report = await self._spool.report(number)
        if report.fate is not Fate.REFUSED:
            raise KeyError(number)
        await self._spool.settle(replace(report, fate=Fate.LET_GO, at=self._timer.now()))

    async def drained(self) -> None:
        """Wait until everything that has been told is answered or refused."""
        for waiting in await self._spool.unfinished(Fate.WAITING):
            await self._wait(waiting.number, False)

    def _composed(self, event: Event) -> SpoolEntry:
        composed: Composed = compose(event, self.sender, takes=self._transport.takes)
        resource_type = composed.resource["resourceType"]
        bundle = None if resource_type in _BY_EVERY_WAY else compose(event, self.sender, takes=()).payload
        return SpoolEntry(resource_type, composed.payload, composed.device, composed.lane, bundle)

    async def _keep(self, entries: Sequence[SpoolEntry]) -> list[Told]:
        if self._over is not None:
            raise self._over
        # Shielded: what is on disk must get into its lane even if the caller is cancelled meanwhile.
        numbers = await asyncio.shield(asyncio.create_task(self._keep_and_line_up(entries), name="keeping"))
        return [Told(number, self._wait) for number in numbers]

    async def _tidy(self) -> None:
        self._tidied_at = self._timer.now()
        await self._spool.forget_before(self._tidied_at)

    async def _keep_and_line_up(self, entries: Sequence[SpoolEntry]) -> list[int]:
        if self._timer.now() - self._tidied_at >= _TIDIED_EVERY:
            await self._tidy()
        kept = await self._spool.add(entries, self._timer.now())
        for entry, known in zip(entries, kept, strict=True):
            if known.is_new:
                self._delivery.add(Waiting(known.number, entry.lane))
        return [known.number for known in kept]

    async def _wait(self, number: int, until_finished: bool) -> Report:
        while True:
            changed: asyncio.Future[Report] = asyncio.get_running_loop().create_future()
            self._waiters.setdefault(number, set()).add(changed)
            try:
                known = await self._spool.report(number)
                if known.fate.is_final or (known.fate is Fate.REGISTERED and not until_finished):
                    return known
                if self._over is not None:
                    raise self._over
                await changed
            finally:
                self._forget(number, changed)

    def _forget(self, number: int, waiter: asyncio.Future[Report]) -> None:
        waiters = self._waiters.get(number, set())
        waiters.discard(waiter)
        if not waiters:
            self._waiters.pop(number, None)

    def _on_report(self, report: Report) -> None:
        if report.fate is Fate.REGISTERED:
            self._following.add(report)
        for line in self._listeners:
            line.put_nowait(report)
        if report.fate is not Fate.WAITING:
            for waiter in self._waiters.get(report.number, ()):
                if not waiter.done():
                    waiter.set_result(report)

    def _end(self, error: BaseException | None) -> None:
        self._over = self._over or error or Unreachable("the connector is closed; what was told is in the spool")
        self._error = self._error or error
        for line in self._listeners:
            line.put_nowait(None)
        for waiter in [w for those in self._waiters.values() for w in those if not w.done()]:
            waiter.set_exception(self._over)
