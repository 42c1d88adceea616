"""The municipalities of Norway as of 1 January 2024, and finding one by any of its numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

REFERENCE = Path(__file__).parent / "reference"
SOURCE = (
    "Folketall etter alder og kommuner: Statistisk sentralbyrå, tabell 07459, 1. januar 2024 (NLOD). "
    "Organisasjonsnummer: SSBs korrespondansetabell; 1580, 3114, 3419 og 5610 er ikke bekreftet der."
)
AGE_GROUPS = ("0_17", "18_66", "67_79", "80_89", "90_plus")


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality. `ages` is the population of `AGE_GROUPS`, in that order."""

    number: str
    name: str
    county: str
    organisation_number: str
    population: int
    ages: tuple[int, ...]


def read_municipalities() -> tuple[Municipality, ...]:
    """The 357 municipalities of 2024 in order of number."""
    with (REFERENCE / "municipalities-2024.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_municipality(row) for row in csv.DictReader(file))


def _municipality(row: Mapping[str, str]) -> Municipality:
    return Municipality(
        number=row["municipality_number"],
        name=row["name"],
        county=row["county"],
        organisation_number=row["organisation_number"],
        population=int(row["population"]),
        ages=tuple(int(row[f"age_{group}"]) for group in AGE_GROUPS),
    )


def positions(municipalities: Iterable[Municipality]) -> dict[str, int]:
    """Where each municipality stands in `municipalities`, by municipality number and by organisation number."""
    found: dict[str, int] = {}
    for position, municipality in enumerate(municipalities):
        found[municipality.number] = position
        found[municipality.organisation_number] = position
    return found


def ended_number(number: str) -> str | None:
    """What became of a municipality number that is no longer in use, in Norwegian; None when we don't know it.

    The table knows a number whole, or by its county (the first two digits).
    """
    with (REFERENCE / "number-changes.csv").open(encoding="utf-8", newline="") as file:
        changes = {row["old"]: row["became"] for row in csv.DictReader(file)}
    return changes.get(number) or changes.get(number[:2])
