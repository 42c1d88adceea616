"""`knutepunkt devices`: the simulated people and their equipment: list, describe, run, population, scenario, chart."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from devices_sim.assembly import Wish, assembled, chosen_scenario, people_of, places, rates_of
from devices_sim.device import Device
from devices_sim.rates import load_rates
from devices_sim.scenario import Scenario, scenario_files
from hub.model.errors import AccessDenied, ConfigurationError, ConfigurationFault, Unreachable
from hub.plugins import DEVICES, discover

app = typer.Typer(help="Simulerte mennesker, utstyr og responssenter.", no_args_is_help=True)
scenarios = typer.Typer(help="Scenarier: hva som er annerledes enn en vanlig dag.", no_args_is_help=True)
app.add_typer(scenarios, name="scenario")

Place = Annotated[str | None, typer.Option("--municipality", help="Kommunenummer eller organisasjonsnummer.")]
Norway = Annotated[bool, typer.Option("--norway", help="Alle 357 kommuner.")]
ScenarioName = Annotated[str | None, typer.Option("--scenario", help="Fil, eller navnet på et av prosjektets egne.")]
RatesFile = Annotated[Path | None, typer.Option("--rates", help="Egen fil med rater som skiller seg fra tabellen.")]
Seed = Annotated[int, typer.Option("--seed", help="Samme frø gir samme bytes.")]


@contextmanager
def _told() -> Iterator[None]:
    """Errors as a person reads them, and exit status 2."""
    try:
        yield
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except (Unreachable, AccessDenied) as error:
        typer.echo(f"Stoppet: {error}", err=True)
        raise typer.Exit(1) from error
    except asyncio.CancelledError as error:
        raise typer.Exit(128 + signal.SIGTERM) from error


def _devices() -> dict[str, Device]:
    return dict(sorted(discover(DEVICES).items()))


def _place(municipality: str | None, norway: object) -> str | None:
    if municipality and norway:
        raise ConfigurationError([ConfigurationFault(0, "--norway", "kan ikke brukes sammen med --municipality")])
    if municipality == "":
        raise ConfigurationError([ConfigurationFault(0, "--municipality", "er tom")])
    return "norway" if norway else municipality


@app.command("list")
def list_devices() -> None:
    """Vis alle utstyrstyper."""
    for name, device in _devices().items():
        typer.echo(f"{name:22}{device.title:36}{' '.join((*device.codes, *device.dispense_codes))}".rstrip())


@app.command()
def describe(name: Annotated[str, typer.Argument(help="Navnet på utstyrstypen, se `devices list`.")]) -> None:
    """Vis hva en utstyrstype gjør, ratene den følger, og eksempler."""
    with _told():
        devices = _devices()
        if name not in devices:
            known = ", ".join(devices)
            raise ConfigurationError([ConfigurationFault(0, name, f"ukjent utstyrstype; kjente er {known}")])
        device, rates = devices[name], load_rates().rows
    typer.echo(f"{device.title} ({name})\n\n{device.description}\n\nKoder: {', '.join(device.codes)}\n\nRater:")
    for key in (*((device.share,) if device.share else ()), *device.rates):
        row = rates[key]
        typer.echo(f"  {key} = {row.value:g} {row.unit} ({row.source})")
    typer.echo("\nEksempler:")
    for example in device.examples:
        typer.echo(f"  {example.title}: {example.resource_type} {' '.join(example.codes)}".rstrip())


@app.command()
def population(
    municipality: Place = None,
    norway: Norway = False,
    scenario: ScenarioName = None,
    rates: RatesFile = None,
    seed: Seed = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Som ett JSON-objekt.")] = False,
) -> None:
    """Bygg befolkningen og vis hvor mange som har hva."""
    with _told():
        devices = _devices()
        chosen = chosen_scenario(scenario, devices)
        values = rates_of(rates, chosen).values
        towns = places(_place(municipality, norway), chosen, values)
        people = people_of(towns, seed=seed, rates=values, devices=devices)
    kits = [kit for residents in people.residents.values() for resident in residents for kit in resident.kits]
    counts = {name: sum(kit.device.name == name for kit in kits) for name in devices}
    if as_json:
        typer.echo(json.dumps({"municipalities": len(towns), "residents": people.size, "equipment": counts}))
        return
    table = Table("Utstyr", "Antall", box=None, title=f"{len(towns)} kommuner, {people.size} innbyggere")
    for name, count in counts.items():
        table.add_row(devices[name].title, str(count))
    Console().print(table)


@app.command("rates")
def show_rates(own: RatesFile = None) -> None:
    """Vis tabellen over rater: verdi, enhet og kilde."""
    with _told():
        rows = load_rates(own).rows.values()
    for row in rows:
        typer.echo(f"{row.key:42}{row.value:>10g}  {row.unit} ({row.source})")


@app.command()
def configuration(municipality: Place = None, norway: Norway = False, scenario: ScenarioName = None) -> None:
    """Skriv kommuner og avsendere som oppsett til `knutepunkt up --config`, så alt simulatoren sender, slipper inn."""
    with _told():
        chosen = chosen_scenario(scenario, _devices())
        towns = places(_place(municipality, norway), chosen, rates_of(None, chosen).values)
    typer.echo('mode = "test"')
    for town in towns:
        typer.echo(f'\n[[municipality]]\norganisation_number = "{town.organisation_number}"\nname = "{town.name}"')
        for sender, codes in town.senders.items():
            typer.echo(f'\n[[sender]]\nid = "{sender}"\nmunicipality = "{town.organisation_number}"')
            typer.echo(f"service_codes = {json.dumps(codes)}")


@scenarios.command("check")
def check(file: Annotated[str, typer.Argument(help="TOML-filen, eller navnet på et av prosjektets egne.")]) -> None:
    """Sjekk en scenariofil; viser alle feil på en gang, med linje."""
    with _told():
        devices = _devices()
        chosen = chosen_scenario(file, devices)
        towns = places(None, chosen, rates_of(None, chosen).values)
    typer.echo(f"{chosen.name}: i orden. {len(towns)} kommuner, {chosen.hours:g} timer, {len(chosen.fault)} feil.")


@scenarios.command("schema")
def schema() -> None:
    """Skriv skjemaet for scenariofiler (JSON Schema), til hjelp i redigeringsprogrammer."""
    typer.echo(json.dumps(Scenario.model_json_schema(), indent=2))


@scenarios.command("list")
def list_scenarios() -> None:
    """Vis prosjektets egne scenarier."""
    for name in scenario_files():
        typer.echo(f"{name:22}{chosen_scenario(name, _devices()).description}")


@app.command()
def run(
    target: Annotated[str, typer.Option("--target", help="mqtt://…, http://… eller file:STI (file:- er ut hit).")],
    scenario: ScenarioName = None,
    norway: Norway = False,
    municipality: Place = None,
    replay: Annotated[Path | None, typer.Option(help="Send det som står i en NDJSON-fil i stedet.")] = None,
    seed: Seed = 1,
    hours: Annotated[float | None, typer.Option(help="Hvor mange timer.", min=0.001, max=24 * 366)] = None,
    start: Annotated[str | None, typer.Option(help="Tidspunkt (ISO 8601 med tidssone), eller now.")] = None,
    skip_hours: Annotated[float, typer.Option(help="Begynn midt i: så mange timer sendes ikke.", min=0)] = 0.0,
    limit: Annotated[int | None, typer.Option(help="Stopp etter så mange hendelser.", min=1)] = None,
    speed: Annotated[str, typer.Option(help="real, max, eller en faktor som 60.")] = "max",
    answer_key: Annotated[Path | None, typer.Option(help="Skriv fasiten hit.")] = None,
    rates: RatesFile = None,
    token: Annotated[str | None, typer.Option(help="HTTP: token; ellers KNUTEPUNKT_TOKEN.", show_default=False)] = None,
    dpop_key: Annotated[Path | None, typer.Option(help="HTTP: privat JWK, for DPoP-bevis.")] = None,
    mqtt_version: Annotated[str, typer.Option(help="MQTT: 3.1.1 eller 5.")] = "3.1.1",
    retry_after: Annotated[float, typer.Option(help="MQTT: sekunder uten kvittering før det sendes igjen.")] = 30.0,
) -> None:
    """Simuler, og send til et mål. Samme frø gir de samme bytene, uansett fart og maskin."""
    from devices_sim.playing import session  # the simulation's own imports are for this command alone

    with _told():
        wish = Wish(
            scenario,
            _place(municipality, norway),
            rates,
            seed,
            start=_moment(start, speed),
            hours=hours,
            skip_hours=skip_hours,
        )
        run_ = None if replay else assembled(wish)
        where = session.Where(
            target,
            client_id=f"knutepunkt-devices-{token_hex(4)}",
            mqtt_version=_mqtt_version(mqtt_version),
            retry_after_s=retry_after,
            token=token or os.environ.get("KNUTEPUNKT_TOKEN"),
            dpop_key=dpop_key,
        )
        order = session.Order(where, run_, replay, speed=speed, limit=limit, answer_key=answer_key)
        titles = {name: device.title for name, device in _devices().items()} | {"response_centre": "Responssenteret"}
        summary = asyncio.run(_until_stopped(session.play(order, titles)))
    typer.echo(summary, err=True)


async def _until_stopped(playing: Awaitable[str]) -> str:
    """What the playing says; SIGTERM ends it as orderly as Ctrl-C does, with all files whole."""
    player = asyncio.current_task()
    assert player is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, player.cancel)
    return await playing


def _mqtt_version(text: str) -> int:
    """The protocol's level of a version as people write it."""
    levels = {"3.1.1": 4, "5": 5}
    if text not in levels:
        raise ConfigurationError([ConfigurationFault(0, "--mqtt-version", "må være 3.1.1 eller 5")])
    return levels[text]


def _moment(text: str | None, speed: str) -> datetime | None:
    """The time that somebody wrote; `now`, also when real time is asked for without a start."""
    if text == "now" or (text is None and speed == "real"):
        return datetime.now(UTC).replace(microsecond=0)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError([ConfigurationFault(0, "--start", "er ikke et tidspunkt")]) from error
    if moment.tzinfo is None:
        raise ConfigurationError([ConfigurationFault(0, "--start", "må ha tidssone")])
    return moment.astimezone(UTC)


@app.command()
def chart(
    out: Annotated[Path, typer.Argument(help="SVG-filen som skal skrives.")],
    municipality: Place = None,
    norway: Norway = False,
    scenario: ScenarioName = None,
    rates: RatesFile = None,
    seed: Seed = 1,
) -> None:
    """Tegn et døgn per utstyrstype: når på dagen hendelsene kommer."""
    from devices_sim.charts.day import draw

    with _told():
        place = _place(municipality, norway)
        draw(assembled(Wish(scenario, place or (None if scenario else "norway"), rates, seed)), _devices(), out)
    typer.echo(f"Skrev {out}")
