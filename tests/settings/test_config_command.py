from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.optional import ROOT
from tests.system.up import command


@pytest.mark.slow
def test_the_faults_of_a_configuration_are_listed_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('mode = "x"\n\n[[municipality]]\norganisation_number = "1"\nname = "A"\n\n[[sender]]\nid = "a b"\n')
    done = subprocess.run(
        command("config", "check", file), capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert done.returncode == 2
    for what in ("linje 1: mode", "linje 4:", "linje 8:", "municipality: mangler"):
        assert what in done.stderr
