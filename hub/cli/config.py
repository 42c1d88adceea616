"""`knutepunkt config`: check a configuration, or print the example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli._configuration import read_settings
from hub.settings import EXAMPLE

app = typer.Typer(no_args_is_help=True, help="Konfigurasjonen: kontroller en fil, eller skriv ut eksempelet.")


@app.command()
def check(file: Annotated[Path, typer.Argument(help="Konfigurasjonsfilen.")]) -> None:
    """Kontroller en fil. Alle feil listes på én gang, med linjenummer; status 2 når det er noen."""
    settings = read_settings(file)
    counted = f"kommuner: {len(settings.municipality)}, avsendere: {len(settings.sender)}"
    typer.echo(f"{file}: i orden. Modus: {settings.mode}, {counted}.")


@app.command()
def example() -> None:
    """Skriv ut et lite eksempel."""
    typer.echo(EXAMPLE, nl=False)
