from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from devices_sim.ndjson import line_of
from devices_sim.simulation import simulated
from tests.devices.worlds import in_testvik

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
