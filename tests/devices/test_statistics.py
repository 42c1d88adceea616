"""Totals per service over many seeds lie within the tolerance of the table of rates."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from devices_sim.device import Device, DeviceDay, ResidentDay
from devices_sim.happening import Alert, Dispense, Happening, Reading, Report, Supervision
from devices_sim.localday import LocalDay
from devices_sim.norway import norway
from devices_sim.population import populate
from devices_sim.rates import load_rates
from devices_sim.resident import Resident
from devices_sim.scenario import NORMAL
from devices_sim.simulation import Run, simulated
from devices_sim.world import World
from tests.devices.worlds import ALL_DEVICES, RATES, START, service_world

SEEDS = 12
_FIRST = date(2026, 3, 2)


def _said(device: str, service: str, *, people: int = 60, days: int = 6) -> tuple[list[Happening], int]:
    """All that one device type says over many seeds, and over how many kit-days."""
    said: list[Happening] = []
    kit_days = 0
    for seed in range(SEEDS):
        world = service_world(service, people, seed)
        residents = world.population.residents["314159265"]
        for resident in residents:
            for day in range(days):
                of = ResidentDay(resident, LocalDay(_FIRST + timedelta(days=day)), world.rates)
                for kit in (k for k in resident.kits if k.device.name == device):
                    kit_days += 1
                    said += kit.device.day(DeviceDay(of, kit))
    return said, kit_days


def _close(found: float, key: str, expected: float) -> None:
    tolerance = load_rates().rows[key].tolerance
    assert abs(found - expected) <= expected * tolerance, f"{key}: {found:.4f} against {expected:.4f}"


def test_safety_alarms_call_as_often_as_the_table_says() -> None:
    said, days = _said("safety_alarm", "safety_alarm", people=300, days=10)
    causes = Counter(h.what.cause for h in said if isinstance(h.what, Alert))
    key = "safety_alarm.help_per_day"
    falls = RATES["people.fall_per_day"] * RATES["safety_alarm.pressed_after_fall"]
    help_calls = RATES[key]
    accidental = RATES["safety_alarm.accidental_per_day"]
    _close(causes["accidental"] / days, "safety_alarm.accidental_per_day", accidental)
    others = sum(causes.values()) - causes["accidental"] - causes["fall"] - causes["unwell"]
    _close(others / days, key, help_calls)
    assert abs(causes["fall"] / days - falls) < falls * 0.4


def test_dispensers_hand_out_as_many_doses_as_the_table_says() -> None:
    said, days = _said("medication_dispenser", "medication_dispenser")
    taken = [h.what.code for h in said if isinstance(h.what, Dispense)]
    doses, missed = RATES["medication_dispenser.doses_per_day"], RATES["medication_dispenser.missed"]
    expected = doses * (1 - missed) + RATES["medication_dispenser.as_needed_per_day"]
    _close(len(taken) / days, "medication_dispenser.doses_per_day", expected)
    assisted = sum(code in {"1.2", "2.2"} for code in taken) / len(taken)
    assert abs(assisted - RATES["medication_dispenser.assisted"]) < 0.03


def test_missed_doses_and_other_alerts_come_as_often_as_the_table_says() -> None:
    said, days = _said("medication_dispenser", "medication_dispenser")
    alerts = sum(isinstance(h.what, Alert) for h in said) / days
    doses, missed = RATES["medication_dispenser.doses_per_day"], RATES["medication_dispenser.missed"]
    expected = doses * missed + RATES["medication_dispenser.technical_per_day"]
    _close(alerts, "medication_dispenser.missed", expected)


def test_nurse_calls_come_as_often_as_the_table_says() -> None:
    said, days = _said("nurse_call", "nurse_call")
    calls = sum(isinstance(h.what, Alert) and h.what.code != "7.1" for h in said) / days
    _close(calls, "nurse_call.calls_per_day", RATES["nurse_call.calls_per_day"])


def test_remote_monitoring_has_as_many_sessions_and_reports_as_the_table_says() -> None:
    said, days = _said("remote_monitoring", "remote_monitoring")
    reports = sum(isinstance(h.what, Report) and bool(h.what.readings) for h in said) / days
    sessions, missed = RATES["remote_monitoring.sessions_per_day"], RATES["remote_monitoring.missed"]
    expected = sessions * (1 - missed) * RATES["remote_monitoring.reports_per_day"]
    _close(reports, "remote_monitoring.reports_per_day", expected)


@pytest.mark.parametrize(
    ("device", "key", "kind"),
    [
        ("camera", "camera.planned_per_night", Supervision),
        ("chair_sensor", "chair_sensor.alerts_per_day", Alert),
        ("sound_sensor", "sound_sensor.alerts_per_night", Alert),
    ],
)
def test_supervision_devices_follow_their_rates(device: str, key: str, kind: type) -> None:
    said, days = _said(device, "digital_supervision")
    planned = [h for h in said if isinstance(h.what, kind)]
    if kind is Supervision:
        planned = [h for h in planned if h.what.reason == "1"]  # type: ignore[union-attr]
    elif device == "sound_sensor":
        planned = [h for h in planned if h.what.cause != "fall"]  # type: ignore[union-attr]
    expected = RATES[key]
    found = len(planned) / days
    assert abs(found - expected) <= expected * 0.25, f"{key}: {found} against {expected}"


def test_location_trackers_leave_their_zone_as_often_as_the_table_says() -> None:
    said, days = _said("location_tracker", "location_tracking", people=120)
    walks = sum(h.what.cause == "walk" for h in said if isinstance(h.what, Alert)) / days
    _close(walks, "location_tracker.left_zone_per_day", RATES["location_tracker.left_zone_per_day"])


def test_measurements_lie_where_people_live() -> None:
    said, _ = _said("remote_monitoring", "remote_monitoring")
    values: dict[str, list[float]] = {}
    for h in said:
        if isinstance(h.what, Reading):
            values.setdefault(h.what.measure, []).append(h.what.values[0])
    limits = {
        "blood_pressure": (90, 190),
        "pulse": (40, 130),
        "oxygen_saturation": (82, 100),
        "weight": (55, 100),
        "temperature": (35.5, 39.8),
        "glucose": (2.5, 15),
    }
    assert values.keys() == limits.keys()
    for measure, (low, high) in limits.items():
        assert low <= min(values[measure])
        assert max(values[measure]) <= high


def test_a_persons_weight_changes_slowly() -> None:
    world = service_world("remote_monitoring", 60, 1)
    for resident in world.population.residents["314159265"]:
        weights = [h.what.values[0] for h in _days(resident, 40) if _is(h, "weight")]  # type: ignore[union-attr]
        steps = [abs(b - a) for a, b in pairwise(weights)]
        assert all(step < 2.5 for step in steps)


def _days(resident: Resident, days: int) -> list[Happening]:
    said: list[Happening] = []
    for day in range(days):
        of = ResidentDay(resident, LocalDay(_FIRST + timedelta(days=day)), RATES)
        for kit in resident.kits:
            said += kit.device.day(DeviceDay(of, kit))
    return said


def _is(happening: Happening, measure: str) -> bool:
    return isinstance(happening.what, Reading) and happening.what.measure == measure


class _Watched(dict[str, float]):
    """A table of rates that remembers which rows were read."""

    def __init__(self, values: dict[str, float]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> float:
        self.read.add(key)
        return super().__getitem__(key)


def test_every_row_of_the_table_is_used() -> None:
    watched = _Watched(dict(RATES))
    watched["medication_dispenser.recalled"] = 0.5
    towns = [t for t in norway(watched) if t.number in {"1103", "4601"}]
    world = World(populate(towns, seed=1, rates=watched, devices=ALL_DEVICES), watched)
    for _ in simulated(Run(world, NORMAL, 1, START, START + timedelta(hours=24))):
        pass
    assert set(RATES) - watched.read == set()


def test_every_row_says_where_it_is_from() -> None:
    for row in load_rates().rows.values():
        assert row.unit
        assert row.source
        assert row.value >= 0
        assert 0 < row.tolerance <= 0.5


def test_nights_falls_and_calls_hang_together() -> None:
    """Up at night, fall, alarm: most falls of those with a detector and an alarm are told of by both."""
    both = detector = 0
    for seed in range(8):
        world = service_world("digital_supervision", 80, seed)
        alarm = service_world("safety_alarm", 1, seed).population.residents["314159265"][0].kits[0]
        for resident in world.population.residents["314159265"]:
            fall = next((k for k in resident.kits if k.device.name == "fall_detector"), None)
            if fall is None:
                continue
            for day in range(20):
                of = ResidentDay(resident, LocalDay(_FIRST + timedelta(days=day)), RATES)
                told = _causes(fall.device, of, fall)
                pressed = _causes(alarm.device, of, alarm)
                detector += told["fall"] > 0
                both += told["fall"] > 0 and pressed["fall"] > 0
    assert detector > 20
    assert both / detector > 0.5


def _causes(device: Device, of: ResidentDay, kit: object) -> Counter[str]:
    said = device.day(DeviceDay(of, kit))  # type: ignore[arg-type]
    return Counter(h.what.cause for h in said if isinstance(h.what, Alert))
