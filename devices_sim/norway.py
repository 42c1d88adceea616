"""Norway's 357 municipalities with recipients in proportion to the national figures and to who lives there."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from devices_sim.rates import RateValues
from devices_sim.town import SERVICES, Town, town
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.money import split
from hub.model.person import NHN_TEST_ORGANISATION

_TABLE = Path(__file__).with_name("municipalities-2024.csv")
_AGE_COLUMNS = ("age_18_66", "age_67_79", "age_80_89", "age_90_plus")
#: How the recipients below 80 and those from 80 on are spread, per inhabitant of each age group, compared with each
#: other: an assumption. How many are 80 or more is in the table of rates.
_YOUNGER, _OLDER = (1, 13), (26, 48)

#: Recipients in NHN's test municipality, which is in no statistics.
TEST_RECIPIENTS = {
    "safety_alarm": 120,
    "digital_supervision": 14,
    "medication_dispenser": 12,
    "location_tracking": 6,
    "remote_monitoring": 6,
    "electronic_lock": 8,
    "nurse_call": 6,
}


@dataclass(frozen=True, slots=True)
class Municipality:
    """A row of the table: numbers, name, and inhabitants aged 18-66, 67-79, 80-89 and 90 or more."""

    number: str
    name: str
    organisation_number: str
    ages: tuple[int, int, int, int]


def municipalities() -> tuple[Municipality, ...]:
    """All rows of the table, in order of number."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return tuple(map(_municipality, rows))


def _municipality(row: dict[str, str]) -> Municipality:
    a, b, c, d = (int(row[column]) for column in _AGE_COLUMNS)
    return Municipality(row["municipality_number"], row["name"], row["organisation_number"], (a, b, c, d))


def norway(rates: RateValues) -> tuple[Town, ...]:
    """Every municipality, with the table of rates' recipients shared out to the last one."""
    rows = municipalities()
    ages = _recipients_by_age(rows, rates["people.aged_80_or_more"])
    weights = [sum(row_ages) for row_ages in ages]
    shared = {service: split(_recipients(service, rates), weights) for service in SERVICES}
    return tuple(_town(row, {s: parts[i] for s, parts in shared.items()}, ages[i], rows) for i, row in enumerate(rows))


def _recipients_by_age(rows: Sequence[Municipality], older: float) -> list[tuple[int, int, int, int]]:
    """Weights by municipality and age group such that the share `older` of the country's recipients is 80 or more."""
    young, old = (
        sum(row.ages[i] * per for row in rows for i, per in zip(places, pers, strict=True))
        for places, pers in (((0, 1), _YOUNGER), ((2, 3), _OLDER))
    )
    share = tuple((1 - older) * per / young for per in _YOUNGER) + tuple(older * per / old for per in _OLDER)
    a, b, c, d = (round(part * 1e12) for part in share)
    return [(row.ages[0] * a, row.ages[1] * b, row.ages[2] * c, row.ages[3] * d) for row in rows]


def _recipients(service: str, rates: RateValues) -> int:
    return round(rates[f"recipients.{service}"] * rates["recipients.growth"])


def _town(
    row: Municipality, recipients: dict[str, int], ages: tuple[int, int, int, int], rows: Sequence[Municipality]
) -> Town:
    namesakes = sum(other.name == row.name for other in rows)
    name = row.name if namesakes == 1 else f"{row.name} {row.number}"
    return town(row.organisation_number, name, recipients, number=row.number, ages=ages)


def one_town(number: str, rates: RateValues) -> Town:
    """The municipality with this municipality number (4 digits) or organisation number (9 digits).

    Raises ConfigurationError when there is none such.
    """
    if number == NHN_TEST_ORGANISATION:
        return _test_municipality()
    found = [t for t in norway(rates) if number in {t.number, t.organisation_number}]
    if not found:
        text = f"{number} er verken et kommunenummer fra 2024 eller et organisasjonsnummer til en kommune"
        raise ConfigurationError([ConfigurationFault(0, "municipality", text)])
    return found[0]


def _test_municipality() -> Town:
    """NHN's test municipality with one sender for everything, as in the example that `knutepunkt up` serves."""
    place = town(NHN_TEST_ORGANISATION, "Testvik", TEST_RECIPIENTS)
    return replace(place, cloud=place.vendor, centre=place.vendor)
