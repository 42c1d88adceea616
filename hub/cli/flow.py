"""`knutepunkt flow`: what happens in a running hub, line by line, as the console's live page shows it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from hub.cli._operations import Hub

app = typer.Typer()


@app.command()
def flow(
    data_dir: Annotated[Path, typer.Option(help="Datamappen til knutepunktet som kjører.")] = Path("data"),
    after: Annotated[int | None, typer.Option(help="Begynn etter dette løpenummeret. Uten: fra nå av.")] = None,
    what: Annotated[str | None, typer.Option(help="Bare denne statusen, for eksempel duplicate.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Bare denne kommunen (organisasjonsnummer).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv ett JSON-objekt per linje.")] = False,
    limit: Annotated[int | None, typer.Option(help="Stopp etter så mange linjer.", min=1)] = None,
) -> None:
    """Følg hendelsene i knutepunktet etter hvert som de skjer. Ctrl-C avslutter."""
    wanted = {"after": after, "what": what, "municipality": municipality}
    query = urlencode({name: value for name, value in wanted.items() if value is not None})
    for line in islice(Hub(data_dir).events(f"/flow/events?{query}"), limit):
        typer.echo(_as_json(line) if as_json else _as_text(line))


def _as_json(line: dict[str, object]) -> str:
    import json

    return json.dumps(line, ensure_ascii=False)


def _as_text(line: dict[str, object]) -> str:
    return f"{line['time']}  {line['state']!s:18}  {line['about']}  ({line['sender']}, {line['municipality']})"
