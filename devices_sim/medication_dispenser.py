"""The medication dispenser: doses by schedule, and 23 ways in which it can ask for help."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Dispense, Happening
from devices_sim.localday import HOUR
from devices_sim.randomness import mixed, unit_of

#: When doses are due, by how many a day: local hours.
_SCHEDULES = ((8,), (8, 20), (8, 14, 20), (8, 13, 18, 22), (8, 12, 15, 18, 22))
_DOSES = {
    8: "morgendose",
    12: "formiddagsdose",
    13: "middagsdose",
    15: "ettermiddagsdose",
    14: "ettermiddagsdose",
    18: "kveldsdose",
    20: "kveldsdose",
    22: "nattdose",
}

#: Why a dose was not taken, with what the dispenser says and how often, compared with each other.
_MISSED = (
    (("1.1", 20, "forgot_dose"), 40),
    (("1.3", 20, "not_confirmed"), 20),
    (("1.4", 10, "asleep"), 14),
    (("1.10", 10, "asleep"), 14),
    (("1.2", 30, "empty"), 4),
    (("1.9", 20, "drawer_full"), 8),
)
#: What else it says: empty, jammed, offline, opened, and the care of rolls and schedules.
_TECHNICAL = (
    (("1.12", 10, "refill"), 20),
    (("1.11", 20, "refill"), 8),
    (("1.13", 30, "empty"), 6),
    (("1.8", 20, "jammed"), 8),
    (("1.7", 20, "jammed"), 7),
    (("1.6", 20, "unreadable"), 6),
    (("1.5", 20, "jammed"), 5),
    (("1.14", 20, "no_schedule"), 3),
    (("1.15", 10, "schedule_changed"), 8),
    (("1.16", 10, "refilled"), 9),
    (("1.17", 10, "unplugged"), 4),
    (("1.18", 30, "unplugged"), 2),
    (("1.19", 20, "unplugged"), 6),
    (("1.20", 20, "offline"), 8),
    (("1.21", 10, "opened"), 6),
    (("1.22", 30, "forced"), 1),
    (("1.23", 20, "misplaced"), 5),
    (("1", 10, "opened"), 1),
)

#: What a dispenser of a recalled series says; some owners break theirs open to get at the dose.
_JAMS = (
    (("1.8", "jammed"), 8),
    (("1.7", "jammed"), 4),
    (("1.5", "jammed"), 3),
    (("1.2", "jammed"), 2),
    (("1.22", "forced"), 2),
)


def day(day: DeviceDay) -> Iterator[Happening]:
    """Each dose is taken within minutes of its time, or not taken and alerted; and now and then something else."""
    for hour in schedule(day.kit.salt, day.rates["medication_dispenser.doses_per_day"]):
        due = hour * HOUR + int(day.kit.share * 97) % 60 * 60
        if _jams(day):
            code, cause = day.stream.weighted(_JAMS)
            yield day.says(due + day.stream.below(600), Alert(code, 30, cause))
        elif day.stream.chance(day.rates["medication_dispenser.missed"]):
            code, severity, cause = day.stream.weighted(_MISSED)
            yield day.says(due + HOUR, Alert(code, severity, cause))
        else:
            yield day.says(due + day.stream.between(5, 2_400), Dispense(_taken(day), _DOSES[hour]))
    for _ in range(day.stream.count(day.rates["medication_dispenser.as_needed_per_day"])):
        yield day.says(day.stream.between(7 * HOUR, 23 * HOUR), Dispense("1.3", "behovsdose"))
    for _ in range(day.stream.count(day.rates["medication_dispenser.technical_per_day"])):
        code, severity, cause = day.stream.weighted(_TECHNICAL)
        yield day.says(day.stream.between(6 * HOUR, 23 * HOUR), Alert(code, severity, cause))


def _jams(day: DeviceDay) -> bool:
    """Whether this dispenser is of a series that is recalled, and jams now."""
    is_recalled = unit_of(mixed(day.kit.salt, 3)) < day.rates["medication_dispenser.recalled"]
    return is_recalled and day.stream.chance(day.rates["medication_dispenser.recalled_jam"])


def schedule(salt: int, doses_per_day: float) -> tuple[int, ...]:
    """The local hours of a dispenser's doses, the same every day; one to five of them, on average `doses_per_day`."""
    # The mean of the whole part of a number spread evenly over three is that number's mean less a half.
    doses = int(max(doses_per_day - 1.0 + 3.0 * unit_of(mixed(salt, 4)), 1.0))
    return _SCHEDULES[min(doses, len(_SCHEDULES)) - 1]


def _taken(day: DeviceDay) -> str:
    travel = day.stream.chance(day.rates["medication_dispenser.travel"])
    assisted = day.stream.chance(day.rates["medication_dispenser.assisted"])
    if day.stream.chance(0.02):
        return "2" if travel else day.stream.pick(("1", "3"))
    return ("2" if travel else "1") + (".2" if assisted else ".1")


DEVICE = Device(
    name="medication_dispenser",
    title="Medisindispenser",
    description="Deler ut multidose etter tidsplan, spiller påminnelser og varsler når noe ikke går som det skal.",
    prefix="MD",
    service="medication_dispenser",
    share=None,
    codes=tuple(code for (code, _, _), _ in (*_MISSED, *_TECHNICAL)),
    dispense_codes=("1", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "3"),
    rates=(
        "medication_dispenser.doses_per_day",
        "medication_dispenser.assisted",
        "medication_dispenser.as_needed_per_day",
        "medication_dispenser.travel",
        "medication_dispenser.missed",
        "medication_dispenser.recalled",
        "medication_dispenser.recalled_jam",
        "medication_dispenser.technical_per_day",
    ),
    day=day,
    examples=(
        Example("Morgendosen tatt", Dispense("1.1", "morgendose"), "MedicationDispense", ("1.1",)),
        *(
            Example(f"Varsel {code}", Alert(code, severity, cause), "DetectedIssue", (code,))
            for (code, severity, cause), _ in (*_MISSED, *_TECHNICAL)
        ),
    ),
    heartbeat_s=86_400,
)
