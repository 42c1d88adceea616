"""The water sensor: on the floor of bathroom or kitchen, alerts when it gets wet."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening


def day(day: DeviceDay) -> Iterator[Happening]:
    """A tap left running, most often in the morning."""
    for _ in range(day.stream.count(day.rates["water_sensor.alerts_per_day"])):
        second = day.life.wakes + day.stream.below(10_800)
        yield day.says(second, Alert("4.17", 30, "tap_running", day.stream.pick(("badet", "kjøkkenet"))))


DEVICE = Device(
    name="water_sensor",
    title="Vannsensor",
    description="Ligger på gulvet på bad eller kjøkken. Varsler når det blir vått.",
    prefix="VS",
    service="digital_supervision",
    share="water_sensor.share",
    codes=("4.17",),
    rates=("water_sensor.alerts_per_day",),
    day=day,
    examples=(Example("Vann på badegulvet", Alert("4.17", 30, "tap_running", "badet"), "DetectedIssue", ("4.17",)),),
    heartbeat_s=604_800,
    battery_days=1_000,
    follows_life=True,
)
