"""`knutepunkt case`: one case from button press to journal note."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from hub.cli._operations import Hub
from hub.model.clock import OSLO

app = typer.Typer()


@app.command()
def case(
    number: Annotated[str, typer.Argument(help="Sakens nummer.")],
    data_dir: Annotated[Path, typer.Option(help="Datamappen til knutepunktet som kjører.")] = Path("data"),
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Vis sakens tidslinje og journalnotatet. Innholdet er personopplysninger, og visningen blir loggført."""
    story = Hub(data_dir).get(f"/cases/{number}/story")
    if as_json:
        typer.echo(json.dumps(story, ensure_ascii=False))
        return
    for step in story["steps"]:
        at = datetime.fromisoformat(step["at"]).astimezone(OSLO)
        typer.echo(f"{at:%d.%m.%Y %H:%M:%S}  {step['title']}. {step['text']}".rstrip())
    typer.echo(f"\n{story['note']}")
