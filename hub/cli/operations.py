"""`knutepunkt operations`: what waits, what is wrong, and the decisions that let it go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hub.cli._operations import Hub

app = typer.Typer(no_args_is_help=True, help="Drift: hva som venter, hva som er galt, og avgjørelsene som løser det.")

DataDir = Annotated[Path, typer.Option(help="Datamappen til knutepunktet som kjører.")]
Municipality = Annotated[str, typer.Argument(help="Kommunens organisasjonsnummer.")]
Destination = Annotated[str, typer.Option(help="epj eller response_centre.")]
_HERE = Path("data")


@app.command()
def summary(data_dir: DataDir = _HERE) -> None:
    """Tall for meldinger, saker og leveringer, som JSON."""
    _show(Hub(data_dir).get("/operations/summary"))


@app.command()
def waiting(data_dir: DataDir = _HERE) -> None:
    """Leveringer som venter på en person, som JSON."""
    _show(Hub(data_dir).get("/operations/waiting"))


@app.command()
def alerts(data_dir: DataDir = _HERE) -> None:
    """Åpne varsler til drift, som JSON."""
    _show(Hub(data_dir).get("/operations/alerts"))


@app.command()
def devices(data_dir: DataDir = _HERE) -> None:
    """Utstyret slik det sist ble hørt fra, som JSON."""
    _show(Hub(data_dir).get("/operations/devices"))


@app.command()
def resend(
    case: Annotated[str, typer.Argument(help="Sakens id.")], data_dir: DataDir = _HERE, destination: Destination = "epj"
) -> None:
    """Send en levering som venter på nytt."""
    Hub(data_dir).post(f"/operations/waiting/{case}/{destination}/resend")
    typer.echo("Sendes på nytt.")


@app.command()
def hold(municipality: Municipality, data_dir: DataDir = _HERE, destination: Destination = "epj") -> None:
    """Hold tilbake trafikken til en mottaker."""
    Hub(data_dir).put(f"/operations/holds/{municipality}/{destination}")
    typer.echo("Trafikken holdes tilbake.")


@app.command()
def release(municipality: Municipality, data_dir: DataDir = _HERE, destination: Destination = "epj") -> None:
    """Slipp trafikken til en mottaker fram igjen."""
    Hub(data_dir).delete(f"/operations/holds/{municipality}/{destination}")
    typer.echo("Trafikken slippes fram.")


def _show(found: object) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
