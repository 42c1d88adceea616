"""The nurse call: buttons, cords and incontinence sensors in sheltered homes, answered by the house's own staff."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening
from devices_sim.localday import HOUR


def day(day: DeviceDay) -> Iterator[Happening]:
    """Calls all day, incontinence at night, and now and then a call that did not get through."""
    for _ in range(day.stream.count(day.rates["nurse_call.calls_per_day"])):
        second = day.stream.between(6 * HOUR, 24 * HOUR - 1) if day.stream.chance(0.8) else day.stream.below(6 * HOUR)
        code, cause = day.stream.weighted(_CALLS)
        yield day.says(second, Alert(code, 20, cause, "rommet"))
    for _ in range(day.stream.count(day.rates["nurse_call.incontinence_per_night"])):
        yield day.says(day.stream.below(7 * HOUR), Alert("7.1", 10, "incontinence", "sengen"))


_CALLS = ((("7", "toilet"), 40), (("7", "practical"), 35), (("7", "pain"), 10), (("4.22", "failed_call"), 3))

DEVICE = Device(
    name="nurse_call",
    title="Sykesignalanlegg",
    description="Knapper, snorer og inkontinenssensorer i omsorgsbolig. Besvares av husets eget personale.",
    prefix="SY",
    service="nurse_call",
    share=None,
    codes=("7", "7.1", "4.22"),
    rates=("nurse_call.calls_per_day", "nurse_call.incontinence_per_night"),
    day=day,
    examples=(
        Example("Anrop fra rommet", Alert("7", 20, "toilet", "rommet"), "DetectedIssue", ("7",)),
        Example("Våt seng", Alert("7.1", 10, "incontinence", "sengen"), "DetectedIssue", ("7.1",)),
        Example("Anrop som ikke kom fram", Alert("4.22", 20, "failed_call"), "DetectedIssue", ("4.22",)),
    ),
    heartbeat_s=None,
)
