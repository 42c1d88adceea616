from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import orjson
import pytest

from devices_sim.device import DeviceDay, ResidentDay
from devices_sim.equipment import LOW_BATTERY, battery, equipment_day
from devices_sim.happening import Happening, Status
from devices_sim.localday import LocalDay
from devices_sim.quiet import Homes
from devices_sim.writing import written
from tests.devices.worlds import service_world, small_world

FIRST = date(2026, 3, 2)


@pytest.mark.parametrize("service", ["safety_alarm", "electronic_lock"])
def test_homes_that_are_passed_over_are_those_where_nothing_is_said(service: str) -> None:
    world = service_world(service, 400, 2)
    residents = world.population.residents["314159265"]
    homes = Homes(residents, world.rates)
    said = 0
    for number in range(10):
        day = LocalDay(FIRST + timedelta(days=number))
        every = [
            happening
            for resident in residents
            for kit in resident.kits
            for happening in equipment_day(ResidentDay(resident, day, world.rates), kit)
        ]
        assert _told(homes.happenings(day)) == _told(every)
        said += len(every)
    assert 200 < said < 2_500


def test_a_mixed_town_says_the_same_whichever_way_it_is_gone_through() -> None:
    world = small_world(6)
    residents = world.population.residents["314159265"]
    day = LocalDay(FIRST)
    every: list[Happening] = []
    for resident in residents:
        of = ResidentDay(resident, day, world.rates)
        every += [happening for kit in resident.kits for happening in equipment_day(of, kit)]
    assert _told(Homes(residents, world.rates).happenings(day)) == _told(every)


def _told(said: Iterable[Happening]) -> list[tuple[int, str, str]]:
    return sorted((h.at, h.kit.id, repr(h.what)) for h in said)


def _days(rates: dict[str, float], days: int = 4) -> list[Happening]:
    world = small_world(3, rates=rates)
    return [
        happening
        for day in range(days)
        for resident in world.population.residents["314159265"]
        for of in (ResidentDay(resident, LocalDay(FIRST + timedelta(days=day)), world.rates),)
        for kit in resident.kits
        for happening in equipment_day(of, kit)
    ]


def test_without_a_connection_events_wait_and_the_broker_tells_of_it() -> None:
    said = _days({"equipment.offline_per_day": 1.0})
    offline = [h for h in said if isinstance(h.what, Status) and h.what.state == "offline"]
    kits = {(h.kit.id, h.at) for h in offline}
    assert len(kits) == len(offline)
    held = [h for h in said if not isinstance(h.what, Status) and h.delay_s > 300]
    assert held
    assert all(h.delay_s <= 3 * 3600 + 30 for h in held)


def test_with_good_batteries_and_a_connection_everything_comes_within_seconds() -> None:
    calm = {"equipment.offline_per_day": 0.0, "equipment.battery_forgotten": 0.0, "equipment.poor_coverage": 0.0}
    assert all(h.delay_s <= 4 for h in _days(calm))


def test_poor_coverage_makes_some_messages_minutes_late() -> None:
    said = _days({"equipment.poor_coverage": 1.0, "equipment.offline_per_day": 0.0})
    late = [h for h in said if h.delay_s >= 30]
    assert 0.1 < len(late) / len([h for h in said if not isinstance(h.what, Status)]) < 0.35


def test_a_battery_runs_down_evenly_and_is_changed() -> None:
    world = service_world("location_tracking", 5, 1)
    resident = world.population.residents["314159265"][0]
    levels = []
    for day in range(9):
        of = ResidentDay(resident, LocalDay(FIRST + timedelta(days=day)), world.rates)
        levels += [battery(DeviceDay(of, resident.kits[0]), hour * 3600) for hour in range(24)]
    assert 0 < min(levels) < 5
    assert max(levels) > 95
    changes = [b - a for a, b in pairwise(levels) if b > a]
    assert 2 <= len(changes) <= 3


def test_a_flat_battery_that_nobody_sees_silences_the_device_for_hours() -> None:
    said = _days({"equipment.battery_forgotten": 1.0, "equipment.offline_per_day": 0.0})
    wills = [h for h in said if isinstance(h.what, Status) and h.what.state == "offline"]
    assert wills
    assert all(h.kit.device.battery_days for h in wills)


def test_a_low_battery_is_told_before_it_is_flat() -> None:
    states = [h.what for h in _days({}, 12) if isinstance(h.what, Status)]
    assert any(s.state == "low_battery" for s in states)
    assert all(s.battery < LOW_BATTERY for s in states if s.state == "low_battery")


def test_what_a_device_declares_it_keeps() -> None:
    calm = {"equipment.offline_per_day": 0.0, "equipment.battery_forgotten": 0.0}
    signs: dict[str, list[Happening]] = {}
    for h in _days(calm, 16):
        if isinstance(h.what, Status):
            signs.setdefault(h.kit.id, []).append(h)
    for said in signs.values():
        for before, after in pairwise(said):
            assert isinstance(before.what, Status)
            assert before.what.next_within_s is not None
            assert after.sent_at - before.sent_at <= before.what.next_within_s


def test_firmware_writes_times_in_its_own_way() -> None:
    styles = {h.kit.time_style: h for h in _days({}) if not isinstance(h.what, Status)}
    assert styles.keys() == {"local", "utc", "seven_digits"}
    assert b"Z" in written(styles["utc"]).payload
    assert b".0000000+01:00" in written(styles["seven_digits"]).payload
    for happening in styles.values():
        assert orjson.loads(written(happening).payload)
