"""Starting a scenario of the device simulator beside the hub, by the same command that a person would write."""

from __future__ import annotations

import asyncio
import shlex
from functools import cache
from importlib.resources import files

from hub.model.person import NHN_TEST_ORGANISATION

_SENT_MOST = 2_000
_SPEED = "60"
_HOURS = "6"


@cache
def scenario_names() -> tuple[str, ...]:
    """The project's own scenarios, found as the files that they are; none where there is no simulator."""
    try:
        folder = files("devices_sim") / "scenarios"
        return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))
    except (ModuleNotFoundError, FileNotFoundError):
        return ()


class Scenarios:
    """The scenario that is running, at most one."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._name = ""

    @property
    def running(self) -> str:
        """The name of the scenario that is running, empty when none is."""
        return self._name if self._child is not None and self._child.returncode is None else ""

    def command(self, name: str, mqtt_url: str) -> str:
        """The command line that does the same."""
        return "knutepunkt " + shlex.join(_arguments(name, mqtt_url))

    async def start(self, name: str, mqtt_url: str, *, python: str) -> None:
        """Start a scenario; one that is running is ended first. It ends with the hub, which is its parent."""
        self.stop()
        quiet = asyncio.subprocess.DEVNULL
        self._child = await asyncio.create_subprocess_exec(
            python, "-m", "hub.cli", *_arguments(name, mqtt_url), stdin=quiet, stdout=quiet, stderr=quiet
        )
        self._name = name

    def stop(self) -> None:
        """End what is running."""
        if self._child is not None and self._child.returncode is None:
            self._child.terminate()


def _arguments(name: str, mqtt_url: str) -> list[str]:
    chosen = ["--scenario", name, "--municipality", NHN_TEST_ORGANISATION]
    pace = ["--start", "now", "--hours", _HOURS, "--speed", _SPEED, "--limit", str(_SENT_MOST)]
    return ["devices", "run", "--target", mqtt_url, *chosen, *pace]
