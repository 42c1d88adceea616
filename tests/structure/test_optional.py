"""What is absent is named in one line; what is slow runs where it holds up least; `knutepunkt test` is pytest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.test import command_for
from tests.optional import _PRESENT, ROOT, is_present

CONFTEST = """
import tests.optional
tests.optional._PRESENT["browser"] = lambda: False
tests.optional._PRESENT["mosquitto"] = lambda: True
from tests.conftest import pytest_collection_modifyitems, pytest_configure, pytest_terminal_summary
"""
TESTS = """
import pytest

@pytest.mark.slow
@pytest.mark.speed
def test_of_speed(): pass

@pytest.mark.slow
def test_slow(): pass

@pytest.mark.needs("browser")
def test_in_a_browser(): raise AssertionError

@pytest.mark.needs("mosquitto", "browser")
def test_with_both(): raise AssertionError

@pytest.mark.needs("mosquitto")
def test_with_mosquitto(): pass
"""


def run(folder: Path, tests: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_some.py").write_text(tests)
    options = ["-c", ROOT / "pyproject.toml", "-p", "pytest_asyncio.plugin", "-p", "xdist.plugin", "-v"]
    command = [sys.executable, "-m", "pytest", *options, *arguments, folder]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def in_order(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The tests' names in the order in which they ended."""
    ended = (line for line in done.stdout.splitlines() if re.search("PASSED|SKIPPED", line))
    return [found[1] for line in ended if (found := re.search(r"::(test_\w+)", line))]


def test_alone_what_is_absent_is_named_in_one_line_and_slow_tests_come_last(tmp_path: Path) -> None:
    done = run(tmp_path, TESTS)
    assert_absent_is_named(done)
    assert in_order(done)[-2:] == ["test_slow", "test_of_speed"]


def test_several_processes_begin_with_the_slow_tests_and_name_what_is_absent(tmp_path: Path) -> None:
    done = run(tmp_path, TESTS, "-n", "1", "--dist", "loadfile", "--no-loadscope-reorder")
    assert_absent_is_named(done)
    ended = in_order(done)
    assert (ended[0], ended[-1]) == ("test_slow", "test_of_speed")


def assert_absent_is_named(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Skipped because absent here: browser (2 tests)." in done.stdout.splitlines()
    assert "3 passed, 2 skipped" in done.stdout.splitlines()[-1]


def test_a_need_that_nobody_knows_stops_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, TESTS.replace('"browser"', '"unicorn"'))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "unicorn" in done.stdout + done.stderr


def test_a_failing_test_gives_the_status_of_pytest(tmp_path: Path) -> None:
    assert run(tmp_path, "def test_fails(): assert False").returncode == pytest.ExitCode.TESTS_FAILED


def test_arguments_go_to_pytest_as_they_are_and_none_means_everything() -> None:
    assert command_for(["-k", "to ord", "--lf"])[1:] == ["-m", "pytest", "-k", "to ord", "--lf"]
    everything = command_for([])
    assert everything[-1] == "tests"
    assert {"-n", "loadfile"} <= set(everything)


@pytest.mark.parametrize("name", sorted(_PRESENT))
def test_every_optional_thing_is_looked_for(name: str) -> None:
    assert is_present(name) in (True, False)
