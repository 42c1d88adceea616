"""The location tracker: a GPS unit with a button and a zone that its wearer should stay within."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening
from devices_sim.localday import HOUR


def day(day: DeviceDay) -> Iterator[Happening]:
    """Out of the zone on a walk, more often by daylight; sometimes lost, or the button is pressed."""
    for cause, key in (("walk", "location_tracker.left_zone_per_day"), ("lost", "people.lost_per_day")):
        for _ in range(day.stream.count(day.rates[key])):
            severity = 30 if cause == "lost" else 20
            second = day.stream.between(8 * HOUR, 21 * HOUR)
            yield day.says(second, Alert("2", severity, cause, "utenfor avtalt sone"))
    for _ in range(day.stream.count(day.rates["location_tracker.button_per_day"])):
        yield day.says(day.stream.between(8 * HOUR, 22 * HOUR), Alert("2", 30, "lost", "knappetrykk"))


DEVICE = Device(
    name="location_tracker",
    title="GPS-sporer",
    description="Bæres i lomma. Varsler når bæreren forlater avtalt sone eller trykker på knappen.",
    prefix="GPS",
    service="location_tracking",
    share="location_tracker.share",
    codes=("2",),
    rates=("location_tracker.left_zone_per_day", "location_tracker.button_per_day", "people.lost_per_day"),
    day=day,
    examples=(Example("Forlatt avtalt sone", Alert("2", 20, "walk", "utenfor avtalt sone"), "DetectedIssue", ("2",)),),
    heartbeat_s=86_400,
    battery_days=3,
)
