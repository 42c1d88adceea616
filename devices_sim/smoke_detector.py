"""The smoke detector: linked to the response centre; mostly cooking, rarely a fire."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening


def day(day: DeviceDay) -> Iterator[Happening]:
    """Smoke around meals; one alert in fifty is a fire."""
    for _ in range(day.stream.count(day.rates["smoke_detector.alerts_per_day"])):
        second = day.stream.pick(day.life.meals) - day.stream.below(1_800)
        cause = "fire" if day.stream.chance(0.02) else "cooking"
        yield day.says(second, Alert("4.11", 40, cause, "kjøkkenet"))


DEVICE = Device(
    name="smoke_detector",
    title="Brannvarsler",
    description="Røykvarsler koblet til responssenteret. Som regel matlaging, sjelden brann.",
    prefix="BR",
    service="digital_supervision",
    share="smoke_detector.share",
    codes=("4.11",),
    rates=("smoke_detector.alerts_per_day",),
    day=day,
    examples=(Example("Røyk på kjøkkenet", Alert("4.11", 40, "cooking", "kjøkkenet"), "DetectedIssue", ("4.11",)),),
    heartbeat_s=604_800,
    battery_days=1_800,
    follows_life=True,
)
