"""The world over time: date by date, all that the equipment sends, in order, one date's happenings in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING

from devices_sim.device import ResidentDay
from devices_sim.emission import Emission
from devices_sim.equipment import equipment_day, is_quiet
from devices_sim.happening import Happening
from devices_sim.localday import LocalDay, days_from
from devices_sim.randomness import mixed, unit_of
from devices_sim.rates import RateValues
from devices_sim.writing import written

if TYPE_CHECKING:
    from devices_sim.population import Population
    from devices_sim.resident import Resident

#: A message that is due, not yet written: when it is sent, a number that settles ties, and what it tells of.
_Due = tuple[int, int, Happening]


@dataclass(frozen=True, slots=True)
class World:
    """The people and how often things happen to them."""

    population: Population
    rates: RateValues


def device_emissions(world: World, *, start: datetime, end: datetime) -> Iterator[Emission]:
    """All that equipment sends of what happens from `start` up to `end` (aware), in order of time."""
    first, last = start.timestamp(), end.timestamp()
    waiting: list[_Due] = []
    for date in days_from(start, end):
        due = [*waiting, *_date(world, date, first, last)]
        due.sort(key=itemgetter(0, 1))
        waiting = [item for item in due if item[0] >= date.end]
        for _, _, happening in due[: len(due) - len(waiting)]:
            yield from _sent(happening, world.rates)
    for _, _, happening in waiting:
        yield from _sent(happening, world.rates)


def _date(world: World, date: LocalDay, first: float, last: float) -> Iterator[_Due]:
    for residents in world.population.residents.values():
        for happening in happenings(residents, date, world.rates):
            if first <= happening.at < last:
                yield happening.sent_at, happening.salt, happening


def happenings(residents: Iterable[Resident], date: LocalDay, rates: RateValues) -> Iterator[Happening]:
    """All that the residents' equipment says on a date, resident by resident."""
    for resident in residents:
        of = ResidentDay(resident, date, rates)
        is_lived = of.is_lived
        for kit in resident.kits:
            if is_lived or not is_quiet(of, kit):
                yield from equipment_day(of, kit)


def _sent(happening: Happening, rates: RateValues) -> Iterator[Emission]:
    """The message, and now and then again: equipment that missed the confirmation."""
    emission = written(happening)
    yield emission
    if emission.kind == "event" and unit_of(mixed(happening.salt, 11)) < rates["equipment.sent_twice"]:
        yield emission._replace(repeats=1)
