"""A resident who receives welfare technology: synthetic identity, household, frailty and kits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devices_sim import names
from devices_sim.randomness import Stream
from hub.model.person import check_digits

if TYPE_CHECKING:
    from devices_sim.device import Device
    from devices_sim.town import Town

MAKER = "Acme Velferd AS"


@dataclass(frozen=True, slots=True)
class Kit:
    """One piece of equipment in a home: its serial number, what it is, its habits.

    `clock_error_s` is how far its clock is ahead. `share` places it among its kind, from 0 up to 1, for what
    must be the same every day (schedules, which zone, when the battery was changed).
    """

    id: str
    device: Device
    service: str
    salt: int
    clock_error_s: int = 0
    maker: str = MAKER

    @property
    def share(self) -> float:
        """A fixed number from 0 up to 1."""
        return (self.salt >> 11) * 2.0**-53


@dataclass(slots=True)
class Resident:
    """One person. `identity` is a synthetic identity number, `frailty` multiplies how often trouble comes.

    `household` numbers the home within the municipality: partners share it. `district` is a part of town from 0
    to 9, for outages. `twins` marks a kit on which both doors report (see the plan of the demo).
    """

    town: Town
    number: int
    identity: str
    name: str
    birth_year: int
    frailty: float
    household: int
    salt: int
    kits: list[Kit] = field(default_factory=list)

    @property
    def district(self) -> int:
        """The part of town, 0 to 9: neighbours share it."""
        return self.household // 7 % 10

    @property
    def topic_root(self) -> str:
        """The municipality's part of every topic."""
        return f"vft/{self.town.organisation_number}"


class IdentityNumbers:
    """Deals out synthetic identity numbers (month plus 80), none twice within one population."""

    __slots__ = ("_dealt",)

    def __init__(self) -> None:
        self._dealt: set[str] = set()

    def number(self, stream: Stream, birth_year: int) -> str:
        """A number for someone born in `birth_year` (1900 to 2039), valid in date and check digits."""
        for candidate in _candidates(stream, birth_year):
            if candidate not in self._dealt:
                self._dealt.add(candidate)
                return candidate
        raise AssertionError("unreachable")


def _candidates(stream: Stream, birth_year: int) -> Iterator[str]:
    first, last = (0, 499) if birth_year < 2000 else (500, 999)
    while True:
        day, month = stream.between(1, 28), stream.between(81, 92)
        nine = f"{day:02d}{month:02d}{birth_year % 100:02d}{stream.between(first, last):03d}"
        digits = check_digits(nine)
        if digits is not None:
            yield nine + digits


def person(town: Town, number: int, household: int, *, stream: Stream, numbers: IdentityNumbers) -> Resident:
    """A resident drawn from `stream`: age by the town's age groups of recipients, name, frailty."""
    age = _age(stream, town.ages)
    birth_year = 2024 - age
    given = stream.pick(names.WOMEN if stream.chance(0.68) else names.MEN)
    frailty = (0.5 + stream.unit()) * (1.2 if age >= 80 else 0.75)
    return Resident(
        town,
        number,
        numbers.number(stream, birth_year),
        f"{given} {stream.pick(names.FAMILIES)}",
        birth_year,
        frailty,
        household,
        stream.bits(),
    )


_AGE_GROUPS = ((18, 66), (67, 79), (80, 89), (90, 101))


def _age(stream: Stream, weights: tuple[int, int, int, int]) -> int:
    low, high = stream.weighted(tuple(zip(_AGE_GROUPS, weights, strict=True)))
    return stream.between(low, high)
