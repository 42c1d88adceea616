"""The `knutepunkt` command line: one file in this package is one command, found by its file name.

A command file holds `app` (a `typer.Typer`). It is imported only when its command is run, so that no
command pays for another's imports.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click
import typer.main


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"hub.cli.{cmd_name.replace('-', '_')}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command


def main() -> None:
    """Run the command line; exits with the command's status."""
    _Commands(name="knutepunkt", help="Knutepunkt: velferdsteknologisk knutepunkt, simulator og SDK.")(
        prog_name="knutepunkt", args=sys.argv[1:]
    )
