"""The electronic lock: lets home care in without a key, and says so when it can't."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening


def day(day: DeviceDay) -> Iterator[Happening]:
    """Per visit, now and then, a door that would not open or was left unlocked."""
    for visit in day.life.visits:
        if day.stream.chance(day.rates["electronic_lock.failed_per_visit"]):
            yield day.says(visit.start - 20, Alert("6", 20, "lock_failed", "ytterdøra"))
        elif day.stream.chance(day.rates["electronic_lock.left_open_per_visit"]):
            yield day.says(visit.end + 600, Alert("6", 20, "left_unlocked", "ytterdøra"))


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
    heartbeat_s=86_400,
    battery_days=365,
)
