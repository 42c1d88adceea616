from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connectors.settings import read_settings
from connectors.templates.making import ProjectNames, make_project


def knutepunkt(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hub.cli", "connector", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "module", "class_name"),
    [
        ("acme", "acme_connector", "AcmeConnector"),
        ("Acme Alarm", "acme_alarm_connector", "AcmeAlarmConnector"),
        ("acmeAlarm2", "acme_alarm_2_connector", "AcmeAlarm2Connector"),
        ("vakt-sentral", "vakt_sentral_connector", "VaktSentralConnector"),
        ("Blå Dør", "bla_dor_connector", "BlaDorConnector"),
        ("ABB", "abb_connector", "ABBConnector"),
    ],
)
def test_names_are_made_from_the_product(name: str, module: str, class_name: str) -> None:
    names = ProjectNames.of(name)
    assert (names.module, names.class_name) == (module, class_name)


@pytest.mark.slow
def test_a_new_project_passes_its_own_tests_with_a_whole_hub(tmp_path: Path) -> None:
    assert knutepunkt("new", "Acme Alarm", cwd=tmp_path).returncode == 0
    made = tmp_path / "acme-alarm"
    assert {p.name for p in made.iterdir()} >= {"acme_alarm_connector.py", "connector.toml", "tests", "README.md"}
    tests = knutepunkt("test", made, cwd=tmp_path)
    assert tests.returncode == 0, tests.stdout + tests.stderr
    assert "10 passed" in tests.stdout


def test_the_projects_settings_can_be_read_and_count_from_their_file(tmp_path: Path) -> None:
    make_project("x", tmp_path)
    settings = read_settings(tmp_path / "connector.toml")
    assert settings.spool == tmp_path / "data" / "spool.db"
    assert settings.source == {"folder": "innboks"}


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mitt")
    said = knutepunkt("new", "x", "--dir", tmp_path, cwd=tmp_path)
    assert said.returncode == 2
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["", "!!", "42"])
def test_a_name_without_a_letter_first_is_refused(name: str, tmp_path: Path) -> None:
    assert knutepunkt("new", name, "--dir", tmp_path / "p", cwd=tmp_path).returncode == 2


def test_the_installed_connectors_are_listed(tmp_path: Path) -> None:
    said = knutepunkt("list", cwd=tmp_path)
    assert said.returncode == 0
    assert "scaip_bridge" in said.stdout
