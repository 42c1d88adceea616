"""What the rehearsal's commands share: which hub, which municipality, and how a refusal is told."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from hub.cli._configuration import read_settings
from hub.cli._rehearsal_door import DoorShut, RehearsalDoor
from hub.model.errors import ConfigurationError

HERE = Path("data")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options before the command said."""

    data_dir: Path | None
    course: str
    municipality: str | None
    config: Path | None

    @contextlib.contextmanager
    def hub(self) -> Iterator[tuple[RehearsalDoor, str]]:
        """The door of the running hub, or of one started for this; and the municipality."""
        first = self.municipality
        with contextlib.ExitStack() as stack:
            directory = self.data_dir
            if directory is None or (self.config is not None and not (directory / "endpoints.json").exists()):
                directory = self.start(stack, directory)
            door = RehearsalDoor.of(directory)
            yield door, first or _first_municipality(directory)

    def start(self, stack: contextlib.ExitStack, directory: Path | None) -> Path:
        """Run a hub on `directory` (a passing one when None) while `stack` lasts."""
        from hub.cli._own_hub import OwnHub

        kept = directory or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="knutepunkt-rehearse-")))
        stack.enter_context(OwnHub(read_settings(self.config), kept))
        return kept

    def rehearsal(self) -> tuple[RehearsalDoor, str]:
        """The door of the hub that runs, and the path of the rehearsal in it, begun if it was not. Raises DoorShut."""
        directory = self.data_dir or HERE
        door = RehearsalDoor.of(directory)
        at = f"/rehearsals/{self.municipality or _first_municipality(directory)}/{self.course}"
        door.post(at)
        return door, at


def _first_municipality(directory: Path) -> str:
    orders = json.loads((directory / "orders.json").read_text(encoding="utf-8"))
    return str(orders["settings"]["municipality"][0]["organisation_number"])


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Say what went wrong in one sentence, and end with status 1 (2 for the configuration)."""
    try:
        yield
    except DoorShut as shut:
        typer.echo(str(shut), err=True)
        raise typer.Exit(1) from shut
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except TimeoutError as error:
        typer.echo("Knutepunktet startet ikke i tide.", err=True)
        raise typer.Exit(1) from error
