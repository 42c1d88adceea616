"""Builds the people of municipalities: who receives what, in which home, with which equipment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from devices_sim.device import Device
from devices_sim.randomness import Stream, mixed, seed_of
from devices_sim.rates import RateValues
from devices_sim.resident import IdentityNumbers, Kit, Resident, person
from devices_sim.town import Town


@dataclass(frozen=True, slots=True)
class Population:
    """The residents of all towns, by organisation number."""

    towns: tuple[Town, ...]
    residents: Mapping[str, Sequence[Resident]]

    @property
    def size(self) -> int:
        """How many people there are."""
        return sum(map(len, self.residents.values()))


def populate(towns: Iterable[Town], *, seed: int, rates: RateValues, devices: Mapping[str, Device]) -> Population:
    """The people of `towns`, the same for the same seed and list of towns."""
    towns, numbers = tuple(towns), IdentityNumbers()
    kinds: dict[str, list[Device]] = {}
    for name in sorted(devices):
        kinds.setdefault(devices[name].service, []).append(devices[name])
    residents = {town.organisation_number: _people(town, seed, rates, kinds, numbers) for town in towns}
    return Population(towns, residents)


def _people(
    town: Town, seed: int, rates: RateValues, kinds: Mapping[str, Sequence[Device]], numbers: IdentityNumbers
) -> list[Resident]:
    """The town's recipients. Most have a safety alarm; some have another service only, or one besides."""
    salt = seed_of(seed, town.organisation_number)
    residents: list[Resident] = []
    household = 0
    partner = rates["people.living_with_partner"] / 2
    for number in range(_size(town, rates)):
        stream = Stream(mixed(salt, number))
        household += not stream.chance(partner)
        residents.append(person(town, number, household, stream=stream, numbers=numbers))
    turns = _turns(len(residents), town.recipients.get("safety_alarm", 0))
    for service, count in town.recipients.items():
        chosen = residents[:count] if service == "safety_alarm" else _others(residents, turns, count)
        for resident in chosen:
            resident.kits.extend(_kits(resident, kinds.get(service, ()), service, rates))
    return residents


def _size(town: Town, rates: RateValues) -> int:
    """Unique persons: fewer than the services' recipients together, more than those with a safety alarm."""
    alarms = town.recipients.get("safety_alarm", 0)
    others = sum(town.recipients.values()) - alarms
    if not alarms:
        return max(town.recipients.values(), default=0)
    return alarms + round(others * rates["people.without_alarm"])


def _turns(size: int, alarms: int) -> Iterator[int]:
    """Whose turn it is to get a service besides the alarm: first those without one, then scattered over the town."""
    stride = next(step for step in (7919, 104_729, 1) if step == 1 or size % step)
    scattered = (turn * stride % size for turn in iter(int, 1) for turn in range(size)) if size else iter(())
    return chain(range(alarms, size), scattered)


def _others(residents: Sequence[Resident], turns: Iterator[int], count: int) -> list[Resident]:
    """Whose turn it is to get a service, nobody twice."""
    chosen: dict[int, Resident] = {}
    while len(chosen) < min(count, len(residents)):
        number = next(turns)
        chosen[number] = residents[number]
    return list(chosen.values())


def _kits(resident: Resident, kinds: Sequence[Device], service: str, rates: RateValues) -> list[Kit]:
    """The equipment of one service in one home: at least one piece, each kind by its share."""
    stream = Stream(mixed(resident.salt, seed_of(service)))
    chosen = [kind for kind in kinds if kind.share is None or stream.chance(rates[kind.share])]
    if not chosen and kinds:
        chosen = [stream.pick(kinds)]
    return [fitted(resident, kind, service, stream=stream, rates=rates) for kind in chosen]


def fitted(resident: Resident, kind: Device, service: str, *, stream: Stream, rates: RateValues) -> Kit:
    """A piece of equipment for a resident, with the habits that the rates give to some of its kind."""
    town = resident.town.organisation_number
    return Kit(
        f"{kind.prefix}-{town[-4:]}-{resident.number:05d}",
        kind,
        service,
        stream.bits(),
        clock_error_s=_clock_error(stream, rates),
        slow_to_change=stream.chance(rates["equipment.misses_time_change"]),
        time_style=stream.weighted((("local", 0.7), ("utc", 0.25), ("seven_digits", 0.05))),
        poor_coverage=stream.chance(rates["equipment.poor_coverage"]),
    )


def _clock_error(stream: Stream, rates: RateValues) -> int:
    """Seconds that a clock is ahead: none, a drift of up to a minute and a half, or a whole hour (wrong zone)."""
    point = stream.unit()
    if point < rates["equipment.wrong_zone"]:
        return stream.pick((-3600, 3600))
    return stream.between(-90, 90) if point < rates["equipment.clock_drift"] else 0
