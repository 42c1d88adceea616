"""Homes where nothing happens on a date, found by the ten thousand at once.

Most recipients have an alarm that is not heard of for days. What would make one heard of follows from the first random
numbers of the date (see `Device.silence`), so whole municipalities are looked through with a few array operations,
with the very numbers that the device itself would draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from devices_sim.device import ResidentDay
from devices_sim.equipment import DAY_S, equipment_day
from devices_sim.happening import Happening
from devices_sim.randomness import GAMMA, STEP

if TYPE_CHECKING:
    from devices_sim.localday import LocalDay
    from devices_sim.rates import RateValues
    from devices_sim.resident import Kit, Resident

_MASK = 0xFFFFFFFFFFFFFFFF
_Array = Any  # arrays of 64-bit whole numbers, or of floats


class Homes:
    """One municipality's homes, sorted into those that are looked at every date and those that are mostly silent."""

    def __init__(self, residents: Iterable[Resident], rates: RateValues) -> None:
        self._rates = rates
        self._busy: list[Resident] = []
        self._silent: list[tuple[Resident, Kit]] = []
        troubles, silences = [], []
        for resident in residents:
            quiet = [kit.device.silence for kit in resident.kits]
            if any(silence is None for silence in quiet):
                self._busy.append(resident)
                continue
            for kit, silence in zip(resident.kits, quiet, strict=True):
                assert silence is not None
                trouble, first_draw = silence(resident, rates)
                self._silent.append((resident, kit))
                troubles.append(trouble)
                silences.append(first_draw)
        self._trouble_below = np.array(troubles)
        self._silent_below = np.array(silences)
        self._of_residents = _numbers(resident.salt for resident, _ in self._silent)
        self._of_kits = _numbers(kit.salt for _, kit in self._silent)
        every = [kit.device.heartbeat_s or 0 for _, kit in self._silent]
        self._every = np.array(every, dtype=np.int64)
        phases = [kit.salt % (kit.device.heartbeat_s or 1) for _, kit in self._silent]
        self._phase = np.array(phases, dtype=np.int64)
        self._offline = max(rates["equipment.offline_per_day"], rates["equipment.battery_forgotten"])

    def happenings(self, date: LocalDay) -> Iterator[Happening]:
        """All that the equipment says on a date."""
        for resident in self._busy:
            of = ResidentDay(resident, date, self._rates)
            for kit in resident.kits:
                yield from equipment_day(of, kit)
        for place in np.flatnonzero(self._may_speak(date.number)):
            resident, kit = self._silent[place]
            yield from equipment_day(ResidentDay(resident, date, self._rates), kit)

    def _may_speak(self, number: int) -> _Array:
        """Which of the mostly silent kits may say something on date `number`: never too few."""
        seeds = _mixed(self._of_kits, number)
        trouble = _unit(_mixed(self._of_residents, number)) < self._trouble_below
        called = _unit(_scrambled(seeds + np.uint64(GAMMA))) >= self._silent_below
        offline = _unit(seeds) < self._offline
        every = np.maximum(self._every, 1)
        sign_due = (self._every > 0) & (-(number * DAY_S + self._phase) % every < DAY_S)
        return trouble | called | offline | sign_due


def _numbers(values: Iterable[int]) -> _Array:
    return np.fromiter(values, dtype=np.uint64)


def _mixed(seeds: _Array, number: int) -> _Array:
    """`devices_sim.randomness.mixed` of many seeds."""
    return _scrambled(seeds + np.uint64((number * STEP + GAMMA) & _MASK))


def _scrambled(z: _Array) -> _Array:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _unit(seeds: _Array) -> _Array:
    """`devices_sim.randomness.unit_of` of many seeds."""
    return (seeds >> np.uint64(11)).astype(np.float64) * 2.0**-53
