"""The `knutepunkt` command line: one file in this package is one command, found by its file name.

A command file holds `app` (a `typer.Typer`). It is imported only when its command is run, so that no
command pays for another's imports.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import typer
from typer.core import TyperGroup


class Commands(TyperGroup):
    """The commands of this package, imported when called for."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # typer's public context
        """Every command's name, sorted."""
        return sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: typer.Context, cmd_name: str):  # type: ignore[no-untyped-def,override]
        """The command called `cmd_name`, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"hub.cli.{cmd_name.replace('-', '_')}")
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
