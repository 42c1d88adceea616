"""`knutepunkt demo`: a municipality's day, from sensor to journal note."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Samme frø gir samme hendelser, byte for byte.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv resultatet som JSON på siste linje.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Bli oppe etterpå og vis adressene.")] = False,
    data_dir: Annotated[Path | None, typer.Option(help="Ta vare på lager og logger her.")] = None,
) -> None:
    """Spill et døgn i tre små kommuner på et halvt minutt, med feil underveis. Status 1 hvis noe tapes eller dobles."""
    with contextlib.ExitStack() as stack:
        directory = data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="knutepunkt-demo-")))
        is_right = asyncio.run(_demo(directory, seed=seed, as_json=as_json, keep=keep))
    if not is_right:
        raise typer.Exit(1)


async def _demo(directory: Path, *, seed: int, as_json: bool, keep: bool) -> bool:
    from hub.app.demo.report import show
    from hub.app.demo.run import console_for, demonstrate

    console = console_for(as_json=as_json)
    console.print("Et døgn i Testvik, Prøveby og Øvrefjord. Starter megler, EPJ-er og knutepunkt …")
    async with demonstrate(directory, seed=seed, console=console) as played:
        show(played.result, played.names, console, total_kroner=20_000_000)
        if as_json:
            typer.echo(json.dumps(played.result.as_json()))
        if keep:
            for name, address in sorted(played.endpoints.items()):
                console.print(f"{name:>10}  {address}")
            console.print("Alt er oppe ennå. Ctrl-C avslutter.")
            await _until_told()
        return played.result.is_right


async def _until_told() -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()
