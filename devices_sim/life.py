"""A resident's day as it is lived: sleep, nights up, meals, visits, outings, falls. Devices react to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices_sim.localday import HOUR
from devices_sim.randomness import Stream, mixed, unit_of

if TYPE_CHECKING:
    from devices_sim.rates import RateValues
    from devices_sim.resident import Resident


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time from one local second of the day to another, and the room where it is spent."""

    start: int
    end: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong at a local second of the day: `fall`, `unwell`, `lost`; and where."""

    at: int
    kind: str
    place: str


@dataclass(frozen=True, slots=True)
class Life:
    """One resident's date. Times are local seconds after midnight.

    `nights` are times up during the night, `outings` times out of the home, `visits` by home care, `meals` at
    home. `troubles` come in order of time.
    """

    wakes: int
    sleeps: int
    nights: tuple[Stretch, ...]
    meals: tuple[int, ...]
    visits: tuple[Stretch, ...]
    outings: tuple[Stretch, ...]
    troubles: tuple[Trouble, ...]


def troubles_of(resident: Resident, seed: int, rates: RateValues) -> tuple[Trouble, ...]:
    """What goes wrong in a day apart from the nights up, by the day's `seed`: on most days nothing."""
    fall, unwell = rates["people.fall_per_day"] * resident.frailty, rates["people.unwell_per_day"] * resident.frailty
    point = unit_of(seed)
    if point >= fall + unwell:
        return ()
    stream = Stream(mixed(seed, 2))
    return (Trouble(_hour_of_trouble(stream), "fall" if point < fall else "unwell", stream.pick(_PLACES)),)


_PLACES = ("stua", "kjøkkenet", "badet", "soverommet", "gangen")
#: Falls come at all hours, most often in the morning and on the way to the bathroom at night.
_TROUBLE_HOURS = tuple(
    zip(range(24), (4, 4, 5, 5, 5, 5, 6, 8, 8, 7, 6, 5, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4), strict=True)
)


def _hour_of_trouble(stream: Stream) -> int:
    return stream.weighted(_TROUBLE_HOURS) * HOUR + stream.below(HOUR)


def life_of(resident: Resident, seed: int, rates: RateValues) -> Life:
    """A full day by the day's `seed`; falls at night follow from being up at night."""
    stream = Stream(mixed(seed, 1))
    wakes = int(stream.about(7.25, 0.6) * HOUR)
    sleeps = int(stream.about(22.4, 0.7) * HOUR)
    nights = _nights(resident, stream, rates, wakes=wakes)
    troubles = troubles_of(resident, seed, rates)
    if nights and stream.chance(rates["people.fall_per_day"] * resident.frailty):
        up = stream.pick(nights)
        troubles = (*troubles, Trouble(up.start + stream.between(20, 90), "fall", "badet"))
    return Life(
        wakes,
        sleeps,
        nights,
        (wakes + stream.between(1500, 3600), 13 * HOUR + stream.below(HOUR), 17 * HOUR + stream.below(HOUR)),
        _visits(stream, rates, wakes=wakes),
        _outings(stream, rates),
        tuple(sorted(troubles, key=lambda trouble: trouble.at)),
    )


def _nights(resident: Resident, stream: Stream, rates: RateValues, *, wakes: int) -> tuple[Stretch, ...]:
    times = sorted(
        stream.below(wakes - HOUR) for _ in range(stream.count(rates["people.up_at_night"] * resident.frailty))
    )
    return tuple(Stretch(at, at + stream.between(240, 1500), "badet") for at in times)


def _visits(stream: Stream, rates: RateValues, *, wakes: int) -> tuple[Stretch, ...]:
    starts = sorted(stream.between(wakes, 21 * HOUR) for _ in range(stream.count(rates["people.visit_per_day"])))
    return tuple(Stretch(at, at + stream.between(600, 2400)) for at in starts)


def _outings(stream: Stream, rates: RateValues) -> tuple[Stretch, ...]:
    starts = sorted(stream.between(9 * HOUR, 18 * HOUR) for _ in range(stream.count(rates["people.outing_per_day"])))
    return tuple(Stretch(at, at + stream.between(1200, 7200)) for at in starts)
