"""A resident who receives welfare technology: synthetic identity, household, frailty and kits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from devices_sim import names
from devices_sim.randomness import Stream, unit_of
from hub.model.person import check_digits

if TYPE_CHECKING:
    from devices_sim.device import Device
    from devices_sim.town import Town

MAKER = "Acme Velferd AS"
#: The year in which ages are counted: that of the population table.
AGES_OF_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Kit:
    """One piece of equipment in a home: its serial number, what it is, and the habits it was built with.

    `salt` seeds all that must be the same every day (schedules, when the battery was changed). `clock_error_s` is
    how far its clock is ahead, `slow_to_change` whether it misses the summer-time change for a day. `time_style` is
    how its firmware writes a time, `poor_coverage` whether messages are sometimes late.
    """

    id: str
    device: Device
    service: str
    salt: int
    clock_error_s: int = 0
    slow_to_change: bool = False
    time_style: Literal["local", "utc", "seven_digits"] = "local"
    poor_coverage: bool = False
    maker: str = MAKER

    @property
    def share(self) -> float:
        """A fixed number from 0 up to 1, the kit's place among its kind."""
        return unit_of(self.salt)


@dataclass(slots=True)
class Resident:
    """One person. `identity` is a synthetic identity number, `frailty` multiplies how often trouble comes.

    `household` numbers the home within the municipality: partners share it.
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


class IdentityNumbers:
    """Deals out synthetic identity numbers (month plus 80), none twice within one population."""

    __slots__ = ("_dealt",)

    def __init__(self) -> None:
        self._dealt: set[str] = set()

    def number(self, stream: Stream, birth_year: int) -> str:
        """A number for someone born in `birth_year` (1900 to 2039), valid in date and check digits."""
        number = next(n for n in _candidates(stream, birth_year) if n not in self._dealt)
        self._dealt.add(number)
        return number


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
    birth_year = AGES_OF_YEAR - age
    given = stream.pick(names.WOMEN if stream.chance(0.68) else names.MEN)
    return Resident(
        town,
        number,
        numbers.number(stream, birth_year),
        f"{given} {stream.pick(names.FAMILIES)}",
        birth_year,
        # People differ by a factor of three; the mean over recipients is 1 (seven in ten are 80 or more).
        (0.5 + stream.unit()) * (1.1 if age >= 80 else 0.767),
        household,
        stream.bits(),
    )


_AGE_GROUPS = ((18, 66), (67, 79), (80, 89), (90, 101))


def _age(stream: Stream, weights: tuple[int, int, int, int]) -> int:
    low, high = stream.weighted(tuple(zip(_AGE_GROUPS, weights, strict=True)))
    return stream.between(low, high)
