"""The fall detector: worn on the wrist; notices most falls, and now and then one that was none."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening


def day(day: DeviceDay) -> Iterator[Happening]:
    """An alert within seconds of most falls, and false ones by day."""
    for trouble in day.troubles:
        if trouble.kind == "fall" and day.stream.chance(day.rates["fall_detector.noticed"]):
            yield day.says(trouble.at + day.stream.between(5, 25), Alert("4.1", 30, "fall", trouble.place))
    for _ in range(day.stream.count(day.rates["fall_detector.false_per_day"])):
        yield day.says(day.stream.between(25_200, 82_800), Alert("4.1", 30, "false_fall"))


DEVICE = Device(
    name="fall_detector",
    title="Falldetektor",
    description="Bæres på håndleddet. Varsler fall selv når ingen trykker, og noen ganger uten at noen falt.",
    prefix="FD",
    service="digital_supervision",
    share="fall_detector.share",
    codes=("4.1",),
    rates=("people.fall_per_day", "fall_detector.noticed", "fall_detector.false_per_day"),
    day=day,
    examples=(Example("Fall på badet", Alert("4.1", 30, "fall", "badet"), "DetectedIssue", ("4.1",)),),
    heartbeat_s=604_800,
    battery_days=7,
    follows_life=True,
)
