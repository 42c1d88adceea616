from __future__ import annotations

from pathlib import Path
from random import Random

import orjson
import pytest

from connectors.composing import Sender, compose
from connectors.transport.http import VkpTransport
from tests.connectors import receiver as hubs
from tests.connectors import telling
from tests.connectors.killing import die_often

EVENTS = 10_000
KILLS = 100


async def tell_and_die(hub: hubs.Receiver, folder: Path, *, kills: int, events: int, random: Random) -> int:
    return await die_often(
        telling.run,
        (hub.url, str(folder), events),
        folder=folder,
        kills=kills,
        random=random,
        progress=lambda: len(hub.order),
        step=events // kills,
    )


def expected(number: int) -> tuple[str, str]:
    message = compose(telling.dose(number), Sender("314159265", telling.SENDER), takes=VkpTransport.takes)
    return message.resource["identifier"][0]["value"], message.lane


@pytest.mark.slow
async def test_a_process_killed_a_hundred_times_gets_every_event_registered_exactly_once(tmp_path: Path) -> None:
    async with hubs.receiving() as hub:
        killed = await tell_and_die(hub, tmp_path, kills=KILLS, events=EVENTS, random=Random(20250303))
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
        await tell_and_die(hub, tmp_path, kills=3, events=100, random=Random(1))
    whens = {orjson.loads(body)["whenHandedOver"] for body in hub.registered.values()}
    assert len(whens) == 100
