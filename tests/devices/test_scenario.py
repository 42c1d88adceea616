from __future__ import annotations

import pytest

from devices_sim.scenario import parse_scenario, scenario_files
from devices_sim.simulation import simulated
from hub.model.errors import ConfigurationError
from tests.devices.worlds import ALL_DEVICES, events, in_testvik


def _faults(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        parse_scenario(text, devices=ALL_DEVICES)
    return [str(fault) for fault in raised.value.faults]


def test_ten_lines_are_a_scenario() -> None:
    scenario = parse_scenario(
        """
name = "Min"
hours = 6
municipalities = ["0301"]

[rates]
"people.fall_per_day" = 0.5

[[fault]]
kind = "drop"
probability = 0.5
""",
        devices=ALL_DEVICES,
    )
    assert scenario.fault[0].kind == "drop"
    assert scenario.rates == {"people.fall_per_day": 0.5}


def test_every_fault_is_listed_at_once_each_with_its_line() -> None:
    found = _faults(
        """name = "Gal"
hours = -1
farge = "blå"
start = 2026-01-01T00:00:00

[rates]
"people.falls" = 1

[[fault]]
kind = "dropp"
from = "25:00"

[[fault]]
kind = "delay"
devices = ["bed_senor"]
share = 1.5
"""
    )
    assert [fault.split(":")[0] for fault in found] == [f"linje {n}" for n in (2, 3, 4, 7, 10, 11, 15, 16)]
    assert "mente du 'people.fall_per_day'" in found[3]
    assert "mente du 'bed_sensor'" in found[6]
    assert "klokkeslett" in found[5]
    assert "tidssone" in found[2]


def test_broken_toml_is_told_with_its_line() -> None:
    assert _faults('name = "x"\nhours = = 2\n')[0].startswith("linje 2: ")


def test_a_scenario_needs_a_name_and_one_place_only() -> None:
    assert "mangler" in _faults("hours = 1\n")[0]
    assert "sammen" in _faults('name = "x"\nnorway = true\nmunicipalities = ["0301"]\n')[0]


@pytest.mark.parametrize("name", sorted(scenario_files()))
def test_our_own_scenarios_are_valid_explained_and_make_something_happen(name: str) -> None:
    text = scenario_files()[name].read_text("utf-8")
    scenario = parse_scenario(text, devices=ALL_DEVICES)
    assert scenario.description
    assert events(simulated(in_testvik(name, 1, min(scenario.hours, 24))))


def test_all_the_scenarios_that_were_asked_for_are_there() -> None:
    asked = {
        *("normal_day", "few_staff_at_night", "storm", "vendor_outage", "bad_firmware", "clock_change_autumn"),
        *("clock_change_spring", "going_live", "flu_wave", "dispenser_recall"),
    }
    assert asked <= scenario_files().keys()
