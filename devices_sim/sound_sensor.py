"""The sound sensor: alerts on loud sounds at night, and lets the operator listen in."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening, Supervision
from devices_sim.localday import HOUR


def day(day: DeviceDay) -> Iterator[Happening]:
    """Calling out and things that fall over at night; an older model says only that something happened."""
    code = "4" if day.kit.share < day.rates["sound_sensor.older_model"] else "4.10"
    for trouble in day.troubles:
        if trouble.kind == "fall" and day.stream.chance(0.4):
            yield day.says(trouble.at + 4, Alert(code, 30, "fall", trouble.place))
    for _ in range(day.stream.count(day.rates["sound_sensor.alerts_per_night"])):
        second = day.stream.below(7 * HOUR)
        yield day.says(second, Alert(code, 20, "calls_out", "soverommet"))
        if day.stream.chance(0.3):
            yield day.says(second + 120, Supervision(day.stream.pick(("3", "4")), "2", day.stream.between(20, 120)))


DEVICE = Device(
    name="sound_sensor",
    title="Lydsensor",
    description="Varsler høye lyder om natten og lar operatøren lytte inn.",
    prefix="LY",
    service="digital_supervision",
    share="sound_sensor.share",
    codes=("4", "4.10"),
    rates=("sound_sensor.alerts_per_night", "sound_sensor.older_model"),
    day=day,
    examples=(
        Example("Roper om natten", Alert("4.10", 20, "calls_out", "soverommet"), "DetectedIssue", ("4.10",)),
        Example("Eldre modell: bare gruppens kode", Alert("4", 20, "calls_out"), "DetectedIssue", ("4",)),
        Example("Innlytt etter varsel", Supervision("4", "2", 60), "Encounter", ("4", "2")),
    ),
    heartbeat_s=604_800,
    follows_life=True,
)
