"""The remote monitoring kit: blood pressure, pulse, oxygen, weight, temperature and glucose, with trends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Happening, Reading, Report
from devices_sim.localday import HOUR
from devices_sim.randomness import mixed

#: What is measured for which condition.
CONDITIONS = (
    ("kols", ("oxygen_saturation", "pulse", "temperature")),
    ("hjertesvikt", ("weight", "blood_pressure", "pulse")),
    ("diabetes", ("glucose", "weight")),
    ("hypertensjon", ("blood_pressure", "pulse")),
)
#: Usual value, how far people differ, how far the trend of weeks goes, measurement noise.
_USUAL = {
    "systolic": (138.0, 12.0, 9.0, 5.0),
    "diastolic": (80.0, 7.0, 4.0, 4.0),
    "pulse": (74.0, 9.0, 5.0, 4.0),
    "oxygen_saturation": (93.5, 2.0, 1.5, 0.8),
    "weight": (76.0, 14.0, 1.6, 0.2),
    "temperature": (36.7, 0.2, 0.15, 0.15),
    "glucose": (8.2, 1.4, 1.2, 0.9),
}
_PARTS = {"blood_pressure": ("systolic", "diastolic")}
_WEEK = 14


def day(day: DeviceDay) -> Iterator[Happening]:
    """A session in the morning, sometimes another; missed ones may be asked after; some end in a report."""
    sessions = 1 + day.stream.count(max(day.rates["remote_monitoring.sessions_per_day"] - 1.0, 0.0))
    for number in range(sessions):
        second = (8 + 5 * number) * HOUR + day.stream.below(2 * HOUR)
        if day.stream.chance(day.rates["remote_monitoring.missed"]):
            if day.stream.chance(0.15):
                code = day.stream.pick(("5.3.2", "5.3.1", "5.3"))
                yield day.says(20 * HOUR + day.stream.below(600), Report(code, 10, _MISSING[code]))
            continue
        has_fever = day.stream.chance(day.rates["remote_monitoring.fever"])
        rise = _FEVER if has_fever else {}
        readings = tuple(reading(day, measure, rise) for measure in condition(day.kit.share)[1])
        if day.stream.chance(day.rates["remote_monitoring.reports_per_day"]):
            yield day.says(second, _report(day, readings))
        else:
            for offset, taken in enumerate(readings):
                yield day.says(second + 70 * offset, taken)


_MISSING = {
    "5.3": "Ingen målinger eller svar siste tre døgn. Ringer innbygger i morgen.",
    "5.3.1": "Dagens skjema er ikke besvart. Påminnelse sendt.",
    "5.3.2": "Dagens måling er ikke rapportert. Påminnelse sendt.",
}


def condition(share: float) -> tuple[str, tuple[str, ...]]:
    """The condition of a kit's owner and what is measured for it."""
    return CONDITIONS[int(share * 104_729) % len(CONDITIONS)]


def reading(day: DeviceDay, measure: str, rise: Mapping[str, float]) -> Reading:
    """A value around the person's own level, on a trend of weeks, with measurement noise, and what illness adds."""
    parts = _PARTS.get(measure, (measure,))
    return Reading(measure, tuple(_value(day, part) + rise.get(part, 0.0) for part in parts))


#: What a fever adds to each measurement.
_FEVER = {"temperature": 1.7, "pulse": 16.0, "oxygen_saturation": -2.5, "systolic": 6.0}


def _value(day: DeviceDay, part: str) -> float:
    usual, between, trend, noise = _USUAL[part]
    person = _fixed(day.kit.salt, sum(part.encode())) * between
    value = usual + person + trend * _trend(day.kit.salt, day.date.number) + day.stream.about(0.0, noise)
    return min(value, 99.0) if part == "oxygen_saturation" else value


def _fixed(salt: int, number: int) -> float:
    """A number from -1 to 1 that belongs to a salt and a number."""
    return (mixed(salt, number) >> 11) * 2.0**-52 - 1.0


def _trend(salt: int, number: int) -> float:
    """A slow wander from -1 to 1: straight lines between points two weeks apart."""
    step, along = divmod(number, _WEEK)
    before, after = _fixed(salt, step), _fixed(salt, step + 1)
    return before + (after - before) * along / _WEEK


def _report(day: DeviceDay, readings: tuple[Reading, ...]) -> Report:
    code = day.stream.weighted((("5.2.1", 5), ("5.1", 3), ("5.2.2", 2), ("5.2.3", 1), ("5.2", 1), ("5", 1)))
    answers = (("Hvordan er pusten i dag?", day.stream.pick(("Som vanlig", "Litt tyngre", "Bedre"))),)
    note = day.stream.pick(
        (
            "Målinger innenfor egenbehandlingsplanen. Ingen tiltak.",
            "Noe utenfor grenseverdi. Ringt innbygger, føler seg vel. Ny måling i morgen.",
            "Tyngre pust enn vanlig. Avtalt ny måling i ettermiddag.",
        )
    )
    severity = 10 if note.startswith("Målinger") else 20
    return Report(code, severity, note, readings, answers if code == "5.2.2" else ())


_EXAMPLE_READINGS = (
    Reading("blood_pressure", (142.0, 83.0)),
    Reading("pulse", (72.0,)),
    Reading("oxygen_saturation", (93.0,)),
    Reading("weight", (81.4,)),
    Reading("temperature", (36.8,)),
    Reading("glucose", (7.9,)),
)

DEVICE = Device(
    name="remote_monitoring",
    title="Hjemmeoppfølgingsutstyr",
    description="Blodtrykk, puls, oksygenmetning, vekt, temperatur, blodsukker og skjema, enkeltvis eller i rapport.",
    prefix="DHO",
    service="remote_monitoring",
    share=None,
    codes=("5", "5.1", "5.2", "5.2.1", "5.2.2", "5.2.3", "5.3", "5.3.1", "5.3.2"),
    rates=(
        "remote_monitoring.sessions_per_day",
        "remote_monitoring.missed",
        "remote_monitoring.fever",
        "remote_monitoring.reports_per_day",
    ),
    day=day,
    examples=(
        *(Example(f"Måling: {r.measure}", r, "Observation", ()) for r in _EXAMPLE_READINGS),
        Example(
            "Rapport med måling og notat",
            Report("5.2.1", 10, "Målinger innenfor egenbehandlingsplanen. Ingen tiltak.", _EXAMPLE_READINGS[:1]),
            "Bundle",
            ("5.2.1",),
        ),
    ),
    heartbeat_s=None,
    battery_days=90,
)
