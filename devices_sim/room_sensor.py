"""The room motion sensor: alerts on movement where there should be none, and on none where there should be."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening

#: Code, severity and cause of what a movement sensor sees, with a weight.
_SEEN = (
    (("4.5", 10, "night_up"), 14),
    (("4.6", 10, "night_up"), 12),
    (("4.8", 10, "activity"), 14),
    (("4.18", 10, "activity"), 22),
    (("4.7", 20, "long_stay"), 14),
    (("4.9", 20, "inactive"), 10),
    (("4.19", 20, "inactive"), 8),
    (("4.23", 20, "long_stay"), 6),
)


def day(day: DeviceDay) -> Iterator[Happening]:
    """No movement after a fall; else a mixture of what is seen, most of it around nights up and mornings."""
    for trouble in day.troubles:
        if trouble.kind == "fall" and day.stream.chance(0.5):
            code = "4.23" if trouble.place == "badet" else "4.9"
            yield day.says(trouble.at + day.stream.between(1_500, 2_400), Alert(code, 20, "fall", trouble.place))
    for _ in range(day.stream.count(day.rates["room_sensor.alerts_per_day"])):
        (code, severity, cause), up = day.stream.weighted(_SEEN), day.life.nights
        second = day.stream.pick(up).start + 30 if up and day.stream.chance(0.5) else day.stream.below(86_400)
        place = "badet" if code == "4.23" else "stua"
        yield day.says(second, Alert(code, severity, cause, place))


DEVICE = Device(
    name="room_sensor",
    title="Romsensor",
    description="Bevegelsessensor i et rom. Varsler bevegelse, opphold og manglende bevegelse etter avtale.",
    prefix="RS",
    service="digital_supervision",
    share="room_sensor.share",
    codes=("4.5", "4.6", "4.7", "4.8", "4.9", "4.18", "4.19", "4.23"),
    rates=("room_sensor.alerts_per_day", "people.up_at_night"),
    day=day,
    examples=tuple(
        Example(f"Varsel {code}", Alert(code, severity, cause), "DetectedIssue", (code,))
        for (code, severity, cause), _ in _SEEN
    ),
    heartbeat_s=604_800,
    battery_days=720,
    follows_life=True,
)
