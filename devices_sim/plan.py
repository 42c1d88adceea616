"""The demo's day: a seeded day of small municipalities, with everything that goes wrong on purpose, in memory.

The day is ordinary life (the device files), plus set pieces that every demo must show whatever the seed:
`devices_sim.set_pieces`. The same seed gives the same emissions byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from devices_sim import set_pieces
from devices_sim.answer_key import AnswerKey, Scribe
from devices_sim.device import DeviceDay, ResidentDay
from devices_sim.emission import Emission
from devices_sim.happening import Happening
from devices_sim.localday import days_from
from devices_sim.population import populate
from devices_sim.rates import RateValues, load_rates
from devices_sim.resident import Resident
from devices_sim.simulation import Centre, answered
from devices_sim.town import Town, town
from devices_sim.world import World
from devices_sim.writing import written
from hub.plugins import DEVICES, discover

#: Recipients in a small municipality of the demo.
SMALL = {
    "safety_alarm": 48,
    "digital_supervision": 10,
    "medication_dispenser": 7,
    "location_tracking": 4,
    "remote_monitoring": 5,
}
#: NHN's test number and two Test-Norge numbers with valid check digits.
DEMO_TOWNS = (
    town("314159265", "Testvik", SMALL),
    town("310000019", "Prøveby", SMALL),
    town("310000027", "Øvrefjord", SMALL),
)
DEMO_START = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day in memory: emissions in order of time, and the truth about them."""

    towns: tuple[Town, ...]
    residents: tuple[Resident, ...]
    emissions: tuple[Emission, ...]
    answer_key: AnswerKey


def plan_day(
    seed: int,
    *,
    towns: Iterable[Town] = DEMO_TOWNS,
    start: datetime = DEMO_START,
    hours: float = 24,
    rates: RateValues | None = None,
) -> DayPlan:
    """A demo's day of `towns` from `start` (aware) on. Answers to its alerts may come after its end."""
    towns, end = tuple(towns), start + timedelta(hours=hours)
    rates = rates or load_rates().values
    devices = discover(DEVICES)
    population = populate(towns, seed=seed, rates=rates, devices=devices)
    for residents in population.residents.values():
        set_pieces.equipped(residents, devices, rates)
    world = World(population, rates)
    said = _said(world, start=start, end=end)
    staged: list[Emission] = []
    for residents in population.residents.values():
        pieces = set_pieces.pieces(residents, seed=seed, start=start, end=end, rates=rates)
        said = list(pieces.without_silenced(said))
        staged += pieces.emissions
    emissions = [*answered(said, Centre(world), lambda emission: (emission,)), *staged]
    emissions.sort(key=lambda emission: (emission.at, emission.topic, emission.payload))
    emissions = set_pieces.with_redeliveries(emissions, seed=seed)
    scribe = Scribe()
    ordered = tuple(scribe.watching(emissions))
    everybody = tuple(resident for residents in population.residents.values() for resident in residents)
    return DayPlan(towns, everybody, ordered, scribe.key())


def _said(world: World, *, start: datetime, end: datetime) -> list[Emission]:
    """What the devices say, all of it connected: what the network does to it belongs to the demo's player."""
    first, last = start.timestamp(), end.timestamp()
    said = [
        happening
        for residents in world.population.residents.values()
        for date in days_from(start, end)
        for resident in residents
        for happening in _of_resident(ResidentDay(resident, date, world.rates))
        if first <= happening.at < last
    ]
    return [written(happening) for happening in sorted(said, key=lambda h: (h.sent_at, h.salt))]


def _of_resident(of: ResidentDay) -> Iterator[Happening]:
    for kit in of.resident.kits:
        yield from kit.device.day(DeviceDay(of, kit))
