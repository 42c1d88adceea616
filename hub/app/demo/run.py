"""Runs the demo: starts everything, plays the day with its mishaps, waits until all is at rest, and judges."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from devices_sim.plan import DEMO_START, DayPlan, plan_day
from hub.app.cable import Cable
from hub.app.demo.configuration import demo_settings
from hub.app.demo.mishaps import Scene, play_mishaps
from hub.app.demo.player import Player
from hub.app.demo.report import Result
from hub.app.demo.truth import judge, notes_in
from hub.app.register_filling import fill_residents
from hub.app.supervisor import Running, Wishes, running
from hub.model.clock import OSLO, ScaledClock
from hub.model.codes import EventKind, ServiceCode
from hub.model.usage import UsageRecord
from hub.settings import Settings
from hub.store.engine import STORE_FILE, open_engines
from hub.store.ledger import usage_records

_DAY = timedelta(hours=24)
_DAY_S = 30.0
_START_S = 2.5
_REST_S = 60.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that has run, with its parts still running."""

    result: Result
    endpoints: dict[str, Any]
    names: dict[str, str]


@asynccontextmanager
async def demonstrate(directory: Path, *, seed: int, console: Console) -> AsyncIterator[Demo]:
    """Play the day of `seed` in `directory`; the parts keep running until the block ends."""
    began = time.monotonic()
    plan = plan_day(seed)
    settings = demo_settings(plan.towns)
    clock = ScaledClock(DEMO_START, time.time() + _START_S, _DAY.total_seconds() / _DAY_S)
    names = {town.organisation_number: town.name for town in plan.towns}
    async with running(Wishes(settings, directory, clock=str(clock))) as parts:
        await _register(plan, settings, directory)
        player = await _play(plan, parts, clock, console)
        summary = await _at_rest(parts)
        result = Result(
            judgement=judge(plan.answer_key, notes_in({n: directory / f"epj-{n}.sqlite" for n in names})),
            published=player.played.published,
            sent_again=player.played.sent_again,
            summary=summary,
            quarantine=await _get(parts, "/operations/quarantine"),
            usage=await _usage(directory),
            late_alerts=player.played.late_alerts,
            never_answered=_never_answered(plan),
            seconds=time.monotonic() - began,
        )
        yield Demo(result, parts.endpoints, names)


def _never_answered(plan: DayPlan) -> int:
    """Alerts that must become a note and that nobody followed up; a remote follow-up report carries its own note."""
    return sum(
        c.kind is EventKind.ALERT
        and c.must_have_note
        and not c.answered
        and c.service_code is not ServiceCode.REMOTE_MONITORING
        for c in plan.answer_key.cases
    )


async def _play(plan: DayPlan, parts: Running, clock: ScaledClock, console: Console) -> Player:
    broker = urlsplit(parts.endpoints["mqtt"])
    async with Cable(broker.hostname or "127.0.0.1", broker.port or 1883) as cable:
        player = Player(clock, devices_url=cable.address, centre_url=parts.endpoints["mqtt"], towns=plan.towns)
        numbers = [town.organisation_number for town in plan.towns]
        scene = Scene(parts.keepers["hub"], cable, parts.endpoints["epj_admin"], numbers, clock)
        with _progress(console) as progress:

            def tell(words: str) -> None:
                progress.console.print(f"  [yellow]{words}[/]")

            async with asyncio.TaskGroup() as tasks:
                mishaps = tasks.create_task(play_mishaps(scene, DEMO_START, tell), name="mishaps")
                shown = tasks.create_task(_show(progress, player, clock, plan), name="show progress")
                await player.play(plan.emissions)
                await mishaps
                shown.cancel()
    return player


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("[bold]{task.fields[clock]}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} av {task.total:.0f} meldinger, {task.fields[receipts]} kvittert"),
        TimeElapsedColumn(),
        console=console,
    )


async def _show(progress: Progress, player: Player, clock: ScaledClock, plan: DayPlan) -> None:
    bar = progress.add_task("", total=len(plan.emissions), clock="", receipts=0)
    while True:
        played = player.played
        local = clock.now().astimezone(OSLO)
        progress.update(
            bar,
            completed=min(played.published + played.statuses, len(plan.emissions)),
            clock=local.strftime("%d.%m. kl. %H:%M"),
            receipts=len(played.receipts),
        )
        await asyncio.sleep(0.1)


async def _at_rest(parts: Running) -> dict[str, int]:
    """The hub's counts once nothing is under way, or as they stand when it takes too long."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + _REST_S
    calm = 0
    while True:
        summary: dict[str, int] = await _get(parts, "/operations/summary")
        calm = calm + 1 if summary["pending"] == summary["alerts_pending"] == 0 else 0
        if calm >= 3 or loop.time() > ends:
            return summary
        await asyncio.sleep(0.3)


async def _get(parts: Running, path: str) -> Any:
    def get() -> Any:
        with urllib.request.urlopen(parts.endpoints["http"] + path, timeout=30) as answer:  # noqa: S310  # our own hub
            return json.loads(answer.read())

    return await asyncio.to_thread(get)


async def _register(plan: DayPlan, settings: Settings, directory: Path) -> None:
    """Put the day's residents in the register that VKP's look-ups are answered from."""
    engines = await open_engines(directory / STORE_FILE)
    try:
        await fill_residents(engines, settings, plan.residents)
    finally:
        await engines.aclose()


async def _usage(directory: Path) -> list[UsageRecord]:
    engines = await open_engines(directory / STORE_FILE)
    try:
        async with engines.reading() as connection:
            return [record async for record in usage_records(connection) if record.usage_kind == "case"]
    finally:
        await engines.aclose()


def console_for(*, as_json: bool) -> Console:
    """Where the demo talks: standard output, or standard error when that is kept for JSON."""
    return Console(file=sys.stderr if as_json else sys.stdout, highlight=False)
