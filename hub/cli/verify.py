"""`knutepunkt verify`: an EPJ's notes held against the simulator's answer key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import orjson
import typer
from rich.console import Console
from rich.table import Table

from devices_sim.answer_key_file import read_answer_key
from devices_sim.found_note import FoundNote, found_note
from devices_sim.verify import FAULT_NAMES, Verdict
from devices_sim.verify import verify as held_against
from hub.model.errors import ConfigurationError, ConfigurationFault

app = typer.Typer(help="Holder notatene i EPJ-ene mot fasiten fra simulatoren.")

_TIMEOUT_S = 30.0
_SHOWN = 20


@app.command()
def verify(
    answer_key: Annotated[Path, typer.Option("--answer-key", help="Fasiten, fra `devices run --answer-key`.")],
    epj: Annotated[
        list[str],
        typer.Option(
            "--epj", help="FHIR-adresse (…/fhir), liste over notater (…/admin/notes), eller en fil. Kan gjentas."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Som ett JSON-objekt.")] = False,
) -> None:
    """Sjekk at hver sak i fasiten er ført én gang, på rett pasient, med rett innhold, i rett rekkefølge."""
    try:
        key = read_answer_key(answer_key)
        notes = [note for source in epj for note in _notes(source)]
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    verdict = held_against(key, notes)
    if as_json:
        typer.echo(json.dumps(_as_json(verdict), ensure_ascii=False))
    else:
        _show(verdict)
    raise typer.Exit(0 if verdict.is_right else 1)


def _notes(source: str) -> Iterator[FoundNote]:
    """The notes at an address or in a file, in the order in which they are listed."""
    if not source.startswith(("http://", "https://")):
        yield from _listed(_read_file(Path(source)))
        return
    path = urlsplit(source).path
    address = source if "notes" in path or path.rstrip("/").endswith("Bundle") else f"{source.rstrip('/')}/Bundle"
    while address:
        shown = _get(address)
        for note in _objects(shown):
            yield found_note(_whole(note, address))
        links = shown.get("link", ()) if isinstance(shown, dict) else ()
        following = next((link["url"] for link in links if link.get("relation") == "next"), None)
        address = urljoin(address, following) if following else ""


def _whole(note: dict[str, Any], address: str) -> dict[str, Any]:
    """A note that is only listed, fetched whole where the EPJ has a plain journal API; else as it is listed."""
    if not {"key", "id"} <= note.keys() or note.get("resourceType"):
        return note
    try:
        whole = _get(urljoin(address, f"/journal/notes/{note['id']}"))
    except ConfigurationError:
        return note
    return {**whole, **note} if isinstance(whole, dict) else note


def _listed(shown: Any) -> Iterator[FoundNote]:
    yield from map(found_note, _objects(shown))


def _objects(shown: Any) -> Iterator[dict[str, Any]]:
    """The notes in a searchset, a list, or an object with `notes`."""
    if isinstance(shown, dict) and shown.get("resourceType") == "Bundle" and shown.get("type") == "searchset":
        shown = [entry.get("resource") for entry in shown.get("entry", ())]
    elif isinstance(shown, dict):
        shown = shown.get("notes", [shown])
    yield from (note for note in shown if isinstance(note, dict))


def _get(address: str) -> Any:
    request = Request(address, headers={"Accept": "application/fhir+json, application/json"})  # noqa: S310  # http only
    try:
        with urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  # http only, see `_notes`
            return orjson.loads(answer.read())
    except (URLError, OSError, orjson.JSONDecodeError) as error:
        raise ConfigurationError([ConfigurationFault(0, address, f"kan ikke leses: {error}")]) from error


def _read_file(path: Path) -> Any:
    """A JSON file, or one JSON object a line."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigurationError([ConfigurationFault(0, str(path), f"kan ikke leses: {error.strerror}")]) from error
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        return [orjson.loads(line) for line in raw.splitlines() if line.strip()]
    except orjson.JSONDecodeError as error:
        raise ConfigurationError([ConfigurationFault(0, str(path), "er ikke JSON")]) from error


def _as_json(verdict: Verdict) -> dict[str, Any]:
    counts = {fault.value: verdict.count(fault) for fault in FAULT_NAMES}
    deviations = [{"fault": d.fault.value, "case": d.case, "note": d.note, "text": d.text} for d in verdict.deviations]
    return {
        "cases": verdict.cases,
        "notes": verdict.notes,
        "open_alerts": verdict.open_alerts,
        "renumbered": verdict.renumbered,
        "texts_unread": verdict.texts_unread,
        **counts,
        "deviations": deviations,
    }


def _show(verdict: Verdict) -> None:
    table = Table("Hva", "Antall", box=None)
    table.add_row("Saker som skal ha notat", str(verdict.cases))
    table.add_row("Notater", str(verdict.notes))
    for fault, name in FAULT_NAMES.items():
        table.add_row(name, str(verdict.count(fault)), style="red" if verdict.count(fault) else "green")
    table.add_row("Varsler som ingen har svart på", str(verdict.open_alerts), style="dim")
    table.add_row("Notater av samme hendelse under nytt nummer", str(verdict.renumbered), style="dim")
    if verdict.texts_unread:
        table.add_row("Notater uten tekst (ikke sjekket)", str(verdict.texts_unread), style="yellow")
    Console().print(table)
    for deviation in verdict.deviations[:_SHOWN]:
        typer.echo(f"{FAULT_NAMES[deviation.fault]}: {deviation.text}")
    if len(verdict.deviations) > _SHOWN:
        typer.echo(f"… og {len(verdict.deviations) - _SHOWN} til")
