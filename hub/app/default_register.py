"""The register that test mode begins with: VKP's four well-known test persons, in every municipality."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

from hub.api.vkp import KNOWN_CODES
from hub.model.codes import SERVICE_NAMES, ServiceCode
from hub.model.person import IDENTITY_NUMBER
from hub.settings import Settings
from hub.store.engine import Engines
from hub.store.register import Address, Coded, Medication, Registered, Service, Visit, fill, is_empty

#: The number that the EPJ has for a patient itself, as VKP's senders write it.
LOCAL_NUMBER = "http://cosdoc.dips.no/lopenummer"
_NAMESPACE = uuid.UUID("2c7e0f0e-38a5-5a83-9b1f-6f0f6a7a1d2b")
_SINCE = date(2023, 1, 2)
_ICPC2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
_ATC = "http://www.whocc.no/atc"
_SNOMED = "http://snomed.info/sct"

_CONDITIONS = (
    Coded(_ICPC2, "P70", "Demens", _SINCE),
    Coded(_ICPC2, "K86", "Hypertensjon ukomplisert", _SINCE),
    Coded(_ICPC2, "T90", "Diabetes type 2", _SINCE),
    Coded(_ICPC2, "R95", "Kronisk obstruktiv lungesykdom", _SINCE),
)
_ALLERGIES = (
    Coded(_SNOMED, "91936005", "Allergi mot penicillin", _SINCE),
    Coded(_SNOMED, "91935009", "Allergi mot peanøtt", _SINCE),
)
_MEDICATIONS = (
    Medication(Coded(_ATC, "C07AB02", "Metoprolol 50 mg", _SINCE), "1 tablett morgen"),
    Medication(Coded(_ATC, "A10BA02", "Metformin 500 mg", _SINCE), "1 tablett morgen og kveld"),
    Medication(Coded(_ATC, "N02BE01", "Paracetamol 500 mg", _SINCE), "2 tabletter ved behov, høyst 4 ganger daglig"),
)
_VISITS = (
    Visit((0, 1, 2, 3, 4, 5, 6), 8, 30, 20, "Morgenstell", "Hjelp til morgenstell og frokost."),
    Visit((0, 3), 12, 0, 30, "Dusj", "Hjelp til dusj."),
    Visit((0, 1, 2, 3, 4, 5, 6), 20, 15, 15, "Kveldstilsyn", "Se etter at alt er vel."),
)
_HOMES = (
    Address("Testveien 1", "0010", "Testvik", "Elektronisk lås, app", "Inngang fra bakgården"),
    Address("Testveien 3", "0010", "Testvik", "Nøkkelboks"),
    Address("Prøvegata 12 B", "0011", "Testvik", "Elektronisk lås, kodebrikke", "3. etasje, ringeklokken virker ikke"),
    Address("Prøvegata 14", "0011", "Testvik"),
)
_PEOPLE = (
    ("13116900216", "Line", "Danser", "female", date(1969, 11, 13)),
    ("12057900499", "Gry", "Telokk", "female", date(1979, 5, 12)),
    ("21016400952", "Finn Åge", "Dottno", "male", date(1964, 1, 21)),
    ("14019800513", "Folke", "Danser", "male", date(1998, 1, 14)),
)
_FIRST_LOCAL_NUMBER = 1302


def service_names() -> dict[str, str]:
    """The six services' names by VKP's codes."""
    return {code: SERVICE_NAMES[ServiceCode(code)] for code in KNOWN_CODES}


def test_persons(settings: Settings, municipality: str) -> Iterator[Registered]:
    """The four, with all six services under codes that the municipality's patterns mean."""
    patterns = settings.service_patterns(municipality)
    services = tuple(
        Service(patterns[code][0].replace("%", "3"), name, _SINCE)
        for code, name in service_names().items()
        if patterns.get(code)
    )
    for i, (number, given, family, gender, born) in enumerate(_PEOPLE):
        yield Registered(
            id=str(uuid.uuid5(_NAMESPACE, f"{municipality}/{number}")),
            identifiers=((IDENTITY_NUMBER, number), (LOCAL_NUMBER, str(_FIRST_LOCAL_NUMBER + i))),
            given=given,
            family=family,
            gender=gender,
            born=born,
            address=_HOMES[i],
            zone=f"Sone {'Nord' if i % 2 else 'Sør'}",
            household="Bor sammen med andre" if family == "Danser" else "Bor alene",
            services=services,
            phone=f"9900000{i}",
            conditions=(_CONDITIONS[i], _CONDITIONS[(i + 1) % 4]),
            allergies=(_ALLERGIES[i % 2],),
            medications=(_MEDICATIONS[i % 3], _MEDICATIONS[(i + 1) % 3]),
            visits=_VISITS,
        )


async def fill_default_register(engines: Engines, settings: Settings) -> None:
    """Put the test persons where nobody is registered yet; in test mode only."""
    if settings.mode != "test":
        return
    async with engines.writing() as connection:
        for municipality in settings.municipality:
            number = municipality.organisation_number
            if await is_empty(connection, number):
                await fill(connection, number, test_persons(settings, number))
