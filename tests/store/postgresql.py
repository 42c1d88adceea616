"""A throw-away PostgreSQL of the session's own, where a server is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tests.optional import postgresql_program

_OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=80 -c deadlock_timeout=100ms"


@dataclass(slots=True)
class Cluster:
    """A running server that only this machine's users reach, through a socket in its own directory."""

    directory: Path
    _as_owner: tuple[str, ...]
    _programs: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.directory}"

    def new_database(self, *, template: str = "template0") -> str:
        """The address of an empty database, or of a copy of `template`."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def sql(self, statement: str) -> None:
        command = [str(self._programs / "psql"), "-h", str(self.directory), "-U", "postgres", "-qc", statement]
        subprocess.run([*self._as_owner, *command], check=True, capture_output=True, cwd=self.directory)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server that runs as an unprivileged user and is gone afterwards."""
    initdb_program = postgresql_program("initdb")
    if initdb_program is None:
        pytest.skip("PostgreSQL is not here")
    programs = initdb_program.resolve().parent
    as_owner = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="kp-pg-") as text:
        directory = Path(text)
        if as_owner:
            shutil.chown(directory, "postgres")
        directory.chmod(0o755)
        data = directory / "data"
        run = {"check": True, "capture_output": True, "cwd": directory}
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run([*as_owner, *initdb], **run)
        control = [*as_owner, str(programs / "pg_ctl"), "-D", str(data), "-w"]
        options = f"{_OPTIONS} -k {directory}"
        log = str(directory / "log")
        subprocess.run([*control, "-l", log, "-o", options, "start"], **run)
        try:
            yield Cluster(directory, as_owner, programs)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **run)
