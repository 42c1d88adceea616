"""`knutepunkt bench`: how fast the hub is on this machine."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer

from hub.cli._configuration import read_settings

app = typer.Typer()


@app.command()
def bench(
    events: Annotated[int, typer.Option(min=100, help="Hendelser i hver runde.")] = 10_000,
    rounds: Annotated[int, typer.Option(min=1, help="Runder; medianen teller.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Mål fra MQTT-publisering til notat ført i simulert EPJ, med kvitteringer, alt på denne maskinen."""
    from tests.benchmarks.end_to_end import measure

    figures = asyncio.run(measure(read_settings(None), events=events, rounds=rounds)).as_json()
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name:>20}  {value}")
