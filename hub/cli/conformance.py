"""`knutepunkt conformance`: test a connector, a response centre, an EPJ or an API client, and report on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(
    no_args_is_help=True, help="Samsvarsprøver: prøv et system mot kravene, og få en signert testrapport."
)

PlanName = Literal["connector", "response-centre", "epj", "api-client"]


@app.command("run")
def run(
    plan: Annotated[PlanName, typer.Option(help="Hva systemet er.")] = "connector",
    target: Annotated[str | None, typer.Option(help="Adressen til et system som kjører.")] = None,
    connector: Annotated[list[str] | None, typer.Option(help="modul:Klasse, bygget på SDK-en.")] = None,
    report: Annotated[Path | None, typer.Option(help="Mappe for rapporten i alle former.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Bare prøver som passer mønsteret. Kan gjentas.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Fortsett prøven i rapportmappen.")] = False,
    repeat: Annotated[list[str] | None, typer.Option(help="Med --resume: ta disse om igjen.")] = None,
    attended: Annotated[bool, typer.Option("--attended", help="Et menneske er til stede og gjør sitt.")] = False,
    expected: Annotated[Path | None, typer.Option(help="Liste over kjente feil: mønster: grunn.")] = None,
    declarations: Annotated[Path | None, typer.Option(help="Leverandørens erklæringer (conformance.toml).")] = None,
    key: Annotated[Path | None, typer.Option(help="Nøkkelen rapporten signeres med (JWK). Lages første gang.")] = None,
    at_once: Annotated[int, typer.Option(min=1, help="Hvor mange prøver som går samtidig.")] = 10,
    product: Annotated[str | None, typer.Option(help="Hvilket av flere produkter bak samme adresse.")] = None,
    adapter: Annotated[str | None, typer.Option(help="For EPJ: fhir_rest, journal_rest eller pull.")] = None,
    patient: Annotated[str | None, typer.Option(help="For EPJ: en syntetisk testpasient som systemet kjenner.")] = None,
    secret_file: Annotated[Path | None, typer.Option(help="For EPJ: fil med tilgangen (bearer token).")] = None,
    http_port: Annotated[int, typer.Option(help="Fast HTTP-port når systemet må stilles inn for hånd.")] = 0,
    mqtt_port: Annotated[int, typer.Option(help="Fast MQTT-port når systemet må stilles inn for hånd.")] = 0,
) -> None:
    """Kjør en plan. Status 0 bare når ingenting som må bestå, har feilet; 2: ingenting kunne prøves; 3: bare kjente
    feil gjenstår; 130: prøven ble stanset.
    """
    from hub.cli._conformance_run import Asked, perform
    from hub.conformance.bench.benches import Subject

    if (target is None) == (not connector):
        raise typer.BadParameter("oppgi enten --target eller --connector")
    options = _options(adapter=adapter, patient=patient, secret_file=str(secret_file) if secret_file else None)
    asked = Asked(
        plan=plan,
        subject=Subject(target=target, connectors=tuple(connector or ()), product=product, options=options),
        report=report,
        only=tuple(only or ()),
        is_resumed=resume,
        repeat=tuple(repeat or ()),
        is_attended=attended,
        expected=expected,
        declarations=declarations,
        key=key,
        at_once=at_once,
        ports=(http_port, mqtt_port),
    )
    raise typer.Exit(perform(asked))


@app.command("list")
def list_tests(
    plan: Annotated[PlanName, typer.Option(help="Planen.")] = "connector",
    only: Annotated[list[str] | None, typer.Option(help="Bare prøver som passer mønsteret.")] = None,
) -> None:
    """Vis prøvene i en plan, med kravet hver av dem prøver."""
    from hub.conformance.catalogue import placed_in
    from hub.conformance.requirement import requirements

    table = requirements()
    chosen = placed_in(plan, tuple(only or ()))
    for placed in chosen:
        test = placed.test
        needed = table[test.requirement]
        typer.echo(f"{test.id:48} {needed.id:8} {needed.level.value:6} {needed.grade.value}  {test.title.nb}")
    typer.echo(f"{len(chosen)} prøver")


@app.command("requirements")
def show_requirements(
    plan: Annotated[PlanName | None, typer.Option(help="Bare krav til denne planen.")] = None,
    update: Annotated[bool, typer.Option("--update", help="Skriv tested_by i tabellen på nytt fra koden.")] = False,
) -> None:
    """Vis kravene, og hvilke prøver som dekker dem."""
    from hub.conformance.requirement import requirements
    from hub.conformance.tested_by import update_table

    if update:
        typer.echo(f"Skrev {update_table()}")
    rows = [row for row in requirements().values() if plan is None or plan in row.applies_to]
    for row in rows:
        covered = f"{len(row.tested_by)} prøver" if row.tested_by else "prøves ikke"
        typer.echo(f"{row.id:8} {row.level.value:6} {row.grade.value}  {covered:12} {row.text.nb}")
    tested = sum(bool(row.tested_by) for row in rows)
    typer.echo(f"{tested} av {len(rows)} krav prøves")


@app.command("verify")
def verify(
    report: Annotated[Path, typer.Argument(help="Rapportmappen, report.json eller report.jws.")],
    key: Annotated[Path | None, typer.Option(help="Den offentlige nøkkelen (JWK) som skal ha signert.")] = None,
) -> None:
    """Kontroller signaturen på en rapport, og at ingen av filene er endret. Status 0 bare når alt stemmer."""
    from hub.cli._conformance_verify import verified

    raise typer.Exit(verified(report, key))


def _options(**given: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in given.items() if value)
