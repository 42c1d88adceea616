"""A store from before the national doors is brought forward, and what it holds is read in JFT like everything else."""

from sqlalchemy import text

from hub.store.engine import open_engines
from tests.api.national import dpop_api, national_at
from tests.messages import composition, raw

_NATIONAL = ("stamps", "submissions", "register_patients", "register_identifiers", "pit_patients")


async def test_what_was_accepted_before_is_readable_in_order_and_new_events_come_after(store, tmp_path, session):
    (tmp_path / "a").mkdir()
    async with national_at(tmp_path / "a", store=store) as world:
        for i in range(5):
            await world.publish(raw(composition(text=f"Nr. {i}.")))
    engines = await open_engines(store)
    async with engines.writing() as connection:
        for table in _NATIONAL:
            await connection.execute(text(f"DROP TABLE {table}"))
        await connection.execute(text("DROP INDEX cases_patient"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    await engines.aclose()
    (tmp_path / "b").mkdir()
    async with national_at(tmp_path / "b", store=store) as world:
        await world.publish(raw(composition(text="Nr. 5.")))
        jft = await dpop_api(world, session)
        events = (await jft("GET", "/jft/v1/Composition")).resources
    said = [event["section"][0]["text"]["div"] for event in events]
    assert [f"Nr. {i}." in div for i, div in enumerate(said)] == [True] * 6
    stamps = [event["meta"]["lastUpdated"] for event in events]
    assert stamps == sorted(set(stamps))
