from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.app.rehearsing import StoredJournal
from hub.app.rehearsing.reading import at_rest, cases_of
from hub.rehearsal.desk import Desk
from hub.rehearsal.entries import CONTENT, Entry, StepSaid
from hub.rehearsal.identity import reserved_identity
from hub.store.engine import open_engines
from tests.rehearsal.fake_hub import CALM, NOW, TESTVIK, FakeHub
from tests.rehearsal.test_progress import everything, some_entries


async def test_progress_survives_a_restart(store: Path | str) -> None:
    engines = await open_engines(store)
    desk = Desk(StoredJournal(engines), FakeHub())
    await desk.begin(TESTVIK, "vkp")
    await desk.say(TESTVIK, "vkp", StepSaid(step="membership", state="done", evidence="avtale 12"), who="Kåre")
    await desk.check(TESTVIK, "vkp", "sit-test", who="Kåre")
    before = await desk.standing(TESTVIK, "vkp")
    await engines.aclose()

    engines = await open_engines(store)
    after = await Desk(StoredJournal(engines), FakeHub()).standing(TESTVIK, "vkp")
    await engines.aclose()
    assert after == before
    assert after.readiness.over == 2


async def test_entries_come_back_in_the_order_of_their_writing_and_nobody_elses(store: Path | str) -> None:
    engines = await open_engines(store)
    journal = StoredJournal(engines)
    one = await journal.begin(TESTVIK, "vkp", name="Testvik", at=NOW)
    other = await journal.begin(TESTVIK, "jft", name="Testvik", at=NOW)
    wanted = [e.model_copy(update={"at": NOW - timedelta(minutes=n)}) for n, e in enumerate(everything())]
    for entry in wanted:
        await journal.write(one, entry)
    assert await journal.entries(one) == wanted
    assert await journal.entries(other) == []
    assert await journal.begin(TESTVIK, "vkp", name="Andre", at=NOW + timedelta(days=1)) == one
    assert [b.course for b in await journal.everything()] == ["jft", "vkp"]
    await engines.aclose()


async def test_the_checks_find_a_reserved_persons_cases_and_what_waits(store: Path | str) -> None:
    engines = await open_engines(store)
    async with engines.reading() as connection:
        assert await cases_of(connection, TESTVIK, reserved_identity(TESTVIK, "any"), ["urn:uuid:1"]) == []
    assert await at_rest(engines, TESTVIK) == CALM
    await engines.aclose()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(some_entries())
def test_what_is_written_down_reads_back_as_it_was(entries: list[Entry]) -> None:
    for entry in entries:
        assert CONTENT.validate_json(CONTENT.dump_json(entry.content)) == entry.content


@given(st.binary(max_size=20))
def test_the_journal_knows_only_its_own_kinds(content: bytes) -> None:
    try:
        CONTENT.validate_json(content)
    except ValueError:
        return
    raise AssertionError("arbitrary bytes were taken for an entry")
