"""The epilepsy sensor: under the mattress or on the wrist, alerts on seizures, and on some restless nights."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening
from devices_sim.localday import HOUR


def day(day: DeviceDay) -> Iterator[Happening]:
    """Seizures, two of three while asleep, and false ones at night."""
    for _ in range(day.stream.count(day.rates["epilepsy_sensor.seizures_per_day"])):
        second = day.stream.below(7 * HOUR) if day.stream.chance(0.67) else day.stream.below(24 * HOUR)
        yield day.says(second, Alert("4.24", 40, "seizure", "soverommet"))
    for _ in range(day.stream.count(day.rates["epilepsy_sensor.false_per_day"])):
        yield day.says(day.stream.below(7 * HOUR), Alert("4.24", 30, "restless_sleep", "soverommet"))


DEVICE = Device(
    name="epilepsy_sensor",
    title="Epilepsialarm",
    description="Sensor i seng eller på håndledd. Varsler anfall, og noen ganger en urolig natt.",
    prefix="EP",
    service="digital_supervision",
    share="epilepsy_sensor.share",
    codes=("4.24",),
    rates=("epilepsy_sensor.seizures_per_day", "epilepsy_sensor.false_per_day"),
    day=day,
    examples=(Example("Anfall i søvne", Alert("4.24", 40, "seizure", "soverommet"), "DetectedIssue", ("4.24",)),),
    heartbeat_s=604_800,
    battery_days=30,
    follows_life=True,
)
