"""The safety alarm: a button worn on the body, a pull cord, a phone unit that calls the response centre."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from typing import TYPE_CHECKING

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening

if TYPE_CHECKING:
    from devices_sim.rates import RateValues
    from devices_sim.resident import Resident

#: What a call for help is about, with a weight. The response centre finds it out by talking.
CAUSES = (
    ("toilet", 22),
    ("get_up", 16),
    ("anxious", 18),
    ("pain", 12),
    ("medicine_question", 8),
    ("breathing", 4),
    ("chest_pain", 2),
    ("practical", 18),
)
_SEVERE = {"breathing": 30, "chest_pain": 40, "fall": 30, "unwell": 30}


def day(day: DeviceDay) -> Iterator[Happening]:
    """Calls after falls and illness, calls for help, accidental presses; more from the frail."""
    for trouble in day.troubles:
        if trouble.kind == "unwell" or day.stream.chance(day.rates["safety_alarm.pressed_after_fall"]):
            yield day.says(trouble.at + day.stream.between(30, 400), _call(day, trouble.kind, trouble.place))
    help_calls = day.rates["safety_alarm.help_per_day"] * day.resident.frailty
    calls = help_calls + day.rates["safety_alarm.accidental_per_day"]
    for _ in range(day.stream.count(calls)):
        cause = day.stream.weighted(CAUSES) if day.stream.chance(help_calls / calls) else "accidental"
        yield day.says(_waking_second(day), _call(day, cause, None))


def silence(resident: Resident, rates: RateValues) -> tuple[float, float]:
    """When nothing goes wrong (`troubles_of`) and nobody calls (the first draw of `day`, a count of none)."""
    frailty = resident.frailty
    troubles = (rates["people.fall_per_day"] + rates["people.unwell_per_day"]) * frailty
    calls = rates["safety_alarm.help_per_day"] * frailty + rates["safety_alarm.accidental_per_day"]
    return troubles, exp(-calls)


def _waking_second(day: DeviceDay) -> int:
    """Nine calls of ten come between half past six and half past eleven at night."""
    if day.stream.chance(0.9):
        return day.stream.between(23_400, 84_600)
    return day.stream.below(23_400)


def _call(day: DeviceDay, cause: str, place: str | None) -> Alert:
    has_cord = day.kit.share < day.rates["safety_alarm.with_cord"]
    if has_cord and place == "badet":
        return Alert("4.14", 30, cause, place)
    code = "4.13" if has_cord and day.stream.chance(0.1) else "3"
    return Alert(code, 40 if cause == "chest_pain" else 30 if cause in _SEVERE else 20, cause, place)


DEVICE = Device(
    name="safety_alarm",
    title="Trygghetsalarm",
    description="Knapp på kroppen, snor på badet og en enhet med toveis tale. Varsler ved trykk og drag.",
    prefix="TA",
    service="safety_alarm",
    share=None,
    codes=("3", "4.13", "4.14"),
    rates=(
        "people.fall_per_day",
        "safety_alarm.help_per_day",
        "safety_alarm.accidental_per_day",
        "safety_alarm.pressed_after_fall",
        "safety_alarm.with_cord",
    ),
    day=day,
    examples=(
        Example("Trykk på alarmknappen", Alert("3", 20, "toilet"), "DetectedIssue", ("3",)),
        Example("Snortrekk på badet etter fall", Alert("4.14", 30, "fall", "badet"), "DetectedIssue", ("4.14",)),
    ),
    heartbeat_s=604_800,
    battery_days=730,
    silence=silence,
)
