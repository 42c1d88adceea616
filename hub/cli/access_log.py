"""`knutepunkt access-log`: who saw what in the console, and whether the log is whole."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from hub.cli._configuration import read_settings
from hub.model.clock import OSLO
from hub.store.access_log import Sealed, Verdict, newest_looks, verify
from hub.store.engine import STORE_FILE, open_engines

app = typer.Typer(no_args_is_help=True, help="Tilgangsloggen: hvem som har sett hva i konsollen.")

DataDir = Annotated[Path, typer.Option(help="Knutepunktets datamappe.")]
Config = Annotated[Path | None, typer.Option(help="Konfigurasjonsfilen, når lageret er PostgreSQL.")]
_HERE = Path("data")


@app.command("verify")
def check(
    data_dir: DataDir = _HERE,
    config: Config = None,
    line: Annotated[int | None, typer.Option(help="Et linjenummer som du har notert.")] = None,
    seal: Annotated[str | None, typer.Option(help="Seglet som du har notert for linjen.")] = None,
) -> None:
    """Kontroller hele kjeden. Status 1 når noe er endret, borte, satt inn eller kuttet av."""
    kept = (line, seal) if line is not None and seal is not None else None
    verdict = asyncio.run(_verified(data_dir, config, kept))
    typer.echo(f"{verdict.text} {verdict.lines} linjer stemmer.")
    if verdict.broken_at is not None:
        typer.echo(f"Første linje som ikke stemmer: {verdict.broken_at}.", err=True)
        raise typer.Exit(1)
    if verdict.lines:
        typer.echo(f"Noter dette til neste gang: --line {verdict.lines} --seal {verdict.newest}")


@app.command("show")
def show(data_dir: DataDir = _HERE, config: Config = None) -> None:
    """Vis de siste linjene, nyeste først."""
    for sealed in asyncio.run(_shown(data_dir, config)):
        look = sealed.look
        at = f"{look.at.astimezone(OSLO):%d.%m.%Y %H:%M:%S}"
        typer.echo(f"{sealed.number:>6}  {at}  {look.name}: {look.what} {look.object}")


async def _verified(directory: Path, config: Path | None, kept: tuple[int, str] | None) -> Verdict:
    key = _key(directory)
    engines = await open_engines(_location(directory, config))
    try:
        async with engines.reading() as connection:
            return await verify(connection, key=key, kept=kept)
    finally:
        await engines.aclose()


async def _shown(directory: Path, config: Path | None) -> list[Sealed]:
    _key(directory)
    engines = await open_engines(_location(directory, config))
    try:
        async with engines.reading() as connection:
            return await newest_looks(connection)
    finally:
        await engines.aclose()


def _location(directory: Path, config: Path | None) -> Path | str:
    url = read_settings(config).store.url if config else None
    return url or directory / STORE_FILE


def _key(directory: Path) -> bytes:
    file = directory / "console.key"
    if not file.exists():
        typer.echo(f"Fant ikke {file}. Er dette knutepunktets datamappe?", err=True)
        raise typer.Exit(2)
    return file.read_bytes()
