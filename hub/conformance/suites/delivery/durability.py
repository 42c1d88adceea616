"""What was told is delivered once, though the system is stopped or killed meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from random import Random

import aiohttp

from connectors import Event
from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.driving.child import OwnSystem
from hub.conformance.national.script import Fine, Silence
from hub.conformance.plan import Group
from hub.conformance.suites.delivery._arriving import expect_delivered, expect_same_bytes
from hub.conformance.verdicts import both

GROUP = Group("delivery", "durability", both("Varighet", "Durability"), ("connector",), 50)
_WAYS = ("mqtt", "vkp", "jft")
_KILLS = 10
_EVENTS_EACH = 20
_SEED = 6
_TRIES_S = 0.4


@GROUP.test(
    "planned-stop",
    "DUR-1",
    both("Stoppet mens tjenesten er nede", "Stopped while the service is down"),
    ways=_WAYS,
    needs=("restart",),
)
async def planned_stop(bench: ConnectorBench) -> None:
    """What waits at a planned stop is delivered once after the next start."""
    async with bench.connected() as it:
        it.lane.go_down()
        await it.system.tell(*(bench.alarm() for _ in range(3)))
        await asyncio.sleep(_TRIES_S)
        await it.system.stop()
        it.lane.come_back()
        await it.system.start()
        await _expect_once_each(it, 3)


@GROUP.test(
    "killed",
    "DUR-2",
    both("Drept rett etter at noe er fortalt", "Killed right after it was told"),
    ways=_WAYS,
    needs=("kill",),
)
async def killed(bench: ConnectorBench) -> None:
    """What the system has taken is on disk before it says so."""
    async with _killable(bench) as (it, system):
        it.lane.go_down()
        await it.system.tell(*(bench.alarm() for _ in range(3)))
        await system.kill()
        it.lane.come_back()
        await it.system.start()
        await _expect_once_each(it, 3)


@GROUP.test(
    "killed-before-answer",
    "DUR-3",
    both("Drept mellom registrering og svar", "Killed between registration and answer"),
    ways=("mqtt", "jft"),
    needs=("kill",),
)
async def killed_before_answer(bench: ConnectorBench) -> None:
    """What was registered without the system knowing is not registered once more."""
    async with _killable(bench) as (it, system):
        it.lane.script.next(Silence("after"))
        await it.system.tell(bench.alarm())
        await it.lane.heard.until(lambda heard: heard.taken, within_s=10)
        await system.kill()
        await it.system.start()
        await _expect_once_each(it, 1)


@GROUP.test(
    "killed-often",
    "DUR-4",
    both("Drept ti ganger under 200 hendelser", "Killed ten times during 200 events"),
    needs=("kill",),
    within_s=180,
)
async def killed_often(bench: ConnectorBench) -> None:
    """Each event is registered exactly once, whenever the kills come and some answers don't."""
    random = Random(_SEED)  # noqa: S311 — for chance, not for secrets
    async with _killable(bench) as (it, system):
        for _ in range(_KILLS):
            events = [bench.alarm() for _ in range(_EVENTS_EACH)]
            it.lane.script.next(Silence("before"), Fine(), Silence("after"))
            telling = asyncio.create_task(_told(it, events))
            await asyncio.sleep(random.uniform(0, 0.3))
            await system.kill()
            is_told = await telling
            await it.system.start()
            if not is_told:
                await it.system.tell(*events)
        await _expect_once_each(it, _KILLS * _EVENTS_EACH)


async def _expect_once_each(it: Connected, events: int) -> None:
    """All are registered once; what the next run sends again is what the last one sent."""
    await expect_delivered(it, events, within_s=60 if events > _EVENTS_EACH else 20)
    expect_same_bytes(it.lane.heard.messages, events)


@contextlib.asynccontextmanager
async def _killable(bench: ConnectorBench) -> AsyncIterator[tuple[Connected, OwnSystem]]:
    """The system connected in a process that the test may kill."""
    way = bench.way
    async with bench.process_of_its_own() as system, bench.lane() as lane:
        surroundings = lane.surroundings(way)
        async with bench.session(surroundings, system=system) as session:
            yield Connected(lane, session, surroundings), system


async def _told(it: Connected, events: Sequence[Event]) -> bool:
    """Whether the system took `events`; when it was killed meanwhile, nobody knows, and they are told again."""
    try:
        await it.system.tell(*events)
    except aiohttp.ClientError:
        return False
    return True
