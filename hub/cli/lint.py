"""`knutepunkt lint`: what is wrong with a message, in people's or programs' words, and what it would become."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hub import VERSION
from hub.fhir.checking import Checker
from hub.fhir.lint import Linter, Report
from hub.fhir.lint_json import as_json
from hub.fhir.lint_junit import as_junit
from hub.fhir.lint_sarif import as_sarif
from hub.fhir.lint_text import as_text

app = typer.Typer(help="Kontroller FHIR-meldinger før de sendes.")


class Target(StrEnum):
    """Whose strictness to hold messages to."""

    VKP = "vkp"
    JFT = "jft"


class Format(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


class Environment(StrEnum):
    """Which identity numbers may be used."""

    TEST = "test"
    PRODUCTION = "production"


Files = Annotated[list[Path], typer.Argument(help="Meldinger (JSON), eller - for standard inn.")]
TargetOption = Annotated[Target, typer.Option("--target", help="Mottaker: vkp (romslig) eller jft (streng).")]
FormatOption = Annotated[Format, typer.Option("--format", help="Rapportens form.")]
FixOption = Annotated[bool, typer.Option("--fix", help="Skriv det som kan rettes, tilbake til filen.")]
PreviewOption = Annotated[bool, typer.Option("--preview", help="Vis journalnotatet som meldingen ville blitt.")]
EnvironmentOption = Annotated[Environment, typer.Option("--mode", help="Miljø: avgjør hvilke fødselsnumre som er lov.")]
ProfilesOption = Annotated[
    Path | None, typer.Option("--profiles", help="Mappe eller pakke med publiserte profiler å sjekke mot.")
]
SecondOption = Annotated[bool, typer.Option("--second-opinion", help="Spør også fhir.resources (R4B).")]


@app.command()
def lint(
    files: Files,
    target: TargetOption = Target.VKP,
    output: FormatOption = Format.TEXT,
    fix: FixOption = False,
    preview: PreviewOption = False,
    mode: EnvironmentOption = Environment.TEST,
    profiles: ProfilesOption = None,
    second_opinion: SecondOption = False,
) -> None:
    """Kontroller meldinger. Status 1 når en av dem ville blitt avvist, 2 når en fil ikke kan leses."""
    now = datetime.now(UTC)
    linter = Linter(target.value, now, mode.value, checker=_checker(profiles), ask_others=second_opinion)
    messages = [(str(path), _read(path)) for path in files]
    reports = [linter.lint(raw, name) for name, raw in messages]
    notes = _previews(messages, reports, now) if preview else []
    is_piped = fix and any(name == "-" for name, _ in messages)
    typer.echo(written(reports, output, notes), nl=False, err=is_piped)
    if fix:
        _write_fixes(messages, reports)
    if output is not Format.JSON:
        for (name, _), note in zip(messages, notes, strict=False):
            typer.echo(f"\n--- {name}: journalnotatet ---\n{note}", err=is_piped or output is not Format.TEXT)
    raise typer.Exit(0 if all(r.passes_fixed if fix else r.passes for r in reports) else 1)


def written(reports: list[Report], output: Format, notes: Sequence[str] = ()) -> str:
    """The reports in the form asked for; only JSON has room for the previewed `notes`."""
    if output is Format.SARIF:
        return as_sarif(reports, version=VERSION)
    if output is Format.JSON:
        return as_json(reports, notes)
    return as_text(reports) if output is Format.TEXT else as_junit(reports)


def _checker(profiles: Path | None) -> Checker | None:
    if profiles is None:
        return None
    from hub.cli._published import published_in

    return Checker(published_in(profiles).rulebook)


def _read(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> typer.Exit:
    typer.echo(f"{path}: kan ikke leses ({error.strerror or type(error).__name__})", err=True)
    return typer.Exit(2)


def _write_fixes(messages: list[tuple[str, bytes]], reports: list[Report]) -> None:
    """Write what was put right back to its file; what came by standard input goes to standard output."""
    for (name, raw), report in zip(messages, reports, strict=True):
        if name == "-":
            sys.stdout.buffer.write(report.fixed or raw)
        elif report.fixed is not None:
            Path(name).write_bytes(report.fixed)
            typer.echo(f"{name}: {len(report.patch)} rettelser skrevet", err=True)


def _previews(messages: list[tuple[str, bytes]], reports: list[Report], now: datetime) -> list[str]:
    """The note of each message, or why it becomes none."""
    from hub.ingest.preview import preview_text
    from hub.routing import routing_table
    from hub.settings import EXAMPLE, parse

    routing = routing_table(parse(EXAMPLE, adapters=("fhir_rest", "journal_rest", "pull")))
    return [
        preview_text(raw, routing, now) if report.passes_vkp else "Blir avvist, og blir ikke noe journalnotat."
        for (_, raw), report in zip(messages, reports, strict=True)
    ]
