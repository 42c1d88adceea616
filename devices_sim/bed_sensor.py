"""The bed sensor: a mat under the mattress that alerts at night when somebody sits up or stays away."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening


def day(day: DeviceDay) -> Iterator[Happening]:
    """Per time up at night: sometimes sitting up; left the bed when it lasts or ends in a fall; back in bed."""
    limit = int(day.rates["bed_sensor.long_absence_s"])
    falls = [trouble.at for trouble in day.troubles if trouble.kind == "fall"]
    for up in day.life.nights:
        if day.stream.chance(day.rates["bed_sensor.sat_up"]):
            yield day.says(max(up.start - 40, 0), Alert("4.3", 10, "night_up", "soverommet"))
        fell = any(up.start <= at <= up.end for at in falls)
        if fell or up.end - up.start > limit:
            cause = "fall" if fell else "night_up"
            yield day.says(up.start + limit, Alert("4.2", 20, cause, "soverommet"))
            if day.stream.chance(0.25):
                yield day.says(max(up.end, up.start + limit + 60), Alert("4.20", 10, "back_in_bed", "soverommet"))


DEVICE = Device(
    name="bed_sensor",
    title="Sengesensor",
    description="Matte under madrassen. Varsler om natten når noen setter seg opp eller blir lenge borte fra sengen.",
    prefix="SE",
    service="digital_supervision",
    share="bed_sensor.share",
    codes=("4.2", "4.3", "4.20"),
    rates=("people.up_at_night", "bed_sensor.long_absence_s", "bed_sensor.sat_up"),
    day=day,
    examples=(
        Example("Borte fra sengen i et kvarter", Alert("4.2", 20, "night_up"), "DetectedIssue", ("4.2",)),
        Example("Satt seg opp", Alert("4.3", 10, "night_up"), "DetectedIssue", ("4.3",)),
        Example("Lagt seg igjen", Alert("4.20", 10, "back_in_bed"), "DetectedIssue", ("4.20",)),
    ),
    heartbeat_s=604_800,
    follows_life=True,
)
