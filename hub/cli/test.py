"""`knutepunkt test`: every test of the project, or those that are asked for."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

app = typer.Typer()

_ROOT = Path(__file__).resolve().parents[2]
#: Two processes with a file at a time, in the order that `tests/conftest.py` gives: those with slow tests first.
_PROCESSES = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
#: What only failures need is kept, and a plug-in that no test uses isn't loaded.
_ALL = ("-q", *_PROCESSES, "-o", "tmp_path_retention_policy=failed", "-p", "no:schemathesis", "tests")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Kjør alle testene. Alt som står etter «test», går til pytest, med stier fra prosjektets rotmappe."""
    if importlib.util.find_spec("pytest") is None:
        typer.echo("pytest er ikke installert. Bruk ./knutepunkt test, som installerer det som trengs.", err=True)
        raise typer.Exit(2)
    os.chdir(_ROOT)
    sys.stdout.flush()
    command = command_for(context.args)
    os.execv(command[0], command)  # noqa: S606  # pytest takes this process over: its status and signals are ours


def command_for(arguments: Sequence[str]) -> list[str]:
    """The command line for pytest: `arguments` as they are, or without any the whole suite on two processes."""
    return [sys.executable, "-m", "pytest", *(arguments or _ALL)]
