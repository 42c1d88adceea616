from __future__ import annotations

import asyncio
import multiprocessing
import signal
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import orjson
import pytest

from connectors.composing import Sender, compose
from connectors.transport.http import VkpTransport
from tests.connectors import receiver as hubs
from tests.connectors import telling

EVENTS = 10_000
KILLS = 100


async def die_often(hub: hubs.Receiver, folder: Path, *, kills: int, events: int, random: Random) -> int:
    """Run the vendor's process until it is done, killing it `kills` times; answers how often it was killed."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.connectors.telling"])
    killed = 0
    while not (folder / "finished").exists():
        process = processes.Process(target=telling.run, args=(hub.url, str(folder), events), daemon=True)
        process.start()
        if killed < kills:
            await a_while(hub, process, random, longest=events // kills)
            process.kill()
        await asyncio.to_thread(process.join)
        assert process.exitcode in (0, -signal.SIGKILL)
        killed += process.exitcode == -signal.SIGKILL
        process.close()
    return killed


async def a_while(hub: hubs.Receiver, process: BaseProcess, random: Random, *, longest: int) -> None:
    """Some milliseconds after the start, or until some events more are registered: any moment may be the last."""
    if random.random() < 0.5:
        await asyncio.sleep(random.uniform(0, 0.1))
        return
    target = len(hub.order) + random.randint(1, longest)
    while len(hub.order) < target and process.is_alive():  # noqa: ASYNC110 — the process may end it, too
        await asyncio.sleep(0.001)


def expected(number: int) -> tuple[str, str]:
    message = compose(telling.dose(number), Sender("314159265", "Acme_Medisin_Testvik"), takes=VkpTransport.takes)
    return message.resource["identifier"][0]["value"], message.lane


@pytest.mark.slow
async def test_a_process_killed_a_hundred_times_gets_every_event_registered_exactly_once(tmp_path: Path) -> None:
    async with hubs.receiving() as hub:
        killed = await die_often(hub, tmp_path, kills=KILLS, events=EVENTS, random=Random(20250303))
    assert killed == KILLS
    identities = [expected(n) for n in range(EVENTS)]
    assert hub.registered.keys() == {name for name, _ in identities}
    assert (len(hub.order), hub.conflicts) == (EVENTS, 0)
    place = {name: position for position, name in enumerate(hub.order)}
    last: dict[str, int] = {}
    for name, lane in identities:
        assert place[name] > last.get(lane, -1), "a patient's events changed places"
        last[lane] = place[name]


async def test_what_is_registered_is_what_was_told(tmp_path: Path) -> None:
    async with hubs.receiving() as hub:
        await die_often(hub, tmp_path, kills=3, events=100, random=Random(1))
    whens = {orjson.loads(body)["whenHandedOver"] for body in hub.registered.values()}
    assert len(whens) == 100
