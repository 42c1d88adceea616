"""What equipment does whatever it measures: signs of life, batteries, and the times when it has no connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices_sim.device import DeviceDay, ResidentDay
from devices_sim.happening import Happening, Status
from devices_sim.localday import HOUR
from devices_sim.randomness import Stream, mixed, unit_of

if TYPE_CHECKING:
    from devices_sim.localday import LocalDay
    from devices_sim.resident import Kit

DAY_S = 24 * HOUR
#: A broker publishes the last will this long after it last heard of the device (one and a half keep-alives).
WILL_AFTER_S = 90
LOW_BATTERY = 15


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without connection, in seconds since 1970. `dead` equipment measures nothing meanwhile."""

    start: int
    end: int
    dead: bool = False


def equipment_day(of: ResidentDay, kit: Kit) -> Iterator[Happening]:
    """What a kit says on a date, held up while it has no connection, with its signs of life and last wills."""
    day = DeviceDay(of, kit)
    outage = _outage(day)
    if outage is None and not kit.poor_coverage:
        yield from kit.device.day(day)
    else:
        yield from _held_up(day, outage)
    if (every := kit.device.heartbeat_s) is not None:
        yield from _signs_of_life(day, every, outage)
    if outage is not None:
        yield from _last_will(day, outage)


def _held_up(day: DeviceDay, outage: Outage | None) -> Iterator[Happening]:
    """What the device says, later than it should where it has no connection or a poor one; nothing while dead."""
    for happening in day.kit.device.day(day):
        if outage is not None and outage.start <= happening.at < outage.end:
            if outage.dead:
                continue
            happening.delay_s = outage.end - happening.at + 1 + happening.salt % 20
        elif day.kit.poor_coverage and happening.salt % 5 == 0:
            happening.delay_s = 30 + mixed(happening.salt, 1) % 870
        yield happening


def _outage(day: DeviceDay) -> Outage | None:
    """Most days none. Equipment on batteries that nobody charges dies until somebody sees it."""
    point, empty = unit_of(day.seed), _empties_at(day)
    if empty < DAY_S and point < day.rates["equipment.battery_forgotten"]:
        found = Stream(mixed(day.seed, 2)).between(2 * HOUR, 14 * HOUR)
        return Outage(day.date.at(empty), day.date.at(empty) + found, dead=True)
    if point >= day.rates["equipment.offline_per_day"]:
        return None
    stream = Stream(mixed(day.seed, 2))
    start = day.date.at(stream.below(DAY_S))
    return Outage(start, start + stream.between(300, 3 * HOUR))


def battery(day: DeviceDay, second: int) -> int:
    """Per cent left at a local second: falls evenly from 100 to 0, then the battery is changed or charged."""
    days = day.kit.device.battery_days
    if days is None:
        return 100
    return 100 - (_used(day, days) + second) % (days * DAY_S) * 100 // (days * DAY_S)


def _used(day: DeviceDay, days: int) -> int:
    """Seconds that the battery has lasted at midnight. Each kit's was changed on a day of its own."""
    return (day.date.number * DAY_S + day.kit.salt % (days * DAY_S)) % (days * DAY_S)


def _empties_at(day: DeviceDay) -> int:
    """The local second at which the battery is flat; beyond the day's end when it isn't that day."""
    days = day.kit.device.battery_days
    return DAY_S if days is None else days * DAY_S - _used(day, days)


def _next_sign(kit: Kit, date: LocalDay, every: int) -> int:
    """The local second of the next sign of life; beyond the day's end when none is due that day."""
    return -(date.number * DAY_S + kit.salt % every) % every


def _signs_of_life(day: DeviceDay, every: int, outage: Outage | None) -> Iterator[Happening]:
    for second in range(_next_sign(day.kit, day.date, every), DAY_S, every):
        left = battery(day, second)
        state = Status("low_battery" if left < LOW_BATTERY else "online", left, every + every // 8)
        happening = day.says(second, state)
        if outage is None or not outage.start <= happening.at < outage.end:
            yield happening


def _last_will(day: DeviceDay, outage: Outage) -> Iterator[Happening]:
    """The broker publishes the will; the device says itself when it is back."""
    every = day.kit.device.heartbeat_s
    gone, back = outage.start - day.date.start, outage.end - day.date.start
    yield day.says(gone + WILL_AFTER_S, Status("offline", battery(day, gone), None))
    yield day.says(back, Status("online", battery(day, back), every + every // 8 if every else None))
