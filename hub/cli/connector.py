"""`knutepunkt connector`: start a connector of one's own, and run it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from connectors.settings import ConnectorSettings, Source, connector_of, read_settings
from connectors.templates.making import ProjectNames, make_project
from connectors.vendor import VendorConnector
from connectors.what_became import what_became
from hub.model.errors import KnutepunktError
from hub.plugins import CONNECTORS, discover

app = typer.Typer(help="Koblinger: lag en ny, se hvilke som finnes, og kjør en.")


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Produktets navn, for eksempel «Acme Alarm».")],
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Mappen som prosjektet lages i. Uten: en ny mappe med navnet.")
    ] = None,
) -> None:
    """Lag et lite prosjekt som kjører, med tester."""
    try:
        folder = directory or Path(ProjectNames.of(name).folder)
        names = make_project(name, folder)
    except FileExistsError as error:
        raise _stopped(f"{folder} finnes fra før og er ikke tom") from error
    except (ValueError, OSError) as error:
        raise _stopped(str(error)) from error
    typer.echo(
        f"Laget {folder}: klassen {names.class_name} i {names.module}.py.\n\n"
        f"  cd {folder}\n"
        "  knutepunkt connector test           # prosjektets tester\n"
        "  knutepunkt connector run            # kjør koblingen\n"
        f"  knutepunkt conformance run --connector {names.module}:{names.class_name} --plan connector"
    )


@app.command("test")
def run_tests(
    directory: Annotated[Path, typer.Argument(help="Prosjektets mappe.")] = Path(),
) -> None:
    """Kjør prosjektets tester."""
    if importlib.util.find_spec("pytest") is None:
        raise _stopped("Testene trenger pytest: installer prosjektets [test], med «pip install -e '.[test]'» i mappen.")
    raise typer.Exit(subprocess.call([sys.executable, "-m", "pytest"], cwd=directory))


@app.command("list")
def list_connectors() -> None:
    """Vis koblingene som er installert."""
    for name, kind in sorted(discover(CONNECTORS).items()):
        typer.echo(f"{name:20} {(kind.__doc__ or '').strip().splitlines()[0]}")


@app.command("run")
def run(
    kind: Annotated[
        str | None, typer.Argument(help="Navn på en installert kobling, eller modul:Klasse. Uten: den i mappen.")
    ] = None,
    settings: Annotated[Path, typer.Option(help="Innstillinger (TOML).")] = Path("connector.toml"),
) -> None:
    """Kjør en kobling til den stanses (Ctrl-C eller SIGTERM)."""
    file = settings.resolve()
    sys.path.insert(0, str(file.parent))
    try:
        read = read_settings(file)
        os.chdir(file.parent)  # the source's paths, too, count from the file
        asyncio.run(_receive(_class_of(kind, file.parent), read))
    except (KnutepunktError, OSError) as error:  # the latter of a file that is missing, or a port that is taken
        raise _stopped(str(error)) from error


async def _receive(kind: type[VendorConnector], settings: ConnectorSettings) -> None:
    async with connector_of(kind, settings) as connector:
        telling = asyncio.create_task(_tell(connector), name="telling")
        receiving = asyncio.create_task(connector.receive(Source(settings.source)), name="receiving")
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, receiving.cancel)
        typer.echo(f"{kind.name} kjører. Ctrl-C avslutter.")
        # There is no more to tell only when nothing is sent any more, and then no use in receiving.
        await asyncio.wait([receiving, telling], return_when=asyncio.FIRST_COMPLETED)
        receiving.cancel()
        await asyncio.wait([receiving])
        if not receiving.cancelled():
            receiving.result()
    await telling


async def _tell(connector: VendorConnector) -> None:
    with contextlib.suppress(KnutepunktError):  # what ends the connector is raised by leaving it
        async for line in what_became(connector.reports()):
            typer.echo(line, err=True)


def _class_of(kind: str | None, folder: Path) -> type[VendorConnector]:
    if kind is None:
        modules = sorted(folder.glob("*_connector.py"))
        if len(modules) != 1:
            raise _stopped("Oppgi hvilken kobling som skal kjøres: et navn eller modul:Klasse.")
        return _checked(importlib.import_module(modules[0].stem).CONNECTOR)
    if ":" not in kind:
        installed = discover(CONNECTORS)
        if kind not in installed:
            raise _stopped(f"Ingen installert kobling heter {kind}. Installert: {', '.join(sorted(installed))}.")
        return _checked(installed[kind])
    module, _, name = kind.partition(":")
    try:
        return _checked(getattr(importlib.import_module(module), name))
    except (ImportError, AttributeError) as error:
        raise _stopped(f"Finner ikke {kind}: {error}") from error


def _checked(found: object) -> type[VendorConnector]:
    if isinstance(found, type) and issubclass(found, VendorConnector):
        return found
    raise _stopped("Det som er oppgitt, er ingen kobling (en klasse av VendorConnector).")


def _stopped(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(2)
