from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from devices_sim.answer_key import Scribe
from devices_sim.answer_key_file import AnswerKeyFile, read_answer_key
from devices_sim.ndjson import line_of
from devices_sim.scenario import FaultSettings, Scenario
from devices_sim.simulation import simulated
from tests.devices.worlds import START, a_run, in_testvik

_PROGRAM = """
from tests.devices.test_reproducibility import digest
print(digest())
"""


def digest(scenario: str | None = "everything_wrong", seed: int = 11) -> str:
    whole = sha256()
    for emission in simulated(in_testvik(scenario, seed, 24)):
        whole.update(line_of(emission))
    return whole.hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process_with_other_hashes() -> None:
    for hash_seed in ("0", "4711"):
        run = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "America/New_York", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        assert run.stdout.strip() == digest()


@pytest.mark.parametrize("seeds", [(1, 2), (3, 4)])
def test_another_seed_gives_other_bytes(seeds: tuple[int, int]) -> None:
    one, other = (digest(None, seed) for seed in seeds)
    assert one != other


_DAYS_LATE = Scenario(
    name="Dager for sent",
    fault=tuple(
        FaultSettings(kind=kind, seconds=60 * 3600, probability=0.4)
        for kind in ("delay", "duplicate", "renumber", "reorder")
    ),
)


def test_a_start_in_the_middle_sends_the_same_though_messages_are_days_late() -> None:
    middle = START + timedelta(hours=110)
    whole = [line_of(e) for e in simulated(a_run(_DAYS_LATE, hours=120)) if e.at >= middle]
    assert whole
    assert [line_of(e) for e in simulated(a_run(_DAYS_LATE, hours=120, sent_from=middle))] == whole


def test_a_case_told_of_over_days_is_one_line_of_the_answer_key(tmp_path: Path) -> None:
    run, scribe = a_run(_DAYS_LATE, hours=120), Scribe()
    with AnswerKeyFile(tmp_path / "key", scribe, {}) as file:
        for emission in simulated(run):
            scribe.note(emission)
            file.settle(emission.at - run.over_after)
    ids = [case.id for case in read_answer_key(tmp_path / "key").cases]
    assert len(ids) == len(set(ids))
