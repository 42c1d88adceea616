"""What equipment does whatever it measures: signs of life, batteries, and the times when it has no connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices_sim.device import DeviceDay, ResidentDay
from devices_sim.happening import Happening, Status
from devices_sim.localday import HOUR
from devices_sim.randomness import Stream, mixed

if TYPE_CHECKING:
    from devices_sim.resident import Kit

_DAY = 24 * HOUR
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
    stream = Stream(mixed(day.seed, 1))
    outage = _outage(day, stream)
    for happening in kit.device.day(day):
        if outage is not None and outage.start <= happening.at < outage.end:
            if outage.dead:
                continue
            happening.delay_s = outage.end - happening.at + 1 + happening.salt % 20
        elif kit.poor_coverage and stream.chance(0.2):
            happening.delay_s = stream.between(30, 900)
        yield happening
    yield from _signs_of_life(day, outage)


def _outage(day: DeviceDay, stream: Stream) -> Outage | None:
    """Most days none. Equipment on batteries that nobody charges dies until somebody sees it."""
    empty = _empties_at(day)
    if empty < _DAY and stream.chance(day.rates["equipment.battery_forgotten"]):
        return Outage(day.date.at(empty), day.date.at(empty) + stream.between(2 * HOUR, 14 * HOUR), dead=True)
    if not stream.chance(day.rates["equipment.offline_per_day"]):
        return None
    start = day.date.at(stream.below(_DAY))
    return Outage(start, start + stream.between(300, 3 * HOUR))


def battery(day: DeviceDay, second: int) -> int:
    """Per cent left at a local second: falls evenly from 100 to 0, then the battery is changed or charged."""
    days = day.kit.device.battery_days
    if days is None:
        return 100
    return 100 - (_used(day, days) + second) % (days * _DAY) * 100 // (days * _DAY)


def _used(day: DeviceDay, days: int) -> int:
    """Seconds that the battery has lasted at midnight. Each kit's was changed on a day of its own."""
    return (day.date.number * _DAY + day.kit.salt % (days * _DAY)) % (days * _DAY)


def _empties_at(day: DeviceDay) -> int:
    """The local second at which the battery is flat; beyond the day's end when it isn't that day."""
    days = day.kit.device.battery_days
    return _DAY if days is None else days * _DAY - _used(day, days)


def _signs_of_life(day: DeviceDay, outage: Outage | None) -> Iterator[Happening]:
    every = day.kit.device.heartbeat_s
    if every is not None:
        begun = day.date.number * _DAY + day.kit.salt % every
        for second in range(-begun % every, _DAY, every):
            left = battery(day, second)
            state = Status("low_battery" if left < LOW_BATTERY else "online", left, every + every // 8)
            happening = day.says(second, state)
            if outage is None or not outage.start <= happening.at < outage.end:
                yield happening
    if outage is not None:
        second = outage.start - day.date.start
        yield day.says(second + WILL_AFTER_S, Status("offline", battery(day, second), None))
        back = outage.end - day.date.start
        yield day.says(back, Status("online", battery(day, back), every + every // 8 if every else None))
