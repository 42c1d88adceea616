"""`knutepunkt cost`: what it costs, who pays, and why."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, get_args

import typer

from hub.cli._cost_order import MeteredBy, ordered, telling_faults, with_order, write_text
from hub.metering.cost_key import stand_in_key
from hub.metering.input_table import parsed_decimal
from hub.metering.ledger_export import ExportFormat, write_ledger
from hub.metering.model_list import model_answers, model_lines
from hub.metering.municipalities import read_municipalities
from hub.metering.order_form import OrderForm
from hub.metering.run import run
from hub.metering.run_answer import run_answer
from hub.metering.run_table import run_table
from hub.model.clock import SystemClock
from hub.model.errors import ConfigurationError, ConfigurationFault

app = typer.Typer(help="Hva det koster, hvem som betaler, og hvorfor.", no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="Skriv JSON.")]
_Model = Annotated[str, typer.Option(help="Prismodellens navn.")]
_Csv = Annotated[Path | None, typer.Option("--csv", help="Skriv tabellen til en CSV-fil.")]


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


@app.command("key")
def key(out: Annotated[Path, typer.Option(help="Filen som skrives.")]) -> None:
    """Skriv erstatningsnøkkelen som en fil, til å bytte ut med tallene fra Grønt hefte."""
    known = read_municipalities()
    found = stand_in_key(known)
    rows = [f"{m.number},{weight},{m.name}" for m, weight in zip(known, found.weights, strict=True)]
    with telling_faults():
        write_text(out, "\n".join(["number,weight,name", *rows]) + "\n")
    typer.echo(f"{found.source} Skrevet til {out}")


@app.command("run")
@with_order
def run_command(
    form: OrderForm,
    use: MeteredBy | None,
    model: _Model = "nhn-2024",
    csv: _Csv = None,
    xlsx: Annotated[Path | None, typer.Option(help="Skriv et regneark som regner på nytt.")] = None,
    json: _Json = False,
) -> None:
    """Regn ut én prismodell for alle kommuner, måned for måned."""
    found = run(ordered(form, use, [model])[0])
    answer = run_answer(found)
    if csv:
        from hub.metering.documents.tables import run_csv

        write_text(csv, run_csv(answer))
    if xlsx:
        from hub.metering.documents.workbook import run_workbook

        write_text(xlsx, run_workbook(found))
    typer.echo(answer.model_dump_json() if json else "\n".join(run_table(answer)))


@app.command("compare")
@with_order
def compare_command(
    form: OrderForm,
    use: MeteredBy | None,
    models: Annotated[str, typer.Option(help="Prismodeller med komma mellom; den første er grunnlaget.")] = "",
    draws: Annotated[int, typer.Option(help="Antall trekninger.")] = 200,
    report: Annotated[Path | None, typer.Option(help="Skriv en HTML-rapport med figurer.")] = None,
    csv: _Csv = None,
    json: _Json = False,
) -> None:
    """Sammenlign prismodeller: hvem betaler hva, vinnere og tapere, jevnhet og usikkerhet."""
    from hub.metering.comparison import compare
    from hub.metering.comparison_table import comparison_table

    names = [name.strip() for name in models.split(",") if name.strip()] or _all_models()
    answer = compare(ordered(form, use, names), draws=draws, seed=form.draws_seed)
    if report:
        from hub.metering.documents.report import comparison_report

        write_text(report, comparison_report(answer))
    if csv:
        from hub.metering.documents.tables import comparison_csv

        write_text(csv, comparison_csv(answer))
    typer.echo(answer.model_dump_json() if json else "\n".join(comparison_table(answer)))


def _all_models() -> list[str]:
    names = [answer.name for answer in model_answers()]
    return ["nhn-2024", *(name for name in names if name != "nhn-2024")]


@app.command("solve")
@with_order
def solve_command(
    form: OrderForm,
    use: MeteredBy | None,
    model: _Model = "per-case",
    parameter: Annotated[str, typer.Option(help="Parameteren som skal finnes, eller state_share.")] = "price",
    target_state_share: Annotated[str | None, typer.Option(help="Ønsket statlig andel i prosent.")] = None,
    max_per_inhabitant: Annotated[str | None, typer.Option(help="Høyst så mange kroner per innbygger og år.")] = None,
    json: _Json = False,
) -> None:
    """Finn verdien av en parameter: hvilken pris gir denne statlige andelen, og holder alle under et beløp?"""
    from hub.metering.solving import Goal, solve

    goal = Goal(
        state_percent=_number("--target-state-share", target_state_share),
        most_per_inhabitant=_number("--max-per-inhabitant", max_per_inhabitant),
    )
    answer = solve(ordered(form, use, [model])[0], parameter, goal)
    lines = [*(f"ADVARSEL: {w}" for w in answer.warnings), *answer.text, "Forutsetninger:"]
    lines += [f"- {text}" for text in (*answer.assumptions, *answer.sources)]
    typer.echo(answer.model_dump_json() if json else "\n".join(lines))


def _number(name: str, text: str | None) -> Decimal | None:
    try:
        return None if text is None else parsed_decimal(text.rstrip("% "))
    except ValueError as error:
        raise ConfigurationError([ConfigurationFault(0, name, str(error))]) from error


@app.command("invoice")
@with_order
def invoice_command(
    form: OrderForm,
    use: MeteredBy | None,
    model: _Model = "nhn-2024",
    municipality: Annotated[list[str] | None, typer.Option(help="Kommunenummer; uten: alle. Kan gjentas.")] = None,
    out: Annotated[Path, typer.Option(help="Mappen som dokumentene skrives til.")] = Path("faktura"),
    formats: Annotated[str, typer.Option("--format", help="html, pdf eller begge med komma mellom.")] = "html,pdf",
    vat: Annotated[str, typer.Option(help="Merverdiavgift i prosent.")] = "25",
    grace_days: Annotated[int, typer.Option(help="Dager inn i neste måned før en måned lukkes.")] = 5,
    json: _Json = False,
) -> None:
    """Lag fakturaer og årsoppgaver med justeringer for det som kom sent eller ble rettet."""
    from hub.cli._cost_billing import read_billing
    from hub.metering.bill_answer import bill_answer, places_of
    from hub.metering.billing_order import billing_of
    from hub.metering.invoice_folder import write_folder

    asked = read_billing(form, use, model=model, vat=vat, grace_days=grace_days)
    billing = billing_of(asked, use.source() if use else None)
    places = places_of(billing.billed, municipality or [])
    wanted = [name.strip() for name in formats.split(",") if name.strip()]
    count = sum(1 for _ in write_folder(out, asked, billing, places=places, formats=wanted))
    if json:
        answers = (bill_answer(bill).model_dump_json() for bill in billing.billed.bills(places))
        typer.echo("[" + ",".join(answers) + "]")
    else:
        typer.echo(f"{count} filer skrevet til {out}. Forklar en linje: knutepunkt cost explain LINJE --run {out}")


@app.command("explain")
def explain_command(
    invoice_line: Annotated[str, typer.Argument(help="Linjens id, slik den står på fakturaen.")],
    run_folder: Annotated[
        Path, typer.Option("--run", help="Mappen som `cost invoice` skrev, eller filen run.json.")
    ] = Path("faktura"),
    json: _Json = False,
) -> None:
    """Forklar en fakturalinje: regelen, tallene og sakene bak den (med pseudonym)."""
    from hub.cli._cost_billing import kept_billing
    from hub.metering.explanation import explain, explanation_lines

    with telling_faults():
        billing = kept_billing(run_folder)
        found = explain(billing.billed, invoice_line, billing.table)
    typer.echo(found.model_dump_json() if json else "\n".join(explanation_lines(found)))


@app.command("correct")
def correct(
    record: Annotated[str, typer.Argument(help="Id-en til posten som skal tas tilbake.")],
    data_dir: Annotated[Path, typer.Option(help="Hubens datamappe.")],
) -> None:
    """Ta en målt post tilbake med en motpost, uansett alder. Ingenting slettes; neste faktura får en justering."""
    from hub.cli._own_ledger import take_back

    with telling_faults():
        entry = take_back(data_dir, record, at=SystemClock().now())
    typer.echo(f"Motpost {entry.id} tar tilbake {record} ({entry.municipality}, {entry.day}).")


@app.command("export")
def export(
    use: Annotated[Path, typer.Argument(help="Målingen: .ndjson, .csv, .parquet eller hubens datamappe.")],
    out: Annotated[Path, typer.Option(help="Filen som skrives.")],
    form: Annotated[str, typer.Option("--format", help="cloudevents, lago, csv eller parquet.")] = "cloudevents",
) -> None:
    """Skriv målingen i et format som OpenMeter, Lago eller et regneark tar imot."""
    formats = {name: name for name in get_args(ExportFormat)}
    if form not in formats:
        raise typer.BadParameter(f"bruk en av {', '.join(formats)}", param_hint="--format")
    with telling_faults():
        count = write_ledger(MeteredBy(use, is_sample=False).source().table(), out, formats[form])
    typer.echo(f"{count} poster skrevet til {out}")
