"""The script `./knutepunkt`, played with a Python that only tells what it was asked to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.optional import ROOT

TOOLS = ("sh", "cat", "cksum", "dirname", "readlink", "rm", "mkdir", "cp", "chmod", "env", "sleep")

#: Makes environments of itself, says that it has installed, and prints what it was run with.
FAKE_PYTHON = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$1 $2" in
    "-c import sys, venv"*) exit "${TOO_OLD:-0}" ;;
    "-c import sysconfig"*) echo "${0%/bin/python}/site" ;;
    "-m venv")
        rm -rf "$4"; mkdir -p "$4/bin" "$4/site"; cp "$0" "$4/bin/python" ;;
    "-m pip") [ -z "${SLOW:-}" ] || sleep 0.3; exit "${PIP_FAILS:-0}" ;;
    "-m hub.cli") shift 2; printf '<%s>' "$@"; printf '%s' "${PYTHONSAFEPATH:-}" ;;
esac
"""
FAKE_UV = '#!/bin/sh\necho "uv $*" >>"$CALLS"\nexit "${UV_FAILS:-0}"\n'


@dataclass
class Clone:
    """A fresh clone, and a machine with a few tools and a Python that pretends."""

    folder: Path
    machine: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        given = {"PATH": str(self.machine), "CALLS": str(self.machine / "calls"), "HOME": "/nowhere", **environment}
        command = [self.folder / "knutepunkt", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=given, cwd="/", stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=20)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def calls(self, beginning: str) -> list[str]:
        file = self.machine / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [line for line in lines if line.startswith(beginning)]

    def put(self, name: str, text: str) -> None:
        (self.machine / name).write_text(text)
        (self.machine / name).chmod(0o755)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    folder, machine = tmp_path / "en mappe med mellomrom", tmp_path / "bin"
    folder.mkdir()
    machine.mkdir()
    for name in ("knutepunkt", "requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, folder)
    for tool in (*TOOLS, "flock"):
        if found := shutil.which(tool):
            (machine / tool).symlink_to(found)
    made = Clone(folder, machine)
    made.put("python3", FAKE_PYTHON)
    return made


def test_arguments_reach_the_command_line_as_they_were_given(clone: Clone) -> None:
    assert clone.run("demo", "--data-dir", "to ord", "*", "").stdout == "<demo><--data-dir><to ord><*><>1"


def test_the_first_run_makes_the_environment_and_installs_the_locked_pins(clone: Clone) -> None:
    done = clone.run("demo")
    assert "Første gang" in done.stderr
    assert len(clone.calls("-m venv")) == 1
    (installed,) = clone.calls("-m pip")
    assert "--require-hashes" in installed
    assert installed.endswith(f"-r {clone.folder}/requirements.lock")
    assert (clone.folder / ".venv" / "site" / "knutepunkt.pth").read_text() == f"{clone.folder}/\n"


def test_the_second_run_starts_at_once(clone: Clone) -> None:
    clone.run("demo")
    before = len(clone.calls(""))
    again = clone.run("demo")
    assert (again.stdout, again.stderr) == ("<demo>1", "")
    assert len(clone.calls("")) == before + 1


@pytest.mark.parametrize("tests", [("test",), ("connector", "test", "acme")])
def test_what_tests_need_is_installed_for_them_alone(clone: Clone, tests: tuple[str, ...]) -> None:
    clone.run("demo")
    clone.run("connector", "new", "test")
    assert not any("requirements-test.lock" in call for call in clone.calls("-m pip"))
    assert clone.run(*tests).returncode == 0
    assert "requirements-test.lock" in clone.calls("-m pip")[-1]


def test_a_changed_lock_is_installed_at_the_next_run(clone: Clone) -> None:
    clone.run("demo")
    with (clone.folder / "requirements.lock").open("a") as lock:
        lock.write("# another pin\n")
    clone.run("demo")
    clone.run("demo")
    assert (len(clone.calls("-m venv")), len(clone.calls("-m pip"))) == (1, 2)


def test_an_interrupted_installation_is_made_anew_at_the_next_run(clone: Clone) -> None:
    assert clone.run("demo", PIP_FAILS="1").returncode == 1
    healed = clone.run("demo")
    assert (healed.returncode, healed.stdout) == (0, "<demo>1")
    assert (len(clone.calls("-m venv")), len(clone.calls("-m pip"))) == (2, 2)


def test_an_environment_without_its_python_is_made_anew(clone: Clone) -> None:
    clone.run("demo")
    (clone.folder / ".venv" / "bin" / "python").unlink()
    assert clone.run("demo").stdout == "<demo>1"


def test_a_folder_that_was_moved_gets_an_environment_of_its_own(clone: Clone) -> None:
    clone.run("demo")
    clone.folder = clone.folder.rename(clone.folder.with_name("flyttet hit"))
    assert clone.run("demo").stdout == "<demo>1"
    assert (clone.folder / ".venv" / "site" / "knutepunkt.pth").read_text() == f"{clone.folder}/\n"


@pytest.mark.parametrize("name", ["python3.14", "python3.13", "python3.12", "python3.11", "python"])
def test_python_is_found_under_its_other_names(clone: Clone, name: str) -> None:
    (clone.machine / "python3").rename(clone.machine / name)
    assert clone.run("demo").stdout == "<demo>1"


def test_a_python_may_be_pointed_out(clone: Clone) -> None:
    (clone.machine / "python3").rename(clone.machine / "min-python")
    assert clone.run("demo", KNUTEPUNKT_PYTHON="min-python").stdout == "<demo>1"


def test_an_old_python_is_passed_by_with_words_on_what_is_needed(clone: Clone) -> None:
    refused = clone.run("demo", TOO_OLD="1")
    assert refused.returncode == 1
    assert "Python 3.11 eller nyere" in refused.stderr
    assert not (clone.folder / ".venv").exists()


def test_uv_installs_where_it_is_there(clone: Clone) -> None:
    clone.put("uv", FAKE_UV)
    assert clone.run("demo").stdout == "<demo>1"
    assert (len(clone.calls("uv pip install")), len(clone.calls("-m pip"))) == (1, 0)


def test_pip_installs_where_uv_can_not(clone: Clone) -> None:
    clone.put("uv", FAKE_UV)
    assert clone.run("demo", UV_FAILS="1").stdout == "<demo>1"
    assert len(clone.calls("-m pip")) == 1


@pytest.mark.needs("flock")  # without it the script can't wait
def test_of_two_first_runs_at_once_only_one_installs(clone: Clone) -> None:
    both = [clone.start("demo", SLOW="1") for _ in range(2)]
    assert [process.communicate(timeout=20)[0] for process in both] == ["<demo>1", "<demo>1"]
    assert (len(clone.calls("-m venv")), len(clone.calls("-m pip"))) == (1, 1)


def test_tests_see_the_folder_that_they_run_in(clone: Clone) -> None:
    assert clone.run("test", "-k", "noe").stdout == "<test><-k><noe>"


def test_the_script_is_posix_shell() -> None:
    shell = shutil.which("dash") or "sh"
    checked = subprocess.run([shell, "-n", ROOT / "knutepunkt"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert os.access(ROOT / "knutepunkt", os.X_OK)
