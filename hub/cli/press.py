"""`knutepunkt press`: press a virtual button, as the console's page for trying does."""

from __future__ import annotations

import json
import logging
import shlex
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from hub.console.trial_messages import TRIALS, Press, trial_message
from hub.model.person import LISTED_TEST_PERSONS, NHN_TEST_ORGANISATION

app = typer.Typer()

_HERE = Path("data")


@app.command()
def press(
    what: Annotated[str, typer.Argument(help=f"En av {', '.join(TRIALS)}.")] = "safety_alarm",
    data_dir: Annotated[Path, typer.Option(help="Datamappen til knutepunktet som kjører.")] = _HERE,
    patient: Annotated[str, typer.Option(help="En av VKPs testpersoner.")] = next(iter(LISTED_TEST_PERSONS)),
    municipality: Annotated[str, typer.Option(help="Kommunens organisasjonsnummer.")] = NHN_TEST_ORGANISATION,
    sender: Annotated[str, typer.Option(help="Avsenderens id.")] = "Acme_Alarm_Testvik",
    only_print: Annotated[bool, typer.Option("--print", help="Skriv meldingen i stedet for å sende den.")] = False,
) -> None:
    """Trykk på en virtuell knapp: send en melding over MQTT nå, om en syntetisk person."""
    if what not in TRIALS or patient not in LISTED_TEST_PERSONS:
        typer.echo(f"Velg en av {', '.join(TRIALS)} og en av {', '.join(LISTED_TEST_PERSONS)}.", err=True)
        raise typer.Exit(2)
    message = trial_message(what, Press(patient, datetime.now(UTC), str(uuid.uuid4())))
    if only_print:
        typer.echo(message.decode())
        return
    topic = f"vft/{municipality}/{sender}/{TRIALS[what].device}/event"
    _publish(_broker(data_dir), topic, message)
    told = "" if data_dir == _HERE else f" --data-dir {shlex.quote(str(data_dir))}"
    typer.echo(f"Sendt til {topic}. Se hva det ble til: knutepunkt flow --after 0 --limit 5{told}")


def _broker(directory: Path) -> str:
    file = directory / "endpoints.json"
    if not file.exists():
        typer.echo(f"Fant ikke {file}. Kjører knutepunktet, og med denne datamappen (--data-dir)?", err=True)
        raise typer.Exit(1)
    return str(json.loads(file.read_text(encoding="utf-8"))["mqtt"])


def _publish(broker: str, topic: str, message: bytes) -> None:
    """Send at QoS 1 to a broker that asks for no sign-in, as the embedded one in test mode."""
    from paho.mqtt import publish

    # paho logs an error when it finds that the connection it has just closed is closed; what fails raises as well.
    logging.getLogger("paho.mqtt.client").addHandler(logging.NullHandler())
    address = urlsplit(broker)
    try:
        publish.single(topic, message, qos=1, hostname=address.hostname or "127.0.0.1", port=address.port or 1883)
    except OSError as error:
        typer.echo("MQTT-megleren svarer ikke.", err=True)
        raise typer.Exit(1) from error
