"""The `knutepunkt` command line: one file in this package is one command, found by its file name.

A command file holds `app` (a `typer.Typer`). It is imported only when its command is run, so that no
command pays for another's imports; the list of commands reads their help lines from the files' text.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_LISTING = "hub.cli.listing"


class Commands(TyperGroup):
    """The commands of this package, imported when called for."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # typer's public context
        """Every command's name, sorted."""
        return sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # as above
        """Write the help; the commands in its list are not imported."""
        ctx.meta[_LISTING] = True
        super().format_help(ctx, formatter)

    def get_command(self, ctx: typer.Context, cmd_name: str):  # type: ignore[no-untyped-def,override]
        """The command called `cmd_name`, or None; for the list of commands, just its name and help line."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module_name = cmd_name.replace("-", "_")
        if ctx.meta.get(_LISTING):
            from hub.cli._help_line import help_line

            return TyperCommand(cmd_name, help=help_line(Path(__file__).with_name(f"{module_name}.py")))
        module = importlib.import_module(f"hub.cli.{module_name}")
        module.app._add_completion = False
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False)


@app.callback()
def knutepunkt() -> None:
    """Knutepunkt: velferdsteknologisk knutepunkt, simulator og SDK."""


def main() -> None:
    """Run the command line; exits with the command's status."""
    typer.main.get_command(app)(prog_name="knutepunkt", args=sys.argv[1:])
