"""A whole hub as a process of its own: broker, hub and simulated EPJ, on free ports of the loopback address."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from connectors.connector import Connector
from connectors.helseid import HelseId, HelseIdClient
from connectors.helseid.client import read_key
from connectors.mqtt import MqttConnection
from connectors.timing import SystemTimer, Timer
from connectors.transport import Transport
from connectors.transport.http import JftTransport, VkpTransport
from connectors.transport.mqtt import MqttTransport

_READY_WITHIN_S = 60.0
_GONE_WITHIN_S = 20.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_JFT_SCOPE = "nhn:jft/api"


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A hub that runs, and the municipality and sender that its configuration lets in."""

    endpoints: dict[str, Any]
    folder: Path
    municipality: str = "314159265"
    sender: str = "Acme_Alarm_Testvik"

    @property
    def http(self) -> str:
        """The address of the hub's HTTP doors."""
        return str(self.endpoints["http"])

    @property
    def mqtt(self) -> str:
        """The broker's address."""
        return str(self.endpoints["mqtt"])

    @property
    def epj(self) -> str:
        """The address of the simulated EPJ's back door (`/admin`) for the municipality."""
        return str(self.endpoints["epj_admin"][self.municipality])

    def sign_in_client(self) -> HelseIdClient:
        """The client that the hub's stand-in for HelseID has ready in test mode, with every scope for writing."""
        told = self.endpoints["test_client"]
        scopes = tuple(s for s in told["scopes"] if s == _JFT_SCOPE or s.endswith(".write"))
        key = read_key(Path(told["private_jwk"]))
        return HelseIdClient(self.endpoints["token_service"], told["client_id"], key, scopes)

    def transport(self, way: Literal["mqtt", "vkp", "jft"] = "mqtt", timer: Timer | None = None) -> Transport:
        """A way to this hub for a connector of your own class, signed in where the way asks for it."""
        if way == "mqtt":
            connection = MqttConnection(self.mqtt, client_id=f"test-{self.sender}", connect_within_s=None)
            return MqttTransport(connection, municipality=self.municipality, sender=self.sender)
        clock = timer or SystemTimer()
        sign_in = HelseId(self.sign_in_client(), clock=clock)
        if way == "jft":
            return JftTransport(self.endpoints["jft_write"], clock=clock, sign_in=sign_in)
        return VkpTransport(self.http, municipality=self.municipality, clock=clock, sign_in=sign_in)

    def connector(self, way: Literal["mqtt", "vkp", "jft"] = "mqtt", *, spool: Path | None = None) -> Connector:
        """A connector to this hub, for `async with`."""
        return Connector(self.transport(way), municipality=self.municipality, sender=self.sender, spool=spool)


@contextmanager
def running_hub(folder: Path, config: Path | None = None) -> Iterator[RunningHub]:
    """A hub with its data in `folder`, ready; ended when the block ends. Raises RuntimeError when it does not start.

    Without `config` (a TOML file as `knutepunkt up --config` takes it) it is the example in test mode.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 — our own command
            _command(folder, config),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
    try:
        yield RunningHub(_endpoints(process, folder), folder)
    finally:
        _end(process)


def _end_with_parent() -> None:
    """In the new process: be told to end when the tests are killed, so that no hub stays behind (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _command(folder: Path, config: Path | None) -> list[str]:
    ports = ["--http-port", "0", "--mqtt-port", "0"]
    command = [sys.executable, "-m", "hub.cli", "up", "--data-dir", str(folder / "data"), *ports]
    return command + (["--config", str(config)] if config else [])


def _endpoints(process: subprocess.Popen[bytes], folder: Path) -> dict[str, Any]:
    file = folder / "data" / "endpoints.json"
    give_up = time.monotonic() + _READY_WITHIN_S
    while not file.exists():
        if process.poll() is not None or time.monotonic() > give_up:
            log = (folder / "up.log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"the hub did not start:\n{log[-2000:]}")
        time.sleep(0.02)
    endpoints: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return endpoints


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the hub to end, and end everything of it that has not by then."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_GONE_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
