"""`knutepunkt quarantine`: originals that were not taken in. List, show, correct, resubmit."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import click
import typer

from hub.cli._operations import Hub
from hub.model.clock import OSLO

app = typer.Typer(no_args_is_help=True, help="Karantenen: meldinger som ikke ble tatt inn, og konflikter.")

DataDir = Annotated[Path, typer.Option(help="Datamappen til knutepunktet som kjører.")]
Number = Annotated[int, typer.Argument(help="Meldingens nummer i karantenen.")]
AsJson = Annotated[bool, typer.Option("--json", help="Skriv JSON.")]
_HERE = Path("data")
_STATES = {"open": "åpen", "resubmitted": "sendt inn på nytt", "dismissed": "lagt bort"}
_Readable = typer.Option(exists=True, dir_okay=False, help="Rettet melding. Uten: send originalen på nytt.")


@app.command("list")
def listing(
    data_dir: DataDir = _HERE,
    state: Annotated[
        Literal["open", "resubmitted", "dismissed", "all"],
        typer.Option(help="Hvilke: de åpne, de avgjorte eller alle."),
    ] = "open",
    as_json: AsJson = False,
) -> None:
    """List meldingene i karantene, eldste først."""
    hub = Hub(data_dir)
    rows: list[dict[str, Any]] = []
    while page := hub.get(f"/operations/quarantine?state={state}&after={rows[-1]['id'] if rows else 0}"):
        rows += page
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        times = f", {row['times']} ganger" if row["times"] > 1 else ""
        settled = f", {_STATES[row['state']]}" if row["state"] != "open" else ""
        where = f"{row['municipality']} {row['sender']}"
        typer.echo(f"{row['id']:>6}  {_local(row['received_at'])}  {where}{times}{settled}")
        for finding in row["findings"]:
            typer.echo(f"        {finding['path']}: {finding['advice']}")
    still = sum(row["state"] == "open" for row in rows)
    typer.echo(f"{len(rows)} vist, {still} i karantene." if still != len(rows) else _many(still))


def _many(number: int) -> str:
    return f"{number} i karantene." if number else "Karantenen er tom."


@app.command()
def show(
    number: Number,
    data_dir: DataDir = _HERE,
    as_json: AsJson = False,
    content: Annotated[bool, typer.Option("--content", help="Skriv bare innholdet, som det kom.")] = False,
) -> None:
    """Vis en melding med det som er galt. Innholdet kan ha personopplysninger."""
    row = Hub(data_dir).get(f"/operations/quarantine/{number}")
    if content:
        typer.echo(row["content"], nl=False)
    elif as_json:
        typer.echo(json.dumps(row, ensure_ascii=False))
    else:
        typer.echo(f"Nummer {row['id']}, {_STATES[row['state']]}, kom {_local(row['received_at'])} fra {row['sender']}")
        for finding in row["findings"]:
            typer.echo(f"  {finding['path']}: {finding['advice']} [{finding['rule']}]")
        typer.echo(row["content"])


@app.command()
def resubmit(
    number: Number,
    data_dir: DataDir = _HERE,
    corrected: Annotated[Path | None, _Readable] = None,
    as_json: AsJson = False,
) -> None:
    """Send en melding inn på nytt, rettet eller som den er. Blir den avvist igjen, blir den liggende."""
    body = corrected.read_bytes() if corrected else b""
    _tell(Hub(data_dir).post(f"/operations/quarantine/{number}/resubmit", body), as_json=as_json)


@app.command()
def correct(number: Number, data_dir: DataDir = _HERE, as_json: AsJson = False) -> None:
    """Rett en melding i et redigeringsprogram ($EDITOR) og send den inn på nytt."""
    hub = Hub(data_dir)
    edited = click.edit(hub.get(f"/operations/quarantine/{number}")["content"], extension=".json")
    if edited is None:
        typer.echo("Ikke endret; ikke sendt.")
        return
    _tell(hub.post(f"/operations/quarantine/{number}/resubmit", edited.encode()), as_json=as_json)


@app.command()
def accept(number: Number, data_dir: DataDir = _HERE, as_json: AsJson = False) -> None:
    """Avgjør en konflikt: denne utgaven gjelder."""
    _tell(Hub(data_dir).post(f"/operations/quarantine/{number}/accept"), as_json=as_json)


@app.command()
def dismiss(number: Number, data_dir: DataDir = _HERE) -> None:
    """Legg en melding bort for godt. Den blir tatt vare på."""
    Hub(data_dir).post(f"/operations/quarantine/{number}/dismiss")
    typer.echo("Lagt bort.")


def _tell(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        typer.echo(answer["text"])
        for issue in answer["outcome"]["issue"][1:]:
            typer.echo(f"  {', '.join(issue.get('expression', []))}: {issue['details']['text']}")
    if answer["code"] in {"rejected", "conflict"}:
        raise typer.Exit(1)


def _local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(OSLO).strftime("%d.%m.%Y %H:%M:%S")
