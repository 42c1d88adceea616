"""Published profiles as a command is given them: a folder, a package or one resource."""

from __future__ import annotations

from pathlib import Path

import typer

from hub.fhir.published import Published, load


def published_in(source: Path) -> Published:
    """What is published in `source`. Ends the command with status 2, and says why, where there is nothing to use."""
    try:
        published = load(source)
    except OSError as error:
        typer.echo(f"{source}: kan ikke leses ({error.strerror or type(error).__name__})", err=True)
        raise typer.Exit(2) from None
    if not (published.profiles or published.value_sets or published.code_systems):
        typer.echo(f"{source}: fant ingen profiler, verdisett eller kodeverk", err=True)
        raise typer.Exit(2)
    return published
