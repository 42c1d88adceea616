"""`knutepunkt profiles`: the profiles that messages are checked against, ours and published ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from hub.cli._published import published_in
from hub.fhir import profiles as built_in
from hub.fhir.checking import Checker
from hub.fhir.comparing import differences
from hub.fhir.lint import Linter
from hub.fhir.lint_text import as_text
from hub.fhir.rules import Profile, Row

app = typer.Typer(no_args_is_help=True, help="Profilene som meldinger sjekkes mot.")

Source = Annotated[
    Path, typer.Argument(help="Mappe, pakke (.tgz) eller én fil med publiserte ressurser, XML eller JSON.")
]
Messages = Annotated[list[Path] | None, typer.Argument(help="Meldinger å sjekke mot dem.")]


@app.command("load")
def load_published(source: Source, files: Messages = None) -> None:
    """Les publiserte profiler, verdisett og kodeverk, si hva som ikke kan sjekkes, og sjekk FILES mot dem."""
    published = published_in(source)
    counts = f"{len(published.profiles)} profiler, {published.value_sets} verdisett, {published.code_systems} kodeverk"
    typer.echo(f"{source}: {counts}.")
    for where, text in published.remarks:
        typer.echo(f"  {where}: {text}")
    if not files:
        return
    linter = Linter("vkp", datetime.now(UTC), "test", checker=Checker(published.rulebook))
    try:
        reports = [linter.lint(path.read_bytes(), str(path)) for path in files]
    except OSError as error:
        typer.echo(f"{error.filename}: kan ikke leses", err=True)
        raise typer.Exit(2) from None
    typer.echo(as_text(reports), nl=False)
    raise typer.Exit(0 if all(r.passes for r in reports) else 1)


@app.command()
def compare(source: Source) -> None:
    """Sammenlign våre tabeller med publiserte profiler. Status 1 når de er ulike."""
    found = 0
    for profile in published_in(source).profiles:
        own = built_in.BUILT_IN.profiles.get(profile.url)
        if own is None:
            typer.echo(f"{profile.url}: ingen egen tabell")
            continue
        for difference in differences(own, profile):
            found += 1
            side = "bare hos oss" if difference.side == "own" else "bare i den publiserte"
            typer.echo(f"{own.name}: {difference.path} {difference.kind} «{difference.text}» ({side})")
    typer.echo(f"{found} ulikheter")
    raise typer.Exit(1 if found else 0)


@app.command("list")
def list_profiles() -> None:
    """List våre egne tabeller."""
    for profile in (*built_in.NATIONAL, *built_in.UNDERLYING):
        typer.echo(f"{profile.name:34} {profile.type:22} {profile.title:26} {profile.url}")


@app.command()
def show(name: Annotated[str, typer.Argument(help="Navn fra listen, eller profilens adresse.")]) -> None:
    """Vis kravene i en av våre tabeller."""
    named = (p for p in built_in.BUILT_IN.profiles.values() if name.lower() in {p.name.lower(), p.url.lower()})
    profile = next(named, None)
    if profile is None:
        typer.echo(f"Ingen profil heter {name}. Se `knutepunkt profiles list`.", err=True)
        raise typer.Exit(2)
    typer.echo(f"{profile.title or profile.name}\n{profile.url}\nBygger på: {profile.base or f'R4 {profile.type}'}\n")
    for row in profile.rows:
        typer.echo(f"  {profile.type}.{row.path:44} {'; '.join(_told(row))}")
    _tell_rules(profile)


def _tell_rules(profile: Profile) -> None:
    for rule in profile.invariants:
        typer.echo(f"  regel: {rule}")


def _told(row: Row) -> list[str]:
    """What a row demands, in few Norwegian words."""
    told = [f"minst {row.least}"] if row.least else []
    told += ["ikke tillatt"] if row.most == 0 else [f"høyst {row.most}"] if row.most is not None else []
    told += [f"type {' | '.join(row.types)}"] if row.types else []
    told += [f"til {' | '.join(row.targets)}"] if row.targets else []
    told += [f"kode fra {row.binding.value_set} ({row.binding.strength})"] if row.binding else []
    told += [f"lik {row.fixed}"] if row.fixed is not None else []
    told += [f"lik {row.pattern}"] if row.pattern is not None else []
    told += [f"etter profilen {url}" for url in row.profiles]
    if row.slicing:
        told.append(f"delt etter {', '.join(row.slicing.by)}{'; ingen andre' if row.slicing.closed else ''}")
    return told
