"""The world over time: date by date, all that the equipment sends, in order, one date's happenings in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING

from devices_sim.emission import Emission
from devices_sim.happening import Happening
from devices_sim.localday import days_from
from devices_sim.quiet import Homes
from devices_sim.randomness import mixed, unit_of
from devices_sim.rates import RateValues
from devices_sim.writing import written

if TYPE_CHECKING:
    from devices_sim.localday import LocalDay
    from devices_sim.population import Population

#: A message that is due, not yet written: when it is sent, a number that settles ties, and what it tells of.
_Due = tuple[int, int, Happening]


@dataclass(frozen=True, slots=True)
class World:
    """The people and how often things happen to them. `homes` are the people made ready for going through dates."""

    population: Population
    rates: RateValues
    homes: tuple[Homes, ...] = ()


def ready(population: Population, rates: RateValues) -> World:
    """A world that is ready for many dates."""
    return World(population, rates, tuple(Homes(people, rates) for people in population.residents.values()))


def device_emissions(world: World, *, start: datetime, end: datetime) -> Iterator[Emission]:
    """All that equipment sends of what happens from `start` up to `end` (aware), in order of time."""
    first, last = start.timestamp(), end.timestamp()
    homes = world.homes or ready(world.population, world.rates).homes
    waiting: list[_Due] = []
    for date in days_from(start, end):
        due = [*waiting, *_date(homes, date, first, last)]
        due.sort(key=itemgetter(0, 1))
        waiting = [item for item in due if item[0] >= date.end]
        for _, _, happening in due[: len(due) - len(waiting)]:
            yield from _sent(happening, world.rates)
    for _, _, happening in waiting:
        yield from _sent(happening, world.rates)


def _date(homes: Iterable[Homes], date: LocalDay, first: float, last: float) -> Iterator[_Due]:
    for town in homes:
        for happening in town.happenings(date):
            if first <= happening.at < last:
                yield happening.sent_at, happening.salt, happening


def _sent(happening: Happening, rates: RateValues) -> Iterator[Emission]:
    """The message, and now and then again: equipment that missed the confirmation."""
    emission = written(happening)
    yield emission
    if emission.kind == "event" and unit_of(mixed(happening.salt, 11)) < rates["equipment.sent_twice"]:
        yield emission._replace(repeats=1)
