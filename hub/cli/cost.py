"""`knutepunkt cost`: what it costs, who pays, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from hub.cli._cost_order import ordered, telling_faults, with_order
from hub.metering.ledger_export import ExportFormat, write_ledger
from hub.metering.model_list import model_answers, model_lines
from hub.metering.order_form import OrderForm
from hub.metering.run import run
from hub.metering.run_answer import run_answer
from hub.metering.run_table import run_table
from hub.metering.use_source import UseSource

app = typer.Typer(help="Hva det koster, hvem som betaler, og hvorfor.", no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="Skriv JSON.")]


@app.command("models")
def models(
    name: Annotated[str | None, typer.Argument(help="Én modell, med formel.")] = None, json: _Json = False
) -> None:
    """Prismodellene: navn, parametre, formel og regneeksempler."""
    with telling_faults():
        answers = model_answers(name)
    if json:
        typer.echo("[" + ",".join(a.model_dump_json() for a in answers) + "]")
    else:
        typer.echo("\n".join(model_lines(answers, whole=name is not None)))


@app.command("run")
@with_order
def run_command(
    form: OrderForm,
    use: UseSource | None,
    model: Annotated[str, typer.Option(help="Prismodellens navn.")] = "nhn-2024",
    json: _Json = False,
) -> None:
    """Regn ut én prismodell for alle kommuner, måned for måned."""
    answer = run_answer(run(ordered(form, use, model)))
    typer.echo(answer.model_dump_json() if json else "\n".join(run_table(answer)))


@app.command("export")
def export(
    use: Annotated[Path, typer.Argument(help="Målingen: .ndjson, .csv eller .parquet.")],
    out: Annotated[Path, typer.Option(help="Filen som skrives.")],
    form: Annotated[str, typer.Option("--format", help="cloudevents, lago, csv eller parquet.")] = "cloudevents",
) -> None:
    """Skriv målingen i et format som OpenMeter, Lago eller et regneark tar imot."""
    formats = {name: name for name in get_args(ExportFormat)}
    if form not in formats:
        raise typer.BadParameter(f"bruk en av {', '.join(formats)}", param_hint="--format")
    with telling_faults():
        count = write_ledger(UseSource(use).table(), out, formats[form])
    typer.echo(f"{count} poster skrevet til {out}")
