"""A sound system passes all, and a new project does without a line of its own: every test of the plans, once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connectors.templates.making import make_project
from hub.cli.conformance import app
from hub.conformance.catalogue import placed_in

pytestmark = pytest.mark.slow
#: Those that sign in are in two plans and run once here; an API client's come to the same.
_OF_CLIENTS = ("client",)
_MOST_REPEATED = 5


def reported(folder: Path, *arguments: str) -> dict[str, Any]:
    """The report of a run; what failed in the crowd is repeated alone, as a tester would on a slow machine."""
    command = ["run", *arguments, "--report", str(folder)]
    outcome = CliRunner().invoke(app, [*command, "--at-once", "12"])
    report = _read(folder)
    failed = [test["id"] for test in report["tests"] if test["result"] in ("fail", "error")]
    if failed:
        again = [argument for test in failed[:_MOST_REPEATED] for argument in ("--repeat", test)]
        outcome = CliRunner().invoke(app, [*command, "--resume", *again, "--at-once", "1"])
        report = _read(folder)
    assert outcome.exit_code == 0, outcome.output
    return report


def _read(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def test_a_new_project_passes_the_connector_plan_at_bronze_or_better_unedited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project("Acme Alarm", tmp_path / "acme")
    monkeypatch.chdir(tmp_path / "acme")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    report = reported(
        tmp_path / "rapport", "--connector", "acme_alarm_connector:AcmeAlarmConnector", "--plan", "connector"
    )
    assert (report["result"], report["complete"]) == ("pass", True)
    assert report["quality"] in ("bronze", "silver", "gold", "platinum")
    assert len(report["tests"]) == len(placed_in("connector", ())) >= 60
    passed = {test["id"] for test in report["tests"] if test["result"] == "pass"}
    others = {test["id"] for test in report["tests"]} - passed
    assert others == {"devices.heartbeat.will.mqtt", *(p.test.id for p in placed_in("connector", ("person",)))}
    assert CliRunner().invoke(app, ["verify", str(tmp_path / "rapport")]).exit_code == 0


@pytest.mark.parametrize(("plan", "only"), [("response-centre", ()), ("api-client", _OF_CLIENTS)])
def test_a_sound_system_passes_the_other_plans(
    plan: str, only: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    chosen = [argument for pattern in only for argument in ("--only", pattern)]
    sound = "tests.conformance.broken.sound:SoundConnector"
    report = reported(tmp_path / "rapport", "--connector", sound, "--plan", plan, *chosen)
    assert [(test["id"], test["reason"]) for test in report["tests"] if test["result"] != "pass"] == []
