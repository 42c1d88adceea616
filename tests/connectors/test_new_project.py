from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
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
        ("ÆØÅ", "aeoa_connector", "AeOAConnector"),
        ("Säker Élan", "saker_elan_connector", "SakerElanConnector"),
        ("Ve\u0301lo Łódź", "velo_lodz_connector", "VeloLodzConnector"),
        ("Acme™ 24/7", "acme_24_7_connector", "Acme247Connector"),
    ],
)
def test_names_are_made_from_the_product(name: str, module: str, class_name: str) -> None:
    names = ProjectNames.of(name)
    assert (names.module, names.class_name) == (module, class_name)


@pytest.mark.parametrize(
    "name", ['Acme "Pro"', '"""Acme"""', "Acme \\Nord", "Acme\nAlarm", "Acme's {{name}} #1", "Blå/Dør"]
)
def test_whatever_the_name_the_files_can_be_read_and_hold_it(name: str, tmp_path: Path) -> None:
    title = name.replace("\n", " ")
    names = make_project(name, tmp_path / ProjectNames.of(name).folder)
    (made,) = tmp_path.iterdir()
    says = ast.get_docstring(ast.parse((made / f"{names.module}.py").read_text())) or ""
    assert says.startswith(f"{title}: ")
    settings = [tomllib.loads(file.read_text()) for file in sorted(made.glob("*.toml"))]
    assert settings[-1]["project"]["description"] == f"Connector from {title} to the welfare-technology hub."


@pytest.mark.slow
def test_a_new_project_passes_its_own_tests_with_a_whole_hub(tmp_path: Path) -> None:
    assert knutepunkt("new", "Acme Alarm", cwd=tmp_path).returncode == 0
    made = tmp_path / "acme-alarm"
    assert {p.name for p in made.iterdir()} >= {"acme_alarm_connector.py", "connector.toml", "tests", "README.md"}
    tests = knutepunkt("test", made, cwd=tmp_path)
    assert tests.returncode == 0, tests.stdout + tests.stderr
    assert "10 passed" in tests.stdout
    typed = subprocess.run([sys.executable, "-m", "mypy", "--strict", "."], cwd=made, stdout=subprocess.PIPE, text=True)
    assert typed.returncode == 0, typed.stdout


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


def test_a_file_where_the_folder_should_be_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "acme").write_text("mitt")
    with pytest.raises(FileExistsError):
        make_project("Acme", tmp_path / "acme")


@pytest.mark.parametrize("name", ["", "!!", "42", "привет"])
def test_a_name_without_a_letter_first_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="bokstav"):
        ProjectNames.of(name)


def test_a_refused_name_makes_nothing_and_says_why(tmp_path: Path) -> None:
    said = knutepunkt("new", "24/7", "--dir", tmp_path / "p", cwd=tmp_path)
    assert (said.returncode, said.stderr, [*tmp_path.iterdir()]) == (2, "et navn må begynne med en bokstav\n", [])


def test_the_installed_connectors_are_listed(tmp_path: Path) -> None:
    said = knutepunkt("list", cwd=tmp_path)
    assert said.returncode == 0
    assert "scaip_bridge" in said.stdout
