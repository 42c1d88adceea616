"""Builds the people of municipalities: who receives what, in which home, with which equipment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from devices_sim.device import Device
from devices_sim.randomness import Stream, mixed, seed_of
from devices_sim.rates import Rates
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


def populate(towns: Iterable[Town], *, seed: int, rates: Rates, devices: Mapping[str, Device]) -> Population:
    """The people of `towns`. The same seed gives the same people; a town's do not depend on the other towns'."""
    towns, numbers = tuple(towns), IdentityNumbers()
    residents = {town.organisation_number: _people(town, seed, rates, devices, numbers) for town in towns}
    return Population(towns, residents)


def _people(
    town: Town, seed: int, rates: Rates, devices: Mapping[str, Device], numbers: IdentityNumbers
) -> list[Resident]:
    """The largest service's recipients; the other services go to some of them first, as in life."""
    salt = seed_of(seed, town.organisation_number)
    size = max(town.recipients.values(), default=0)
    residents: list[Resident] = []
    household = 0
    for number in range(size):
        stream = Stream(mixed(salt, number))
        household += not stream.chance(rates["people.living_with_partner"] / 2)
        residents.append(person(town, number, household, stream=stream, numbers=numbers))
    for service, count in town.recipients.items():
        kinds = [device for device in devices.values() if device.service == service]
        for turn in range(count):
            # A stride that shares no factor with the size spreads each service over the town.
            resident = residents[turn if count == size else (turn * _stride(size) + len(service)) % size]
            resident.kits.extend(_kits(resident, kinds, service, rates))
    return residents


def _stride(size: int) -> int:
    return next(step for step in (7919, 104_729, 1_299_709, 1) if size % step) if size > 1 else 1


def _kits(resident: Resident, kinds: Sequence[Device], service: str, rates: Rates) -> list[Kit]:
    """The equipment of one service in one home: at least one piece, each kind by its share."""
    stream = Stream(mixed(resident.salt, seed_of(service)))
    chosen = [kind for kind in kinds if kind.share is None or stream.chance(rates[kind.share])]
    if not chosen and kinds:
        chosen = [stream.pick(kinds)]
    return [_kit(resident, kind, service, stream) for kind in chosen]


def _kit(resident: Resident, kind: Device, service: str, stream: Stream) -> Kit:
    town = resident.town.organisation_number
    return Kit(f"{kind.prefix}-{town[-4:]}-{resident.number:05d}", kind, service, stream.bits())
