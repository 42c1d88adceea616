"""The national doors on SQLite and on PostgreSQL, where several writers commit at once."""

import asyncio
from datetime import UTC, datetime

from hub.model.clock import SystemClock
from hub.store.engine import open_engines
from hub.store.replay import UsedTokens
from hub.store.stamping import next_stamps
from hub.store.submissions import Window, submissions_in
from tests.api.national import ORGANISATION, bearer_api, dpop_api, national_at
from tests.messages import LINE, alarm, composition, document, observation, raw


async def test_nobody_sees_a_stamp_before_all_smaller_ones(store):
    """A slow writer that took its stamp first keeps the later ones waiting, so a reader can't pass it by."""
    engines = [await open_engines(store) for _ in range(3)]
    seen, given, over = [], [], asyncio.Event()

    async def write(one, pause):
        for _ in range(8):
            async with one.writing() as connection:
                stamps = await next_stamps(connection, "x", many=2, at=datetime.now(UTC))
                await asyncio.sleep(pause)
                given.extend(stamps)

    async def watch(one):
        from sqlalchemy import select

        from hub.store.schema_national import stamps

        while not over.is_set():
            async with one.reading() as connection:
                last = (await connection.execute(select(stamps.c.last))).scalar()
            seen.append((last, len(given)))
            await asyncio.sleep(0.001)

    watching = asyncio.create_task(watch(engines[2]))
    await asyncio.gather(write(engines[0], 0.004), write(engines[1], 0.0))
    over.set()
    await watching
    assert given == sorted(set(given))
    assert [last for last, _ in seen if last] == sorted(last for last, _ in seen if last)
    for one in engines:
        await one.aclose()


async def test_a_proof_is_used_once_by_two_processes(store):
    engines = [await open_engines(store) for _ in range(2)]
    clock = SystemClock()
    memories = [UsedTokens(one, clock) for one in engines]
    tasks = [asyncio.create_task(memory.run()) for memory in memories]
    firsts = await asyncio.gather(*(memories[i % 2].first_use("proof", "x", clock.real() + 60) for i in range(20)))
    assert sum(firsts) == 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for one in engines:
        await one.aclose()


async def test_every_door_works(store, tmp_path, session):
    async with national_at(tmp_path, store=store) as world:
        jft, vkp = await dpop_api(world, session), await bearer_api(world, session)
        written = await jft("POST", "/jft/v1/Bundle", data=raw(document("b-1", composition(), alarm())))
        (event,) = (await jft("GET", "/jft/v1/Bundle?_tag:not=journaling-acknowledged")).resources
        await jft("POST", f"/jft/v1/Bundle/{event['id']}/$journaling-acknowledged")
        status = (await jft("GET", written.headers["Location"])).json
        assert status["read"]
        assert status["journalingAcknowledged"]
        dates = [("date", "ge2026-11-01"), ("date", "le2026-12-01")]
        notes = await vkp(
            "POST",
            f"/epj/r4/{ORGANISATION}/composition/_search",
            data=[("patient.identifier", LINE), *dates],
            headers={"ServiceCodes": "ta"},
        )
        assert notes.json["total"] == 1
        pit = await dpop_api(world, session, "nhn:pit/api.read nhn:pit/api.write")
        person = {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": "1"}]}
        for _ in range(2):
            assert (await pit("POST", "/pit/v1/Patient", data=raw(person))).status == 202
        assert len((await pit("GET", "/pit/v1/Patient")).resources) == 1
        pmd = await dpop_api(world, session, "nhn:pmd/api")
        measured = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation("o-1")}]}
        assert (await pmd("POST", "/pmd/", data=raw(measured))).status == 200
        found = await pmd("POST", "/pmd/Observation/_search", data={"patient.identifier": LINE})
        assert found.json["total"] == 1
        async with world.engines.reading() as connection:
            both = await submissions_in(connection, Window(ORGANISATION, "Bundle"), most=9)
        assert [one.submitted_type for one in both] == ["Bundle", "Observation"]
