"""What holds for the repository as a whole: floors, addresses and paths that must not be in it, lengths, the schema."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hub import VERSION
from tests.optional import ROOT

PRODUCT = ("hub", "connectors", "devices_sim", "epj_adapter")
LONG, TOO_LONG = 300, 400


def tracked() -> list[Path]:
    """The repository's files, as git knows them."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def holding(pattern: str, files: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if found.search(line)
    ]


def test_the_version_is_the_same_wherever_it_is_told() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == VERSION


def test_calls_go_down_the_floors_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.needs("checkout")
def test_no_file_names_a_package_registry() -> None:
    hosts = ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("deb.debian", "org")
    assert holding("|".join(rf"\b{name}\.{end}\b" for name, end in hosts), tracked()) == []


@pytest.mark.needs("checkout")
def test_no_file_names_a_folder_of_the_machine_where_it_was_written() -> None:
    homes = "|".join(("/work" + "/main", "/work" + "/shared", "/root" + "/", "/home" + r"/\w+/", r"[A-Z]:\\Users"))
    assert holding(homes, tracked()) == []


def test_the_locks_pin_every_package_by_version_and_hash() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if line and not line[0].isspace() and not line.startswith("#"):
                assert re.match(r"[A-Za-z0-9._-]+==[^\s]+", line), line
                assert "--hash=sha256:" in lines[number + 1], line


def test_the_test_lock_holds_the_runtime_pins() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+==[^\s;]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-test.lock")


def test_long_files_are_few_and_say_why() -> None:
    lengths = {
        str(path.relative_to(ROOT)): path.read_bytes().count(b"\n")
        for folder in PRODUCT
        for path in (ROOT / folder).rglob("*.py")
    }
    explained = set(re.findall(r"^\| `([\w/]+\.py)` \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE))
    long = {name for name, lines in lengths.items() if lines > LONG}
    assert [f"{name}: {lines}" for name, lines in lengths.items() if lines > TOO_LONG] == []
    assert long - explained == set(), "over 300 lines: divide it, or explain it in docs/architecture.md"
    assert explained - lengths.keys() == set(), "docs/architecture.md explains files that are not there"


def test_the_store_knows_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from hub.store.migrating import HEAD

    config = Config()
    config.set_main_option("script_location", str(ROOT / "hub" / "store" / "migrations").replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_first_migration_stands_by_itself_whatever_becomes_of_the_tables_of_now() -> None:
    source = (ROOT / "hub" / "store" / "migrations" / "versions" / "0001_first.py").read_text(encoding="utf-8")
    named = {n.module for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ImportFrom)}
    assert named == {"alembic", "sqlalchemy"}
