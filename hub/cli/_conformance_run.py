"""The work behind `knutepunkt conformance run`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import typer
from rich.console import Console
from rich.markup import escape

from connectors.testing.driving import Surroundings
from hub.app.logs import set_up_logs
from hub.conformance.bench.benches import Subject
from hub.conformance.conducting import RunOrder, Watching, conduct
from hub.conformance.declarations import read_declarations
from hub.conformance.driving.child import DidNotStart
from hub.conformance.driving.person import Answer, Kind, Person
from hub.conformance.expected import read_expected, to_take_off
from hub.conformance.national.stage import SENDER, Fixed
from hub.conformance.report import default_key_path, signing_key, write_report
from hub.conformance.report.words import TIERS
from hub.conformance.results import Result, RunReport, TestResult
from hub.model.errors import ConfigurationError
from hub.model.language import Text
from hub.model.person import NHN_TEST_ORGANISATION

_DECLARATIONS = "conformance.toml"
_SURROUNDINGS = "surroundings.json"
#: Exit statuses: nothing could be tested; only what is on the list of known failures failed; stopped by a person.
NOT_TESTED, AS_EXPECTED, STOPPED = 2, 3, 130
_PROMPTS: dict[Kind, str] = {
    "do": "Enter når det er gjort, h for å hoppe over: ",
    "see": "Enter hvis det stemmer, n hvis ikke, h for å hoppe over: ",
}
_ANSWERS: dict[str, Answer] = {"n": "no", "h": "skip"}
_NAMES = {
    Result.PASS: "bestått",
    Result.FAIL: "ikke bestått",
    Result.ERROR: "feil i prøven",
    Result.SKIP: "hoppet over",
    Result.WAIT: "venter på person",
    Result.OMIT: "gjelder ikke",
}
_COLOURS = {Result.PASS: "green", Result.FAIL: "red", Result.ERROR: "red", Result.OMIT: "dim"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for; see `knutepunkt conformance run --help`."""

    plan: str
    subject: Subject
    report: Path | None
    only: tuple[str, ...]
    is_resumed: bool
    repeat: tuple[str, ...]
    is_attended: bool
    expected: Path | None
    declarations: Path | None
    key: Path | None
    at_once: int
    ports: tuple[int, int]


def perform(asked: Asked) -> int:
    """Run, show and report; the exit status."""
    console = Console(highlight=False, soft_wrap=True)
    if asked.is_resumed and asked.report is None:
        raise typer.BadParameter("--resume trenger --report")
    _quiet()
    with tempfile.TemporaryDirectory(prefix="kp-report-") as scratch:
        try:
            order = _order(asked, asked.report or Path(scratch), console)
            report, was_stopped = asyncio.run(_conduct(order, console))
        except (DidNotStart, ConfigurationError, aiohttp.ClientError, OSError) as error:
            console.print(f"[red]Ingenting kunne prøves:[/] {escape(str(error))}")
            return NOT_TESTED
        if asked.report is not None:
            key = asked.key or default_key_path(os.environ, Path.home())
            with _undisturbed():
                write_report(report, asked.report, signing_key(key))
    _conclude(report, order, asked.report, console)
    return STOPPED if was_stopped else _status(report)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Finish what takes a second or two, though somebody asks to stop: a report that is half written is no use."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _quiet() -> None:
    """Let only the kit's own troubles be seen: what the national side's parts complain of is what tests do to them."""
    set_up_logs(level=logging.ERROR)
    for name in ("uvicorn", "uvicorn.error", "hub", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger("hub.conformance").setLevel(logging.ERROR)


def _order(asked: Asked, folder: Path, console: Console) -> RunOrder:
    person = _person(console) if asked.is_attended else None
    http_port, mqtt_port = asked.ports
    fixed = Fixed(http_port, mqtt_port, NHN_TEST_ORGANISATION, SENDER)

    def tell(surroundings: Surroundings) -> None:
        _tell(surroundings, folder, console)

    declared = asked.declarations or (Path(_DECLARATIONS) if Path(_DECLARATIONS).exists() else None)
    return RunOrder(
        plan=asked.plan,
        subject=replace(asked.subject, person=person, fixed=fixed, tell_surroundings=tell),
        folder=folder,
        only=asked.only,
        at_once=asked.at_once,
        is_resumed=asked.is_resumed,
        repeat=asked.repeat,
        declarations=read_declarations(declared) if declared else None,
        expected=read_expected(asked.expected) if asked.expected else (),
    )


def _tell(surroundings: Surroundings, folder: Path, console: Console) -> None:
    """Say where the national side is, for a system that is set up by hand."""
    file = folder / _SURROUNDINGS
    folder.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(surroundings.model_dump_json(indent=2, exclude_none=True), encoding="utf-8")
    console.print("Systemet har ikke noe styringsgrensesnitt. Still det inn for hånd:")
    for name in ("municipality", "sender", "mqtt", "vkp", "jft", "pit", "pmd"):
        console.print(f"  {name:14}{escape(str(getattr(surroundings, name)))}")
    console.print(f"  Klienten og nøkkelen for HelseID står i {escape(str(file))}. Nøkkelen gjelder bare her.")


async def _conduct(order: RunOrder, console: Console) -> tuple[RunReport, bool]:
    """The report, and whether the run was stopped before its end."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watching = Watching(lambda number: console.print(f"{order.plan}: {number} prøver"), lambda r: _show(r, console))
    report = await conduct(order, watching, stop=stop)
    return report, stop.is_set()


def _show(result: TestResult, console: Console) -> None:
    colour = _COLOURS.get(result.result, "yellow")
    console.print(f"[{colour}]{_NAMES[result.result]:16}[/] {result.id}  [dim]{escape(result.title.nb)}[/]")
    if result.result is not Result.PASS and result.reason is not None:
        console.print(f"                 [dim]{escape(result.reason.nb)}[/]")


def _person(console: Console) -> Person:
    async def answer(kind: Kind, text: Text) -> Answer:
        heading = "Gjør dette nå" if kind == "do" else "Se etter"
        console.print(f"\n[bold]{heading}:[/] {escape(text.nb)}")
        said = await asyncio.to_thread(input, _PROMPTS[kind])
        return _ANSWERS.get(said.strip().lower()[:1], "yes")

    return answer


def _conclude(report: RunReport, order: RunOrder, folder: Path | None, console: Console) -> None:
    counted = [(number, _NAMES[result]) for result, number in report.counts.items() if number]
    counts = ", ".join(f"{number} {name}" for number, name in counted)
    console.print(f"\n{counts}")
    for line in to_take_off(report.tests, order.expected):
        console.print(f"[yellow]Kjent feil som nå består, ta den av listen:[/] {escape(line.pattern)}")
    verdict = "[green]BESTÅTT[/]" if report.result is Result.PASS else "[red]IKKE BESTÅTT[/]"
    if not report.counts[Result.PASS]:
        console.print("[yellow]Ingenting ble prøvd.[/]")
    partial = "" if report.complete else " (bare en del av planen er prøvd)"
    console.print(f"[bold]{verdict}[/]{partial}. Kvalitet: {TIERS[report.quality].nb}.")
    if folder is not None:
        console.print(f"Rapporten: {folder / 'report.html'}")


def _status(report: RunReport) -> int:
    if report.result is Result.PASS:
        return 0
    failed = [test for test in report.tests if test.counts_against]
    return AS_EXPECTED if failed and all(test.is_expected_failure for test in failed) else 1
