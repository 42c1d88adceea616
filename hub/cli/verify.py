"""`knutepunkt verify`: an EPJ's notes, or what a hub holds, against the simulator's answer key."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
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
        list[str] | None,
        typer.Option(
            "--epj",
            help="FHIR-adresse, liste (…/notes), fil, eller en simulert EPJs lager (.sqlite). Kan gjentas.",
        ),
    ] = None,
    endpoints: Annotated[
        Path | None, typer.Option("--endpoints", help="endpoints.json fra `up`: alle EPJ-ene på en gang.")
    ] = None,
    hub: Annotated[
        str | None,
        typer.Option("--hub", help="Det knutepunktet selv mener er ført: datamappen, lageret, eller postgresql://…"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Som ett JSON-objekt.")] = False,
) -> None:
    """Sjekk at hver sak i fasiten er ført én gang, på rett pasient, med rett innhold, i rett rekkefølge."""
    try:
        key = read_answer_key(answer_key)
        sources = [source for one in epj or () for source in _sources(one)]
        sources += _endpoints(endpoints) if endpoints else ()
        if bool(sources) == bool(hub):
            raise ConfigurationError([ConfigurationFault(0, "", "oppgi enten EPJ (--epj, --endpoints) eller --hub")])
        notes = _held_by(hub) if hub else [note for source in sources for note in _notes(source)]
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    verdict = held_against(key, notes)
    if as_json:
        typer.echo(json.dumps(_as_json(verdict), ensure_ascii=False))
    else:
        _show(verdict)
    raise typer.Exit(0 if verdict.is_right else 1)


def _held_by(hub: str) -> list[FoundNote]:
    # The store's packages are for this alone.
    from hub.cli._hub_notes import hub_notes

    return hub_notes(hub)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where notes are listed, and where each can be read whole by its id (None: as it is listed)."""

    listing: str
    each: str | None = None


def _sources(text: str) -> Iterable[_Source]:
    """What somebody named: one EPJ, or all that `up` wrote of in endpoints.json."""
    return _endpoints(Path(text)) if Path(text).name == "endpoints.json" else [_source(text)]


def _source(text: str) -> _Source:
    if not text.startswith(("http://", "https://")):
        return _Source(text)
    path = urlsplit(text).path.rstrip("/")
    if path.endswith("notes"):
        return _Source(text, urljoin(text, "/journal/notes/"))
    if path.endswith("/admin"):
        return _Source(f"{text.rstrip('/')}/notes")
    return _Source(text if path.endswith("Bundle") else f"{text.rstrip('/')}/Bundle")


def _endpoints(path: Path) -> Iterator[_Source]:
    """The EPJs that `up` started: a FHIR server is asked; of the others the store beside the file is read."""
    addresses = _read_file(path)
    try:
        for number, address in addresses["epj"].items():
            if urlsplit(address).path.rstrip("/").endswith("fhir"):
                yield _source(address)
            elif (store := path.with_name(f"epj-{number}.sqlite")).exists():
                yield _Source(str(store))
            else:
                yield _Source(f"{addresses['epj_admin'][number]}/notes", f"{address.rstrip('/')}/notes/")
    except (KeyError, AttributeError, TypeError) as error:
        raise ConfigurationError([ConfigurationFault(0, str(path), "er ikke endpoints.json fra `up`")]) from error


def _notes(source: _Source) -> Iterator[FoundNote]:
    """The notes of a source, in the order in which they are listed."""
    if not source.listing.startswith(("http://", "https://")):
        yield from map(found_note, _objects(_read_file(Path(source.listing))))
        return
    address, each = source.listing, source.each
    while address:
        shown = _get(address)
        for note in _objects(shown):
            whole = _whole(note, each)
            each = each if whole is not None else None
            yield found_note({**(whole or {}), **note})
        links = shown.get("link", ()) if isinstance(shown, dict) else ()
        following = next((link["url"] for link in links if link.get("relation") == "next"), None)
        address = urljoin(address, following) if following else ""


def _whole(note: dict[str, Any], each: str | None) -> dict[str, Any] | None:
    """A note read whole; None where the EPJ shows none of them so."""
    if each is None or "id" not in note:
        return None
    try:
        whole = _get(f"{each}{note['id']}")
    except ConfigurationError:
        return None
    return whole if isinstance(whole, dict) else None


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
        text = f"kan ikke leses: {error}. --endpoints finner alle EPJ-ene til `up`"
        raise ConfigurationError([ConfigurationFault(0, address, text)]) from error


def _read_file(path: Path) -> Any:
    """A JSON file, or one JSON object a line."""
    if path.suffix == ".sqlite":
        return _read_store(path)
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


def _read_store(path: Path) -> Any:
    """The notes in the store of a simulated EPJ, whole, as they came."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            rows = store.execute(
                "SELECT note.body, patient.system, patient.value"
                " FROM note LEFT JOIN patient ON patient.id = note.patient ORDER BY note.id"
            ).fetchall()
    except sqlite3.Error as error:
        raise ConfigurationError([ConfigurationFault(0, str(path), f"kan ikke leses: {error}")]) from error
    return [{**orjson.loads(body), "patient": {"system": system, "value": value}} for body, system, value in rows]


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
