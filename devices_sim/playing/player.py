"""Plays emissions to a target at a pace, and writes down what was truly sent."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from devices_sim.answer_key import Scribe
from devices_sim.answer_key_file import AnswerKeyFile
from devices_sim.emission import Emission
from devices_sim.playing.pace import Pace
from devices_sim.simulation import OVER_AFTER
from devices_sim.targets.target import Target

_LOOK_EVERY = 256
#: What a target leaves behind (requests, tasks) may go in circles, though the simulation's own objects never do.
_COLLECT_EVERY = 256 * 512


@dataclass(slots=True)
class Progress:
    """How far a run has come, for whoever watches: counts by device type, and simulated time."""

    by_device: Counter[str] = field(default_factory=Counter)
    events: int = 0
    statuses: int = 0
    lost: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Player:
    """One playing: to `target` at `pace`, noted in `scribe`, at the most `limit` events.

    In `key_file` a case is written down when nothing was sent of it for the time `over_after`.
    `watch` is called now and then with the progress.
    """

    target: Target
    pace: Pace
    scribe: Scribe | None = None
    key_file: AnswerKeyFile | None = None
    limit: int | None = None
    watch: Callable[[Progress], None] = lambda progress: None
    over_after: timedelta = OVER_AFTER

    async def play(self, emissions: Iterable[Emission]) -> Progress:
        """Send all that is not lost, in order, and wait until it is confirmed or given up."""
        progress = Progress()
        for emission in emissions:
            if self.limit is not None and progress.events >= self.limit:
                break
            await self._one(emission, progress)
        await self.target.drain()
        self._note_resent()
        self.watch(progress)
        return progress

    async def _one(self, emission: Emission, progress: Progress) -> None:
        if emission.lost:
            progress.lost += 1
            self._note(emission)
            return
        await self.pace.until(emission.at)
        emission = self.target.fitted(emission)
        if not await self.target.send(emission):
            return
        self._note(emission)
        _count(emission, progress)
        if (progress.events + progress.statuses) % _LOOK_EVERY == 0:
            # Whoever wants to stop the run, or to read the file meanwhile, must get a turn.
            await asyncio.sleep(0)
            self._note_resent()
            self.watch(progress)
            if self.key_file is not None:
                self.key_file.settle(emission.at - self.over_after)
            if (progress.events + progress.statuses) % _COLLECT_EVERY == 0:
                gc.collect(1)

    def _note(self, emission: Emission) -> None:
        if self.scribe is not None:
            self.scribe.note(emission)

    def _note_resent(self) -> None:
        for emission in self.target.resent():
            self._note(emission)


def _count(emission: Emission, progress: Progress) -> None:
    progress.at = emission.at
    if emission.kind == "status":
        progress.statuses += 1
        return
    progress.events += 1
    progress.by_device[emission.device_type] += 1


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: a population is a million objects without a single cycle to find."""
    gc.collect()
    gc.freeze()
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
