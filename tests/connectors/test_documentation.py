"""What docs/connectors.md shows is what happens: every Python block is run as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "connectors.md"
BLOCKS = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_of_the_documentation_runs_as_it_stands(number: int, tmp_path: Path) -> None:
    (tmp_path / "block.py").write_text(BLOCKS[number], encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "block.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_the_files_that_the_documentation_names_are_there() -> None:
    root = DOCUMENT.parents[1]
    for name in re.findall(r"`((?:connectors|tests)/[\w/]+\.py)`", DOCUMENT.read_text(encoding="utf-8")):
        assert (root / name).exists(), name
    for name in re.findall(r"`(test_\w+\.py)`", DOCUMENT.read_text(encoding="utf-8")):
        assert (root / "tests" / "connectors" / name).exists(), name
