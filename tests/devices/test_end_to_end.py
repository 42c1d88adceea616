"""The simulator against the whole product: everything goes wrong on the way, and every case has its one note."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from hub.cli.devices import app as devices
from hub.cli.verify import app as verify

ROOT = Path(__file__).parents[2]
_PATIENCE_S = 50.0


def _until(path: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    ends = time.monotonic() + _PATIENCE_S
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < ends
        time.sleep(0.1)
    return dict(json.loads(path.read_text()))


@pytest.fixture
def endpoints(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "up"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", "up", "--data-dir", directory, "--http-port", "0", "--mqtt-port", "0"],
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        )
        try:
            _until(directory / "endpoints.json", process)
            yield directory / "endpoints.json"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def _summary(endpoints: Path) -> dict[str, int]:
    with urlopen(f"{json.loads(endpoints.read_text())['http']}/operations/summary") as answer:
        return dict(json.load(answer))


def _spoilt(store: Path, copy: Path) -> Path:
    """A copy of a hub's store that lacks the first note, and has the last on somebody else."""
    with closing(sqlite3.connect(store)) as hub, closing(sqlite3.connect(copy)) as spoilt, spoilt:
        hub.backup(spoilt)
        cases = [row[0] for row in spoilt.execute("SELECT case_id FROM deliveries WHERE destination = 'epj'")]
        spoilt.execute("DELETE FROM deliveries WHERE case_id = ?", (cases[0],))
        spoilt.execute("UPDATE cases SET patient_value = '01810012345' WHERE id = ?", (cases[-1],))
    return copy


@pytest.mark.slow
def test_every_case_of_a_day_when_everything_goes_wrong_has_its_one_note(endpoints: Path, tmp_path: Path) -> None:
    target = json.loads(endpoints.read_text())["mqtt"]
    arguments = ["--scenario", "everything_wrong", "--municipality", "314159265", "--seed", "5", "--hours", "30"]
    key = tmp_path / "key"
    ran = CliRunner().invoke(devices, ["run", *arguments, "--target", target, "--answer-key", str(key)])
    assert ran.exit_code == 0, ran.output
    ends = time.monotonic() + _PATIENCE_S
    while (summary := _summary(endpoints))["pending"] or summary["delivered"] < summary["cases"]:
        assert time.monotonic() < ends, summary
        time.sleep(0.2)
    said = CliRunner().invoke(verify, ["--answer-key", str(key), "--endpoints", str(endpoints), "--json"])
    verdict = json.loads(said.output)
    assert said.exit_code == 0, verdict
    assert verdict["notes"] == summary["cases"] >= 100
    said = CliRunner().invoke(verify, ["--answer-key", str(key), "--hub", str(endpoints.parent), "--json"])
    assert (said.exit_code, json.loads(said.output)["notes"]) == (0, summary["cases"])
    store = _spoilt(endpoints.parent / "knutepunkt.sqlite", tmp_path / "spoilt.sqlite")
    said = CliRunner().invoke(verify, ["--answer-key", str(key), "--hub", str(store), "--json"])
    found = json.loads(said.output)
    assert said.exit_code == 1
    assert {fault: found[fault] for fault in ("missing", "wrong_patient", "doubled")} == {
        "missing": 1,
        "wrong_patient": 1,
        "doubled": 0,
    }
    faults = [json.loads(line) for line in key.read_text().splitlines()]
    assert summary["quarantined"] == len({f["sha256"] for f in faults if f["kind_of_line"] == "fault"})
