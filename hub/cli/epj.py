"""`knutepunkt epj`: the simulated EPJs: switch faults on and off, mark a note as read or signed, list notes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="De simulerte EPJ-ene: feil av og på, notater, lest og signert.")

DataDir = Annotated[Path, typer.Option(help="Datamappen til knutepunktet som kjører.")]
Municipality = Annotated[str, typer.Argument(help="Kommunens organisasjonsnummer.")]
_HERE = Path("data")
_TIMEOUT_S = 30


@app.command()
def fault(
    municipality: Municipality,
    kind: Annotated[str, typer.Argument(help="slow, down, closed, refuses, late eller drops.")],
    data_dir: DataDir = _HERE,
    seconds: Annotated[float | None, typer.Option(help="Hvor lenge feilen varer.")] = None,
    count: Annotated[int | None, typer.Option(help="Hvor mange kall den rammer.")] = None,
    delay_s: Annotated[float | None, typer.Option(help="Sekunder svaret venter, for slow og late.")] = None,
) -> None:
    """Slå på en feil i en simulert EPJ."""
    wish = {"fault": kind, "seconds": seconds, "count": count, "delay_s": delay_s}
    _show(_call(data_dir, municipality, "POST", "/faults", {k: v for k, v in wish.items() if v is not None}))


@app.command()
def clear(municipality: Municipality, data_dir: DataDir = _HERE) -> None:
    """Slå av alle feil i en simulert EPJ."""
    _show(_call(data_dir, municipality, "DELETE", "/faults"))


@app.command()
def notes(municipality: Municipality, data_dir: DataDir = _HERE) -> None:
    """Notatene i en simulert EPJ, som JSON. De handler om syntetiske personer."""
    _show(_call(data_dir, municipality, "GET", "/notes"))


@app.command()
def mark(
    municipality: Municipality,
    key: Annotated[str, typer.Argument(help="Notatets nøkkel (sakens id).")],
    state: Annotated[str, typer.Argument(help="unread, read eller signed.")],
    data_dir: DataDir = _HERE,
) -> None:
    """Merk et notat som ulest, lest eller signert."""
    _show(_call(data_dir, municipality, "POST", "/state", {"key": key, "state": state}))


def _call(data_dir: Path, municipality: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310  # our own simulated EPJ, by endpoints.json
        _admin(data_dir, municipality) + path, json.dumps(body).encode() if body else None, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  # as above
            content = answer.read()
    except urllib.error.HTTPError as error:
        typer.echo(f"EPJ-en svarte {error.code}: {error.read().decode('utf-8', 'replace')}", err=True)
        raise typer.Exit(1) from error
    except urllib.error.URLError as error:
        typer.echo("EPJ-en svarer ikke.", err=True)
        raise typer.Exit(1) from error
    return json.loads(content) if content else None


def _admin(data_dir: Path, municipality: str) -> str:
    file = data_dir / "endpoints.json"
    found = json.loads(file.read_text(encoding="utf-8")).get("epj_admin", {}) if file.exists() else {}
    if municipality not in found:
        typer.echo(f"Fant ingen simulert EPJ for {municipality} i {file}.", err=True)
        raise typer.Exit(1)
    return str(found[municipality])


def _show(found: object) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
