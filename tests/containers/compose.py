"""Reads docker-compose.yml as Compose does, as far as the project uses it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from tests.optional import ROOT

#: Services that do their work and end.
ONCE = frozenset({"prepare"})


@dataclass(frozen=True)
class Service:
    """A service with its settings merged."""

    name: str
    settings: dict[str, Any]

    @property
    def command(self) -> list[str]:
        """The entrypoint and the command, with `$$` as the one `$` that the container sees."""
        words = [*self.settings.get("entrypoint", []), *self.settings["command"]]
        return [word.replace("$$", "$") for word in words]

    @property
    def health_command(self) -> list[str]:
        """What the health check runs."""
        form, *words = self.settings["healthcheck"]["test"]
        words = [word.replace("$$", "$") for word in words]
        return ["sh", "-c", *words] if form == "CMD-SHELL" else words

    @property
    def mounts(self) -> list[tuple[str, str]]:
        """What is mounted (a volume's name, or a path that begins with a full stop), and where."""
        return [tuple(mount.split(":")[:2]) for mount in self.settings.get("volumes", [])]


@cache
def document() -> dict[str, Any]:
    """The file as it stands."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def services() -> dict[str, Service]:
    """All services by name."""
    return {name: Service(name, settings) for name, settings in document()["services"].items()}
