"""What goes wrong on purpose during the demo's day, each at its hour, told in Norwegian as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from hub.app.cable import Cable
from hub.app.children import Keeper
from hub.app.demo.configuration import EPJ_TIMEOUT_S
from hub.model.clock import ScaledClock

#: An hour of the day, long enough for the EPJ to be missed.
_DOWN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something that goes wrong `after` the start of the day; `words` tell what."""

    after: timedelta
    words: str
    strike: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What can be broken: the hub, the devices' cable, and the EPJs by organisation number."""

    hub: Keeper
    cable: Cable
    epj_admin: Mapping[str, str]
    numbers: Sequence[str]
    clock: ScaledClock


def mishaps(scene: Scene) -> list[Mishap]:
    """The day's mishaps, in order."""
    first, second, third = scene.numbers
    down_s = _DOWN.total_seconds() / scene.clock.factor
    too_late = {"fault": "late", "count": 2, "delay_s": EPJ_TIMEOUT_S + 1}

    def fault(number: str, **wish: Any) -> Callable[[], Awaitable[None]]:
        return lambda: _fault(scene.epj_admin[number], wish)

    return [
        Mishap(
            timedelta(hours=4),
            "EPJ 2 registrerer, men svarer etter at klienten har gitt opp",
            fault(second, **too_late),
        ),
        Mishap(timedelta(hours=7), "EPJ 1 registrerer og bryter forbindelsen", fault(first, fault="drops", count=2)),
        Mishap(timedelta(hours=9), "EPJ 1 er nede i en time", fault(first, fault="closed", seconds=down_s)),
        Mishap(timedelta(hours=11), "Forbindelsen fra utstyret brytes", _pulling(scene.cable)),
        Mishap(timedelta(hours=13), "Knutepunktet drepes (kill -9) og startes igjen", _killing(scene.hub)),
        Mishap(timedelta(hours=17), "EPJ 1 registrerer, men svarer for sent", fault(first, **too_late)),
        Mishap(
            timedelta(hours=19), "EPJ 3 henter ikke notater i en time", fault(third, fault="closed", seconds=down_s)
        ),
    ]


async def play_mishaps(scene: Scene, start: datetime, tell: Callable[[str], None]) -> None:
    """Let each mishap happen at its hour."""
    for mishap in mishaps(scene):
        wait = (start + mishap.after - scene.clock.now()).total_seconds() / scene.clock.factor
        await asyncio.sleep(max(0.0, wait))
        tell(mishap.words)
        await mishap.strike()


async def _fault(admin: str, wish: Mapping[str, Any]) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{admin}/faults", json=wish) as answer:
        answer.raise_for_status()


def _pulling(cable: Cable) -> Callable[[], Awaitable[None]]:
    async def pull() -> None:
        cable.pull_out()

    return pull


def _killing(hub: Keeper) -> Callable[[], Awaitable[None]]:
    async def kill() -> None:
        hub.kill()

    return kill
