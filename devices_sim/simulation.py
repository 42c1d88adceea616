"""The simulation: equipment, faults on the way, and a response centre that answers what really reached it.

One clock, one heap: what the equipment sends goes through the faults; whatever comes out and is an alert is heard
by its municipality's response centre, whose follow-ups go through the same faults.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from devices_sim.emission import Emission
from devices_sim.faults import Act, Circumstances, acts, reach, replayed
from devices_sim.happening import Alert
from devices_sim.localday import instant
from devices_sim.rates import RateValues
from devices_sim.response_centre import Desk, handled, staffing
from devices_sim.scenario import Scenario
from devices_sim.world import World, device_emissions
from devices_sim.writing import follow_up_written

#: How long before a start in the middle the world is run without sending anything, where nothing is late.
WARM_UP = timedelta(hours=24)
#: A case that nothing was sent of for so long is over, where nothing is late.
OVER_AFTER = timedelta(hours=50)


@dataclass(frozen=True, slots=True)
class Run:
    """What to simulate: a world under a scenario, from `start` to `end`, sending what is due at or after `sent_from`.

    What is sent at a time does not depend on `sent_from`.
    """

    world: World
    scenario: Scenario
    seed: int
    start: datetime
    end: datetime
    sent_from: datetime | None = None

    @property
    def longest_delay(self) -> timedelta:
        """How late the faults can make the last message of a case: its alert, and then the answer to it."""
        return 2 * reach(self.scenario.fault)

    @property
    def over_after(self) -> timedelta:
        """For how long nothing was sent of a case that is over."""
        return OVER_AFTER + self.longest_delay


def simulated(run: Run) -> Iterator[Emission]:
    """All emissions of a run in order of time; those that are lost on the way have `lost` set."""
    first = run.sent_from or run.start
    start = max(run.start, first - WARM_UP - run.longest_delay)
    towns = run.world.population.towns
    around = Circumstances(run.seed, run.start, {town.number: town.organisation_number for town in towns})
    sources = [device_emissions(run.world, start=start, end=run.end), *_replays(run, around, start)]
    emissions = sources[0] if len(sources) == 1 else heapq.merge(*sources, key=lambda emission: emission.at)
    centre = Centre(run.world, staff=run.scenario.response_centre.staff, remembers=run.over_after)
    for emission in answered(emissions, centre, acts(run.scenario.fault, around)):
        if emission.at >= first:
            yield emission


def _replays(run: Run, around: Circumstances, start: datetime) -> Iterator[Iterator[Emission]]:
    day = timedelta(days=1)
    for number, fault in enumerate(run.scenario.fault):
        if fault.kind == "replay_yesterday":
            yesterday = device_emissions(run.world, start=start - day, end=run.end - day)
            yield replayed(fault, number, around, yesterday)


class Centre:
    """The response centres of all municipalities, each with its own desk.

    For at least as long as it `remembers` it knows that it has heard of a case.
    """

    def __init__(self, world: World, *, staff: float = 1.0, remembers: timedelta = OVER_AFTER) -> None:
        self.rates: RateValues = world.rates
        self._desks = {
            number: Desk(
                staffing(len(people) * world.rates["response_centre.alerts_per_resident"], world.rates, share=staff)
            )
            for number, people in world.population.residents.items()
        }
        self._remembers = remembers
        self._heard: set[str] = set()
        self._heard_before: set[str] = set()
        self._forget_at: datetime | None = None

    def hears(self, emission: Emission) -> str | None:
        """Take in an alert that came through. The municipality whose desk has something new, if it has."""
        happening = emission.source
        if happening is None or not isinstance(happening.what, Alert) or emission.kind == "status":
            return None
        if emission.fault or emission.lost or emission.case is None or self._is_known(emission.case.id, emission.at):
            return None
        self._desks[emission.municipality].hears(happening, _second(emission.at))
        return emission.municipality

    def _is_known(self, case: str, at: datetime) -> bool:
        """Whether a case was heard of in the last days; now it is."""
        if self._forget_at is None or at >= self._forget_at:
            self._heard, self._heard_before = set(), self._heard
            self._forget_at = at + self._remembers
        known = case in self._heard or case in self._heard_before
        self._heard.add(case)
        return known

    def answers(self, municipality: str, at: datetime) -> tuple[list[Emission], datetime | None]:
        """What a desk will say of the alerts that it takes at a time, and when to ask again."""
        taken, again = self._desks[municipality].takes(_second(at))
        said = [follow_up_written(follow_up) for one in taken for follow_up in handled(one, self.rates)]
        return said, None if again is None else instant(again)


def _second(at: datetime) -> int:
    """The first whole second at or after a time."""
    return -int(-at.timestamp() // 1)


def answered(emissions: Iterable[Emission], centre: Centre, act: Act) -> Iterator[Emission]:
    """The emissions after the faults, and the response centres' answers to what of it reached them."""
    clockwork = _Clockwork(centre, act)
    for emission in emissions:
        if clockwork.has_due(emission.at):
            yield from clockwork.until(emission.at)
        clockwork.sends(emission)
    yield from clockwork.until(None)


class _Clockwork:
    """What is due, by time: emissions, and the moments at which a desk can take more (by municipality)."""

    def __init__(self, centre: Centre, act: Act) -> None:
        self._centre = centre
        self._act = act
        self._due: list[tuple[datetime, int, Emission | str]] = []
        self._next_look: dict[str, datetime] = {}
        self._number = 0

    def sends(self, emission: Emission) -> None:
        """Something is sent, and what the faults make of it will be due."""
        for result in self._act(emission):
            self._put(result.at, result)

    def has_due(self, moment: datetime) -> bool:
        """Whether anything is due before a moment."""
        return bool(self._due) and self._due[0][0] < moment

    def until(self, moment: datetime | None) -> Iterator[Emission]:
        """What is due before a moment (None: all), in order of time."""
        due = self._due
        while due and (moment is None or due[0][0] < moment):
            at, _, item = heapq.heappop(due)
            if isinstance(item, str):
                if self._next_look.get(item) == at:
                    del self._next_look[item]
                    self._look(item, at)
                continue
            yield item
            if (desk := self._centre.hears(item)) is not None:
                self._look(desk, at)

    def _put(self, at: datetime, item: Emission | str) -> None:
        self._number += 1
        heapq.heappush(self._due, (at, self._number, item))

    def _look(self, desk: str, at: datetime) -> None:
        said, again = self._centre.answers(desk, at)
        for answer in said:
            self.sends(answer)
        if again is not None and again < self._next_look.get(desk, _NEVER):
            self._next_look[desk] = again
            self._put(again, desk)


_NEVER = datetime.max.replace(tzinfo=UTC)
