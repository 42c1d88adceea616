"""`knutepunkt up` as processes of its own, as whoever runs it sees it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.optional import ROOT

READY_S = 60.0
SOON_S = 30.0


def until(is_so: Callable[[], Any], *, within_s: float = SOON_S, what: str = "") -> Any:
    """What `is_so` answers, once it is true."""
    end = time.monotonic() + within_s
    while not (answer := is_so()):
        assert time.monotonic() < end, what or "it did not come about in time"
        time.sleep(0.02)
    return answer


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "hub.cli", *map(str, arguments)]


@dataclass(slots=True)
class Up:
    """A `knutepunkt up`, its directory and its processes."""

    directory: Path
    arguments: Sequence[str | Path] = ()
    process: subprocess.Popen[str] | None = None
    endpoints: dict[str, Any] = field(default_factory=dict)
    uses_key: bool = False

    def start(self) -> None:
        """Start it, and return when everything answers."""
        (self.directory / "endpoints.json").unlink(missing_ok=True)  # a killed predecessor's
        self.begin()
        process = self.process
        assert process is not None

        def is_ready() -> bool:
            assert process.poll() is None, self.output()
            return (self.directory / "endpoints.json").exists()

        until(is_ready, within_s=READY_S, what="no endpoints.json")
        self.endpoints = json.loads((self.directory / "endpoints.json").read_text())

    def begin(self) -> None:
        """Start it and don't wait."""
        self.directory.mkdir(parents=True, exist_ok=True)
        log = (self.directory / "up.log").open("a")
        ports = ("--http-port", "0", "--mqtt-port", "0")
        self.process = subprocess.Popen(
            command("up", "--data-dir", self.directory, *ports, *self.arguments),
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
            cwd=self.directory,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        log.close()

    @property
    def http(self) -> str:
        return str(self.endpoints["http"])

    @property
    def mqtt_port(self) -> int:
        return urlsplit(self.endpoints["mqtt"]).port or 1883

    def output(self) -> str:
        return (self.directory / "up.log").read_text()

    def logs(self) -> str:
        written = sorted((self.directory / "logs").iterdir())
        return self.output() + "".join(p.read_text(errors="replace") for p in written)

    def members(self) -> list[int]:
        """The processes of its group."""
        assert self.process is not None
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    after_name = (entry / "stat").read_text().rpartition(")")[2].split()
                    if int(after_name[2]) == self.process.pid and after_name[0] != "Z":
                        found.append(int(entry.name))
        return found

    def part(self, name: str) -> int | None:
        """The process whose command has `name`, if it runs."""
        for pid in self.members():
            with contextlib.suppress(OSError):
                if name in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "):
                    return pid
        return None

    def kill_hub(self) -> None:
        """SIGKILL to the hub's own process alone; it is started again by itself."""
        if (pid := self.part("hub.app.process")) is not None:
            os.kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """SIGKILL to everything, the broker included."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        until(lambda: not self.members(), what="something outlived SIGKILL")

    def end(self) -> int:
        """SIGTERM, and the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=SOON_S)

    def get(self, path: str, *, key: str | None = None) -> Any:
        request = urllib.request.Request(self.http + path)
        if key is not None:
            request.add_header("Authorization", f"Bearer {key}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def post(self, path: str, method: str = "POST") -> int:
        """The status of the answer."""
        request = urllib.request.Request(self.http + path, b"", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)

    def summary(self, *, key: str | None = None) -> dict[str, int]:
        """The counts; empty while the hub doesn't answer, or not to us."""
        with contextlib.suppress(OSError):
            found: dict[str, int] = self.get("/operations/summary", key=key or self._key())
            return found
        return {}

    def _key(self) -> str | None:
        file = self.directory / "operations.token"
        return file.read_text() if self.uses_key and file.exists() else None

    def cli(self, *arguments: str | Path, ends_with: int = 0) -> str:
        """What `knutepunkt ARGUMENTS` says of this hub."""
        done = subprocess.run(
            [*command(*arguments), "--data-dir", str(self.directory)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            timeout=60,
        )
        assert done.returncode == ends_with, done.stdout + done.stderr
        return done.stdout

    def settled(self, cases: int) -> bool:
        """Whether so many cases are delivered and nothing is on its way."""
        found = self.summary()
        return bool(found) and found["delivered"] == cases and not found["pending"]


@contextmanager
def up(directory: Path, *arguments: str | Path) -> Iterator[Up]:
    """A running hub; whatever is left of it at the end is killed."""
    it = Up(directory, arguments)
    try:
        it.start()
        yield it
    finally:
        if it.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(it.process.pid, signal.SIGKILL)
            it.process.wait()


_ELEVEN = re.compile(r"(?<!\d)\d{11}(?!\d)")


def identity_numbers_in(text: str) -> list[str]:
    from hub.model.person import NumberKind, number_kind

    return [n for n in _ELEVEN.findall(text) if number_kind(n) is not NumberKind.INVALID]
