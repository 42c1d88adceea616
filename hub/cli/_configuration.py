"""Reading the configuration for a command: every fault is printed, and the command ends with status 2."""

from __future__ import annotations

from pathlib import Path

import typer

from hub.model.errors import ConfigurationError
from hub.plugins import EPJ_ADAPTERS, discover
from hub.settings import EXAMPLE, Settings, load, parse


def read_settings(path: Path | None) -> Settings:
    """The settings in `path`, or the example's without one."""
    adapters = discover(EPJ_ADAPTERS)
    try:
        return parse(EXAMPLE, adapters=adapters) if path is None else load(path, adapters=adapters)
    except ConfigurationError as error:
        for fault in error.faults:
            typer.echo(f"{path}: {fault}", err=True)
        raise typer.Exit(2) from error
