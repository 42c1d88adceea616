"""The command as a vendor uses it: a new project, run, stopped, gone on with, reported on and verified."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result as Outcome
from typer.testing import CliRunner

from connectors.templates.making import make_project
from hub.cli.conformance import app
from hub.conformance.catalogue import placed_in
from hub.conformance.report import write_report

pytestmark = pytest.mark.slow
_SOME = "messages.identity.long-numbers"
_MORE = "messages.identity.told-twice.mqtt"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_project("Acme Alarm", tmp_path / "acme")
    monkeypatch.chdir(tmp_path / "acme")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "acme"


def conformance(*arguments: str) -> Outcome:
    return CliRunner().invoke(app, arguments)


def run(*more: str, connector: str = "acme_alarm_connector:AcmeAlarmConnector") -> Outcome:
    return conformance("run", "--connector", connector, "--plan", "connector", *more)


def report(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return read


def results(folder: Path) -> dict[str, str]:
    return {test["id"]: test["result"] for test in report(folder)["tests"]}


def test_part_of_a_plan_is_run_reported_signed_verified_and_gone_on_with(project: Path) -> None:
    folder = project / "rapport"
    part = run("--report", str(folder), "--only", _SOME)
    assert part.exit_code == 0, part.output
    assert results(folder) == {_SOME: "pass"}
    assert report(folder)["result"] == "pass"
    assert (report(folder)["complete"], report(folder)["quality"]) == (False, "none")
    assert conformance("verify", str(folder)).exit_code == 0

    more = run("--report", str(folder), "--resume", "--only", "messages.identity.told-twice", "--only", _SOME)
    assert more.exit_code == 0, more.output
    assert set(results(folder)) == {_SOME, *(f"messages.identity.told-twice.{w}" for w in ("mqtt", "vkp", "jft"))}
    assert _SOME not in more.output  # done before
    again = run("--report", str(folder), "--resume", "--repeat", _SOME, "--only", _SOME)
    assert _SOME in again.output

    page = folder / "report.html"
    page.write_text(page.read_text(encoding="utf-8").replace("Bestått", "Bestatt"), encoding="utf-8")
    assert conformance("verify", str(folder)).exit_code == 1


def test_whoever_stops_it_while_the_report_is_written_gets_the_report(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)
        write_report(*arguments)

    monkeypatch.setattr("hub.cli._conformance_run.write_report", interrupted)
    before = signal.getsignal(signal.SIGINT)
    assert run("--report", str(project / "rapport"), "--only", _SOME).exit_code == 0
    assert conformance("verify", str(project / "rapport")).exit_code == 0
    assert signal.getsignal(signal.SIGINT) is before


def test_a_known_failure_fails_the_run_but_tells_itself_apart(project: Path) -> None:
    broken = "tests.conformance.broken.identity:CutsNumbersOff"
    known = project / "kjente-feil.txt"
    known.write_text(f"{_SOME}: vi kutter numre, rettes i 4.3\n{_MORE}: var en feil\n", encoding="utf-8")
    folder = project / "rapport"
    unknown = run("--only", _SOME, connector=broken)
    assert unknown.exit_code == 1, unknown.output
    listed = run("--only", _SOME, "--only", _MORE, "--expected", str(known), "--report", str(folder), connector=broken)
    assert listed.exit_code == 3, listed.output
    assert report(folder)["result"] == "fail"
    assert results(folder) == {_SOME: "fail", _MORE: "pass"}
    assert _MORE in listed.output.split("ta den av listen")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--connector", "nothing_here:Nothing"),
        ("run", "--target", "http://127.0.0.1:9"),
        ("run", "--connector", "acme_alarm_connector:AcmeAlarmConnector", "--only", "no.such.test"),
        ("run", "--connector", "acme_alarm_connector:AcmeAlarmConnector", "--resume", "--report", "nothing-here"),
        ("run",),
        ("verify", "nothing-here"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_what_cannot_be_done_is_said_in_a_line_and_not_passed(arguments: tuple[str, ...]) -> None:
    refused = conformance(*arguments)
    assert refused.exit_code in (1, 2)
    assert "Traceback" not in refused.output
    assert not isinstance(refused.exception, Exception) or isinstance(refused.exception, SystemExit)


def test_every_plans_tests_and_requirements_are_listed() -> None:
    for plan in ("connector", "response-centre", "epj", "api-client"):
        listed = conformance("list", "--plan", plan).output
        assert all(placed.test.id in listed for placed in placed_in(plan, ()))
        assert "krav prøves" in conformance("requirements", "--plan", plan).output
