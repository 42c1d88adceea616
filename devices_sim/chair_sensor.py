"""The chair sensor: a pad on the seat that alerts when somebody who should not walk alone gets up."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening


def day(day: DeviceDay) -> Iterator[Happening]:
    """Getting up, mostly after meals; now and then it ends in a fall that another device tells of."""
    for _ in range(day.stream.count(day.rates["chair_sensor.alerts_per_day"])):
        after = day.stream.pick(day.life.meals) + day.stream.between(900, 5_400)
        yield day.says(after, Alert("4.4", 20, "got_up", "stua"))


DEVICE = Device(
    name="chair_sensor",
    title="Stolsensor",
    description="Pute på setet. Varsler når noen som ikke bør gå alene, reiser seg.",
    prefix="ST",
    service="digital_supervision",
    share="chair_sensor.share",
    codes=("4.4",),
    rates=("chair_sensor.alerts_per_day",),
    day=day,
    examples=(Example("Reist seg fra stolen", Alert("4.4", 20, "got_up", "stua"), "DetectedIssue", ("4.4",)),),
    heartbeat_s=604_800,
    battery_days=365,
    follows_life=True,
)
