"""The main job as a newcomer runs it: one command, real processes, real kills."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from devices_sim.plan import plan_day

ROOT = Path(__file__).parents[2]
SEED = 7


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    directory = tmp_path_factory.mktemp("a day with spaces")
    done = subprocess.run(
        [ROOT / "knutepunkt", "demo", "--seed", str(SEED), "--json", "--data-dir", directory],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done, directory


def _told(done: subprocess.CompletedProcess[str]) -> dict[str, float]:
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.slow
def test_a_day_with_mishaps_loses_and_doubles_nothing(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, _ = played
    told = _told(done)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert (told["lost"], told["registered_twice"]) == (0, 0)
    assert told["journal_notes"] == told["unique_cases"] >= 100
    assert told["usage_records"] == told["journal_notes"]


@pytest.mark.slow
def test_the_demo_counts_what_the_simulator_knows(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    told = _told(played[0])
    key = plan_day(SEED).answer_key
    assert told["unique_cases"] == key.unique_cases
    assert told["quarantined"] == len({(fault.topic, fault.sha256) for fault in key.faults})
    assert told["published"] >= key.published
    assert told["duplicates_suppressed"] > 0
    assert told["technical_alerts"] >= len(key.technical)


@pytest.mark.slow
def test_no_log_line_of_a_demo_holds_an_identity_number(
    played: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, directory = played
    numbers = {case.patient for case in plan_day(SEED).answer_key.cases}
    logs = "".join(file.read_text(encoding="utf-8") for file in (directory / "logs").iterdir())
    assert logs
    for text in (logs, done.stdout, done.stderr):
        assert not [number for number in numbers if number in text]
        assert not re.search(r"(?<!\d)\d{11}(?!\d)", text)


def test_the_same_seed_gives_the_same_events_byte_for_byte() -> None:
    first, again = plan_day(SEED), plan_day(SEED)
    assert [(e.at, e.topic, e.payload) for e in first.emissions] == [
        (e.at, e.topic, e.payload) for e in again.emissions
    ]
    assert plan_day(SEED + 1).emissions != first.emissions
