"""The world over time: date by date, all that is sent, in order, never more than a date's happenings in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING

from devices_sim.device import ResidentDay
from devices_sim.emission import Emission
from devices_sim.equipment import equipment_day
from devices_sim.happening import Alert, Happening
from devices_sim.localday import LocalDay, days_from
from devices_sim.randomness import mixed, unit_of
from devices_sim.rates import RateValues
from devices_sim.response_centre import FollowUp, follow_ups, staffing
from devices_sim.writing import follow_up_written, written

if TYPE_CHECKING:
    from devices_sim.population import Population
    from devices_sim.resident import Resident

#: A message that is due, not yet written: when it is sent, a number that settles ties, and what it tells of.
_Due = tuple[int, int, Happening | FollowUp]


@dataclass(frozen=True, slots=True)
class World:
    """People, rates, and the share of the response centre's usual staff that is at work."""

    population: Population
    rates: RateValues
    staff: float = 1.0


def emissions(world: World, *, start: datetime, end: datetime) -> Iterator[Emission]:
    """All that is sent from `start` up to `end` (aware), in order of time.

    What is sent at a time does not depend on `start`: to start in the middle gives the same messages from there on.
    """
    first, last = int(start.timestamp()), int(end.timestamp())
    waiting: list[_Due] = []
    for date in days_from(start - timedelta(days=1), end):
        due = sorted([*waiting, *_date(world, date)], key=itemgetter(0, 1))
        waiting = [item for item in due if item[0] >= date.end]
        for at, _, item in due[: len(due) - len(waiting)]:
            if first <= at < last:
                yield from _sent(item, world.rates)
    for at, _, item in waiting:
        if first <= at < last:
            yield from _sent(item, world.rates)


def _date(world: World, date: LocalDay) -> Iterator[_Due]:
    for residents in world.population.residents.values():
        said = list(happenings(residents, date, world.rates))
        for happening in said:
            yield happening.sent_at, happening.salt, happening
        for answer in answers(said, residents, date=date, rates=world.rates, staff=world.staff):
            yield answer.said_at + 2, answer.salt, answer


def happenings(residents: Iterable[Resident], date: LocalDay, rates: RateValues) -> Iterator[Happening]:
    """All that the residents' equipment says on a date, resident by resident."""
    for resident in residents:
        of = ResidentDay(resident, date, rates)
        for kit in resident.kits:
            yield from equipment_day(of, kit)


def answers(
    said: Iterable[Happening], residents: Sequence[Resident], *, date: LocalDay, rates: RateValues, staff: float = 1.0
) -> Iterator[FollowUp]:
    """What the response centre says of the alerts among `said`, which are those of one municipality's residents."""
    alerts = [happening for happening in said if isinstance(happening.what, Alert)]
    usual = len(residents) * rates["response_centre.alerts_per_resident"]
    return follow_ups(alerts, date=date, staff=staffing(usual, rates, share=staff), rates=rates)


def _sent(item: Happening | FollowUp, rates: RateValues) -> Iterator[Emission]:
    """The message, and now and then again: equipment that missed the confirmation."""
    emission = written(item) if isinstance(item, Happening) else follow_up_written(item)
    yield emission
    if emission.kind == "event" and unit_of(mixed(item.salt, 11)) < rates["equipment.sent_twice"]:
        yield emission._replace(repeats=1)
