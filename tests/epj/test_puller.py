"""The simulated EPJ that pulls, against a hub door that pages and counts acknowledgements."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson
import pytest
from aiohttp import web

from epj_adapter.simulated.__main__ import build
from epj_adapter.simulated.configuration import EpjConfiguration
from epj_adapter.simulated.epj import SimulatedEpj
from hub.model.note import JournalNote

from .conftest import ADAPTERS, Running
from .notes import amended, fresh_note


@dataclass
class Door:
    """A JFT door with notes in the order that they last changed, two a page."""

    offered: list[tuple[str, bytes]] = field(default_factory=list)
    acknowledged: Counter[str] = field(default_factory=Counter)
    headers: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    second: int = 0

    def offer(self, number: str, note: JournalNote) -> None:
        self.second += 1
        written = orjson.loads(ADAPTERS["pull"].document(note, number))
        written["meta"]["lastUpdated"] = f"2026-03-02T09:00:{self.second:02}.000+00:00"
        self.offered = [o for o in self.offered if o[0] != number] + [(number, orjson.dumps(written))]

    async def page(self, request: web.Request) -> web.Response:
        self.headers.append(request.headers.get("Authorization", ""))
        after = int(request.query.get("cursor", "0"))
        size = int(request.query["_count"])
        self.asked.set()
        shown = [o for o in self.offered if self._second(o[1]) > after][:size]
        entries = ",".join(f'{{"fullUrl":"urn:x:{n}","resource":{body.decode()}}}' for n, body in shown)
        link = ""
        if len(shown) == size:
            link = f'{{"relation":"next","url":"{request.url.with_query(cursor=str(self._second(shown[-1][1])))}"}}'
        text = f'{{"resourceType":"Bundle","type":"searchset","link":[{link}],"entry":[{entries}]}}'
        return web.Response(text=text, content_type="application/fhir+json")

    async def acknowledge(self, request: web.Request) -> web.Response:
        self.acknowledged[request.match_info["number"]] += 1
        self.changed.set()
        return web.Response(status=202)

    async def until(self, number: str, times: int = 1) -> None:
        async with asyncio.timeout(5):
            while self.acknowledged[number] < times:
                self.changed.clear()
                await self.changed.wait()

    @staticmethod
    def _second(body: bytes) -> int:
        return int(orjson.loads(body)["meta"]["lastUpdated"][17:19])


@pytest.fixture
async def door() -> Door:
    return Door()


@pytest.fixture
async def epj(door: Door, tmp_path: Path, http: aiohttp.ClientSession) -> AsyncIterator[Running]:
    application = web.Application()
    application.router.add_get("/jft/v1/Bundle", door.page)
    application.router.add_post("/jft/v1/Bundle/{number}/$journaling-acknowledged", door.acknowledge)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    simulated = _pulling(f"http://127.0.0.1:{port}/jft", tmp_path)
    await simulated.start()
    yield Running(simulated.url, simulated.admin, ADAPTERS["pull"], http)
    await simulated.aclose()
    await runner.cleanup()


def _pulling(hub: str, tmp_path: Path) -> SimulatedEpj:
    configured = EpjConfiguration(
        "314159265",
        "pull",
        tmp_path / "pull.db",
        hub_url=hub,
        poll_s=0.02,
        headers={"Authorization": "Bearer prøve"},
    )
    return build(configured)


async def test_every_note_is_fetched_page_by_page_and_acknowledged_once(door: Door, epj: Running) -> None:
    notes = [fresh_note() for _ in range(7)]
    for i, note in enumerate(notes):
        door.offer(f"id-{i}", note)
    for i in range(7):
        await door.until(f"id-{i}")
    assert [n["key"] for n in await epj.notes()] == [n.key for n in notes]
    door.offer("late", fresh_note())
    await door.until("late")
    assert set(door.acknowledged.values()) == {1}
    assert set(door.headers) == {"Bearer prøve"}


async def test_a_newer_version_replaces_the_note_and_a_signed_one_gets_it_as_an_addendum(
    door: Door, epj: Running
) -> None:
    unread, signed = fresh_note(), fresh_note()
    door.offer("unread", unread)
    door.offer("signed", signed)
    await door.until("unread")
    await door.until("signed")
    await epj.ask("POST", "/state", {"key": signed.key, "state": "signed"})
    door.offer("unread", amended(unread))
    door.offer("signed", amended(signed))
    await door.until("unread", 2)
    await door.until("signed", 2)
    found = {n["key"]: [v["how"] for v in n["versions"]] for n in await epj.notes()}
    assert found == {unread.key: ["created", "replaced"], signed.key: ["created", "addendum"]}


async def test_a_lost_acknowledgement_is_given_again_and_the_note_stays_one(door: Door, epj: Running) -> None:
    await epj.fail("drops", count=1)
    note = fresh_note()
    door.offer("one", note)
    await door.until("one")
    assert [n["key"] for n in await epj.notes()] == [note.key]


async def test_a_note_of_an_unknown_patient_is_not_acknowledged_and_holds_up_nobody(door: Door, epj: Running) -> None:
    note = fresh_note()
    await epj.ask("PUT", "/patients", {"unknown": [{"system": note.patient.system, "value": note.patient.value}]})
    door.offer("unknown", note)
    for _ in range(2):  # when it asks again, it is done with what it got
        door.asked.clear()
        await asyncio.wait_for(door.asked.wait(), 5)
    assert (await epj.counts())["notes"] == 0
    assert door.acknowledged["unknown"] == 0
    await epj.ask("PUT", "/patients", {})
    await door.until("unknown")
    assert (await epj.counts())["notes"] == 1


@pytest.mark.parametrize("fault", ["down", "refuses", "late", "slow"])
async def test_after_a_fault_nothing_is_missing(door: Door, epj: Running, fault: str) -> None:
    await epj.fail(fault, count=3, delay_s=0.05)
    for i in range(3):
        door.offer(f"id-{i}", fresh_note())
    for i in range(3):
        await door.until(f"id-{i}")
    assert await epj.counts() | {"patients": 1} == {"notes": 3, "registered_twice": 0, "patients": 1, "addenda": 0}


async def test_after_a_restart_it_goes_on_where_it_was(door: Door, epj: Running, tmp_path: Path) -> None:
    for i in range(5):
        door.offer(f"id-{i}", fresh_note())
    await door.until("id-4")
    store = build(EpjConfiguration("1", "pull", tmp_path / "pull.db", hub_url="http://127.0.0.1:9"))
    await store.start()
    async with epj.http.get(f"{store.admin}/counts") as answer:
        assert (await answer.json())["notes"] == 5
    await store.aclose()
