"""A throw-away PostgreSQL of the session's own, where a server is installed."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

from tests.optional import postgresql_program

_OPTIONS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=80", "deadlock_timeout=100ms")
_READY_S = 60.0


@dataclass(slots=True)
class Cluster:
    """A running server that only this machine's users reach, through a socket in its own directory."""

    directory: Path
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
        self._psql(statement, check=True)

    def answers(self) -> bool:
        return self._psql("SELECT 1", check=False) == 0

    def _psql(self, statement: str, *, check: bool) -> int:
        command = [str(self._programs / "psql"), "-h", str(self.directory), "-U", "postgres", "-qc", statement]
        return subprocess.run(command, check=check, capture_output=True, cwd=self.directory).returncode


@cache
def shared_cluster() -> Cluster:
    """One server for all of the session's tests, stopped at the interpreter's end."""
    running = cluster()
    server = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return server


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server that runs as an unprivileged user, and that is gone afterwards or when the tests die."""
    initdb = postgresql_program("initdb")
    assert initdb is not None  # tests say that they need it
    programs = initdb.resolve().parent
    with tempfile.TemporaryDirectory(prefix="kp-pg-") as text:
        directory = Path(text)
        as_owner = _as_owner(directory)
        data = directory / "data"
        made = [str(initdb), "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run([*as_owner, *made], check=True, capture_output=True, cwd=directory)
        command = [str(programs / "postgres"), "-D", str(data), "-k", str(directory)]
        command += [part for option in _OPTIONS for part in ("-c", option)]
        with (directory / "log").open("wb") as log:
            process = subprocess.Popen([*as_owner, *command], stdout=log, stderr=log, cwd=directory)
        try:
            found = Cluster(directory, programs)
            _wait_for(found, process)
            yield found
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait()


def _as_owner(directory: Path) -> list[str]:
    """What runs a command as somebody who may run a server, to be ended with us."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "QUIT"] if setpriv else []
    assert setpriv is not None  # as is looked for with PostgreSQL
    shutil.chown(directory, "postgres", "postgres")
    directory.chmod(0o755)
    return [setpriv, "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--pdeathsig", "QUIT"]


def _wait_for(found: Cluster, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _READY_S
    while not found.answers():
        assert process.poll() is None, (found.directory / "log").read_text()
        assert time.monotonic() < until
        time.sleep(0.05)
