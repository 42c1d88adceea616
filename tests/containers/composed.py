"""Runs the services of docker-compose.yml as processes: their very commands, with addresses and folders of this test.

A stand-in for a container engine, as far as the project needs one: volumes are folders, host names are the loopback
address, and every port is a free one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tests.connectors.brokers import free_port
from tests.containers.compose import ONCE, Service, services
from tests.optional import ROOT, program

_PORTS = ("1883", "8000", "9001", "9002", "9003", "9101", "9102", "9103")
#: A loopback address that the hub doesn't count as its own machine's, so that it asks for keys as in a container.
HUB = "127.0.0.2"
_HEALTHY_WITHIN_S = 40.0


@dataclass
class Composed:
    """The services, started in the order of what they wait for, each when what it waits for is well."""

    folder: Path
    ports: dict[str, str] = field(default_factory=lambda: {port: str(free_port()) for port in _PORTS})
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Composed:
        self._copy_files()
        for service in _in_order():
            self.start(service)
            self.until_well(service)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self.processes.values()):
            self.end(process)
        self._stack.close()

    def start(self, service: Service) -> None:
        """Run the service's command, its output in a file of its own."""
        log = self._stack.enter_context((self.folder / f"{service.name}.log").open("wb"))
        command = [self.adapted(word, service) for word in service.command]
        self.processes[service.name] = subprocess.Popen(
            command, cwd=self.folder, env=self._environment(), stdout=log, stderr=log, start_new_session=True
        )

    def until_well(self, service: Service) -> None:
        """Wait until a service that ends has ended well, and one that stays passes its own health check."""
        process = self.processes[service.name]
        if service.name in ONCE:
            assert process.wait(_HEALTHY_WITHIN_S) == 0, self.log(service.name)
            return
        ends = time.monotonic() + _HEALTHY_WITHIN_S
        while not self.is_well(service):
            assert process.poll() is None, self.log(service.name)
            assert time.monotonic() < ends, self.log(service.name)
            time.sleep(0.05)

    def is_well(self, service: Service) -> bool:
        """Run the service's health check once."""
        command = [self.adapted(word, service) for word in service.health_command]
        return subprocess.run(command, env=self._environment(), capture_output=True, check=False).returncode == 0

    def end(self, process: subprocess.Popen[bytes]) -> int:
        """End a service as an engine does: SIGTERM, and SIGKILL to all of it if that isn't enough."""
        if process.poll() is None:
            process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()

    def secret(self, name: str) -> str:
        """A secret that `prepare` made."""
        return (self.folder / "keys" / name).read_text()

    def log(self, name: str) -> str:
        """What a service has said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def adapted(self, text: str, service: Service) -> str:
        """`text` with this test's folders, addresses and programs in place of the container's."""
        for source, target in sorted(service.mounts, key=lambda mount: -len(mount[1])):
            folder = source.removeprefix("./").replace("/", "-") if source.startswith(".") else source
            text = text.replace(target, str(self.folder / folder))
        return self._addressed(text)

    def _addressed(self, text: str) -> str:
        for port, free in self.ports.items():
            text = text.replace(f":{port}", f":{free}").replace(f"-p {port}", f"-p {free}")
            text = text.replace(f"--http-port {port}", f"--http-port {free}").replace(
                f"listener {port}", _listener(free)
            )
            text = text.replace(f":{int(port):04X} ", f":{int(free):04X} ")
        text = text.replace("/opt/knutepunkt/deploy", str(self.folder / "deploy"))
        for name in ("mosquitto", "epj-fhir", "epj-journal", "epj-pull"):
            text = text.replace(f"@{name}:", "@127.0.0.1:").replace(f"//{name}:", "//127.0.0.1:")
        for address in ("127.0.0.1", "hub"):
            text = text.replace(f"//{address}:{self.ports['8000']}", f"//{HUB}:{self.ports['8000']}")
        return text.replace('host = "0.0.0.0"', f'host = "{HUB}"').replace("0.0.0.0", "127.0.0.1")

    def _copy_files(self) -> None:
        """The mounted files and the image's `deploy`, with this test's addresses."""
        for name in {source for service in services().values() for source, _ in service.mounts}:
            if not name.startswith("."):
                (self.folder / name).mkdir()
        for path in (ROOT / "deploy").rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                self._copy(path)

    def _copy(self, path: Path) -> None:
        relative = path.relative_to(ROOT)
        text = self._addressed(path.read_text(encoding="utf-8"))
        if path.name == "mosquitto.conf":
            text = self.adapted(text, services()["mosquitto"])
            text = ("user root\n" if os.geteuid() == 0 else "") + text
        if path.name == "prepare.py":
            # Containers have a network and a /data each; here EPJs share the machine's.
            text = text.replace("_ADMIN_OFFSET = 100", f"_ADMIN_OFFSET = {self._admin_ports()}")
            text = text.replace("port + _ADMIN_OFFSET", "_ADMIN_OFFSET[port]")
            text = text.replace('"/data/epj.sqlite"', f'f"{self.folder}/epj-{{number}}.sqlite"')
        for place in (self.folder / relative, self.folder / str(relative).replace("/", "-")):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")

    def _admin_ports(self) -> dict[int, int]:
        return {int(self.ports[port]): int(self.ports[f"91{port[2:]}"]) for port in ("9001", "9002", "9003")}

    def _environment(self) -> dict[str, str]:
        """A container's environment: the image's Python first, and Mosquitto's programs."""
        folders = [str(Path(sys.executable).parent), str(Path(program("mosquitto") or "").parent)]
        path = os.pathsep.join((*folders, os.environ["PATH"]))
        return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "COLUMNS": "100"}


def _listener(port: str) -> str:
    return f"listener {port} 127.0.0.1"


def _in_order() -> list[Service]:
    """Every service after those that it waits for."""
    left, ordered = dict(services()), []
    while left:
        ready = [s for s in left.values() if not left.keys() & s.settings.get("depends_on", {}).keys()]
        assert ready, f"services wait for each other: {sorted(left)}"
        ordered += ready
        for service in ready:
            del left[service.name]
    return ordered
