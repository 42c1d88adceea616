"""Fills the register that VKP's searches read with the simulator's population."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date

from devices_sim.resident import Resident
from devices_sim.town import SERVICES
from hub.app.default_register import LOCAL_NUMBER, service_names
from hub.model.person import IDENTITY_NUMBER
from hub.settings import Settings
from hub.store.engine import Engines
from hub.store.register import Address, Registered, Service, Visit, fill

_NAMESPACE = uuid.UUID("b0c5f1c2-4f0e-5d0b-8d0c-6b3a4f2d9e77")
_FIRST_LOCAL_NUMBER = 20_000
_MOST_AT_ONCE = 1_000
_VISIT = Visit((0, 1, 2, 3, 4, 5, 6), 9, 0, 15, "Tilsyn", "Se etter at alt er vel.")


async def fill_residents(engines: Engines, settings: Settings, residents: Iterable[Resident]) -> int:
    """Register `residents`, each in its own town, where the town is configured; how many they were.

    They come besides those who are there already. A thousand share a transaction, so that nobody waits long.
    """
    waiting: dict[str, list[Registered]] = {}
    done = 0
    for resident in residents:
        number = resident.town.organisation_number
        if settings.municipality_of(number) is None:
            continue
        people = waiting.setdefault(number, [])
        people.append(registered_of(resident, settings))
        if len(people) >= _MOST_AT_ONCE:
            done += await _write(engines, {number: waiting.pop(number)})
    return done + await _write(engines, waiting)


async def _write(engines: Engines, waiting: dict[str, list[Registered]]) -> int:
    async with engines.writing() as connection:
        return sum([await fill(connection, number, people) for number, people in waiting.items()])


def registered_of(resident: Resident, settings: Settings) -> Registered:
    """The resident as the municipality's EPJ would know it: services by the equipment that it has."""
    number = resident.town.organisation_number
    given, _, family = resident.name.rpartition(" ")
    local = str(_FIRST_LOCAL_NUMBER + resident.number)
    return Registered(
        id=str(uuid.uuid5(_NAMESPACE, f"{number}/{resident.identity}")),
        identifiers=((IDENTITY_NUMBER, resident.identity), (LOCAL_NUMBER, local)),
        given=given or family,
        family=family,
        gender="unknown",
        born=_born(resident),
        address=Address(f"Veien {resident.household}", f"{1000 + resident.district:04d}", resident.town.name),
        zone=f"Sone {resident.district}",
        household=f"Husstand {resident.household}",
        services=tuple(_services(resident, settings)),
        visits=(_VISIT,),
    )


def _born(resident: Resident) -> date:
    """By the number: day, and month without the offset of synthetic numbers."""
    return date(resident.birth_year, int(resident.identity[2:4]) - 80, int(resident.identity[:2]))


def _services(resident: Resident, settings: Settings) -> Iterator[Service]:
    patterns = settings.service_patterns(resident.town.organisation_number)
    names = service_names()
    codes = {SERVICES[kit.service].value for kit in resident.kits if kit.service in SERVICES}
    for code in sorted({*codes, "rt"}):
        if code in names and patterns.get(code):
            yield Service(patterns[code][0].replace("%", "3"), names[code], date(2024, 1, 1))
