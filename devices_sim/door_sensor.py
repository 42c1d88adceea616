"""The door sensor: a magnet on the front door, armed at night for those who may walk out."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening
from devices_sim.localday import HOUR


def day(day: DeviceDay) -> Iterator[Happening]:
    """At night the door opens; it closes again, or stays open and the home is left."""
    for _ in range(day.stream.count(day.rates["door_sensor.night_outing"] * day.resident.frailty)):
        opened = day.stream.below(6 * HOUR)
        yield day.says(opened, Alert("4.15", 20, "wandering", "ytterdøra"))
        if day.stream.chance(0.6):
            yield day.says(opened + day.stream.between(15, 240), Alert("4.16", 10, "door_closed", "ytterdøra"))
        elif day.stream.chance(0.7):
            yield day.says(opened + day.stream.between(240, 420), Alert("4.21", 30, "wandering", "ytterdøra"))
    if any(out.end - out.start > 6_900 for out in day.life.outings) and day.stream.chance(0.5):
        yield day.says(20 * HOUR + day.stream.below(HOUR), Alert("4.12", 20, "late_home"))


DEVICE = Device(
    name="door_sensor",
    title="Dørsensor",
    description="Magnet på ytterdøra, på vakt om natten. Varsler når døra åpnes, lukkes og boligen forlates.",
    prefix="DS",
    service="digital_supervision",
    share="door_sensor.share",
    codes=("4.15", "4.16", "4.21", "4.12"),
    rates=("door_sensor.night_outing", "people.outing_per_day"),
    day=day,
    examples=(
        Example("Ytterdøra åpnet om natten", Alert("4.15", 20, "wandering"), "DetectedIssue", ("4.15",)),
        Example("Døra lukket igjen", Alert("4.16", 10, "door_closed"), "DetectedIssue", ("4.16",)),
        Example("Boligen forlatt", Alert("4.21", 30, "wandering"), "DetectedIssue", ("4.21",)),
        Example("Ikke hjemme til avtalt tid", Alert("4.12", 20, "late_home"), "DetectedIssue", ("4.12",)),
    ),
    heartbeat_s=604_800,
    battery_days=540,
    follows_life=True,
)
