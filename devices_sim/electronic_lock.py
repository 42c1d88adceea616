"""The electronic lock: lets home care in without a key, and says so when it can't."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from typing import TYPE_CHECKING

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening
from devices_sim.life import Stretch
from devices_sim.localday import HOUR

if TYPE_CHECKING:
    from devices_sim.rates import RateValues
    from devices_sim.resident import Resident


def day(day: DeviceDay) -> Iterator[Happening]:
    """Now and then, at a visit, a door that would not open or was left unlocked afterwards."""
    failed, left_open = _per_day(day.rates)
    for _ in range(day.stream.count(failed + left_open)):
        visits = day.life.visits
        visit = day.stream.pick(visits) if visits else Stretch(12 * HOUR, 13 * HOUR)
        if day.stream.chance(failed / (failed + left_open)):
            yield day.says(visit.start - 20, Alert("6", 20, "lock_failed", "ytterdøra"))
        else:
            yield day.says(visit.end + 600, Alert("6", 20, "left_unlocked", "ytterdøra"))


def silence(_resident: Resident, rates: RateValues) -> tuple[float, float]:
    """When all doors open and close: the first draw of `day`, a count of none."""
    return 0.0, exp(-sum(_per_day(rates)))


def _per_day(rates: RateValues) -> tuple[float, float]:
    """Doors that would not open, and doors left unlocked, per day."""
    visits = rates["people.visit_per_day"]
    return visits * rates["electronic_lock.failed_per_visit"], visits * rates["electronic_lock.left_open_per_visit"]


DEVICE = Device(
    name="electronic_lock",
    title="Elektronisk dørlås",
    description="Slipper inn hjemmetjenesten uten nøkkel. Varsler når døra ikke lar seg åpne eller står ulåst.",
    prefix="EL",
    service="electronic_lock",
    share=None,
    codes=("6",),
    rates=(
        "electronic_lock.failed_per_visit",
        "electronic_lock.left_open_per_visit",
        "people.visit_per_day",
    ),
    day=day,
    examples=(Example("Døra lot seg ikke åpne", Alert("6", 20, "lock_failed", "ytterdøra"), "DetectedIssue", ("6",)),),
    heartbeat_s=604_800,
    battery_days=365,
    silence=silence,
)
