"""`knutepunkt up`: the hub as a service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.app.supervisor import ENDPOINTS, Wishes, running
from hub.cli._configuration import read_settings
from hub.model.errors import ConfigurationError

app = typer.Typer()


@app.command()
def up(
    config: Annotated[
        Path | None, typer.Option(help="Konfigurasjonsfil (TOML). Uten: et eksempel i testmodus.")
    ] = None,
    data_dir: Annotated[Path, typer.Option(help="Mappe for alt som lagres.")] = Path("data"),
    http_port: Annotated[int, typer.Option(min=0, max=65535, help="HTTP-port; 0 er en ledig port.")] = 8000,
    mqtt_port: Annotated[int, typer.Option(min=0, max=65535, help="MQTT-port; 0 er en ledig port.")] = 1883,
    broker: Annotated[
        str | None, typer.Option(help="Bruk denne MQTT-megleren i stedet for den innebygde: mqtt://vert:port")
    ] = None,
) -> None:
    """Kjør knutepunktet som tjeneste. Adressene står i DATA_DIR/endpoints.json når alt svarer."""
    settings = read_settings(config)
    wishes = Wishes(settings, data_dir, http_port, mqtt_port, broker)
    try:
        asyncio.run(_serve(wishes))
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except TimeoutError as error:
        typer.echo(f"Delene svarte ikke i tide. Se loggene i {data_dir / 'logs'}.", err=True)
        raise typer.Exit(1) from error


async def _serve(wishes: Wishes) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    file = wishes.data_directory / ENDPOINTS
    running_parts = asyncio.create_task(_until_stopped(wishes, file, stopping), name="run the parts")
    told = asyncio.create_task(stopping.wait(), name="wait for a signal")
    await asyncio.wait({running_parts, told}, return_when=asyncio.FIRST_COMPLETED)
    if not running_parts.done() and not file.exists():
        running_parts.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running_parts
    told.cancel()


async def _until_stopped(wishes: Wishes, file: Path, stopping: asyncio.Event) -> None:
    async with running(wishes) as parts:
        _publish(parts.endpoints, file)
        for name, address in sorted(parts.endpoints.items()):
            if address:
                typer.echo(f"{name:>13}  {_short(address)}")
        typer.echo("Knutepunktet er klart. Ctrl-C avslutter.")
        sys.stdout.flush()
        await stopping.wait()
    file.unlink(missing_ok=True)


def _short(address: str | dict[str, Any]) -> str:
    """An address for a person; of the test client, who it is and where its key lies."""
    if isinstance(address, str):
        return address
    if "client_id" in address:
        return f"{address['client_id']}, nøkkel i {address['private_jwk']}"
    return ", ".join(f"{number} {url}" for number, url in address.items())


def _publish(endpoints: dict[str, Any], file: Path) -> None:
    temporary = file.with_suffix(".new")
    temporary.write_text(json.dumps(endpoints, indent=2), encoding="utf-8")
    temporary.replace(file)
