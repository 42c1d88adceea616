"""One case, one note, one usage record: whatever befalls the EPJ's answers, and wherever the hub is killed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.model.ports import EpjAbilities
from hub.store import schema
from hub.store.waiting import send_again
from tests.dispatch.office import FakeEpj, Hurried, Office, office
from tests.ingest.intake import CENTRE, NOW
from tests.messages import GRY, LINE, Json, alarm, follow_up, observation
from tests.store.places import store_file

_ANSWERS = st.sampled_from(["ok", "late", "lost", "down", "die-before", "die-after"])
_COMMITS = st.sampled_from(["ok", "ok", "die-before", "die-after"])

_SAID: Sequence[tuple[Json, str]] = (
    (alarm("a1", at="2026-11-23T10:00:00+01:00"), "Acme_Alarm_Testvik"),
    (alarm("a2", at="2026-11-23T10:01:00+01:00", patient=GRY), "Acme_Alarm_Testvik"),
    (observation("o1", patient=LINE), "Acme_Alarm_Testvik"),
    (follow_up("f1", of="a1"), CENTRE),
    (follow_up("f2", of="a2", patient=GRY), CENTRE),
)


async def _live_through(
    file: Path, epj: FakeEpj, commits: Sequence[str], said: Sequence[tuple[Json, str]]
) -> dict[str, tuple[str, str | None]]:
    """Say everything to a hub that is killed and started again whenever it dies, until nothing is on its way."""
    clock, fates, unsaid = Hurried(NOW), deque(commits), deque(said)
    while True:
        async with office(file, epj=epj, clock=clock) as hub:
            hub.dispatcher.fates = fates
            working = asyncio.create_task(_work(hub, unsaid))
            dying = asyncio.create_task(hub.crash.reached.wait())
            await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED, timeout=30)
            is_over = working.done()
            for task in (working, dying):
                task.cancel()
            await asyncio.gather(working, dying, return_exceptions=True)
            if is_over:
                return working.result()


async def _work(hub: Office, unsaid: deque[tuple[Json, str]]) -> dict[str, tuple[str, str | None]]:
    while unsaid:
        message, sender = unsaid[0]
        await hub.say(message, sender=sender)
        unsaid.popleft()
    await hub.done()
    return await hub.states()


async def _usage(file: Path) -> list[str]:
    async with office(file) as hub:
        return sorted(row.id for row in await hub.rows(schema.usage))


@hypothesis_settings(max_examples=20)
@given(
    st.lists(_ANSWERS, max_size=8),
    st.lists(_COMMITS, max_size=6),
    st.permutations(_SAID),
    st.booleans(),
)
@example(["late", "die-after"], ["die-before"], _SAID, False)
def test_an_epj_that_can_look_up_holds_each_case_once_and_each_is_metered_once(
    answers: list[str], commits: list[str], said: Sequence[tuple[Json, str]], conditional: bool
) -> None:
    epj = FakeEpj(EpjAbilities(conditional_create=conditional), deque(answers))
    with store_file() as file:
        states = asyncio.run(_live_through(file, epj, commits, said))
        assert {state for state, _ in states.values()} == {"settled"}
        assert set(epj.created.values()) == {1}
        assert len(epj.created) == len(states)
        assert sum(len(held.note.messages) for held in epj.held.values()) == len(said)
        assert asyncio.run(_usage(file)) == sorted(f"case:{case}" for case in states)
        assert epj.most_per_key == 1


@hypothesis_settings(max_examples=12)
@given(st.lists(_ANSWERS, max_size=6), st.lists(_COMMITS, max_size=6), st.permutations(_SAID))
def test_an_epj_that_cannot_look_up_never_gets_a_case_twice_and_doubts_wait_for_a_person(
    answers: list[str], commits: list[str], said: Sequence[tuple[Json, str]]
) -> None:
    epj = FakeEpj(EpjAbilities(find=False), deque(answers))
    with store_file() as file:
        states = asyncio.run(_live_through(file, epj, commits, said))
        assert set(states.values()) <= {("settled", None), ("waiting", "in_doubt")}
        assert all(number == 1 for number in epj.created.values())
        for case, (state, _) in states.items():
            assert state == "waiting" or epj.created[case] == 1
        used = asyncio.run(_usage(file))
        assert {f"case:{case}" for case, (state, _) in states.items() if state == "settled"} <= set(used)
        assert len(used) == len(set(used)) <= len(states)


async def test_a_registration_without_an_answer_is_found_and_not_repeated(sqlite_store: Path) -> None:
    epj = FakeEpj(EpjAbilities(), deque(["late"]))
    async with office(sqlite_store, epj=epj) as hub:
        await hub.say(observation())
        await hub.done()
        assert [call for call, _, _ in epj.calls] == ["write", "find"]
        (told,) = await hub.rows(schema.delivery_events, schema.delivery_events.c.what == "found")
        assert told.destination == "epj"


async def test_an_epj_that_registers_after_the_time_out_holds_the_note_once(sqlite_store: Path) -> None:
    epj = FakeEpj(EpjAbilities(), deque(["slow"]))
    async with office(sqlite_store, epj=epj) as hub:
        await hub.say(observation())
        await hub.done()
        assert "find" in [call for call, _, _ in epj.calls]
        assert [call for call, _, _ in epj.calls].count("write") == 1


async def test_no_registration_and_no_answer_is_looked_up_and_then_written(sqlite_store: Path) -> None:
    epj = FakeEpj(EpjAbilities(), deque(["lost"]))
    async with office(sqlite_store, epj=epj) as hub:
        await hub.say(observation())
        await hub.done()
        assert [call for call, _, _ in epj.calls] == ["write", "find", "write"]


async def test_what_may_have_been_sent_by_a_hub_that_died_is_looked_up_first(sqlite_store: Path) -> None:
    epj = FakeEpj(EpjAbilities(), deque(["die-after"]))
    clock = Hurried(NOW)
    async with office(sqlite_store, epj=epj, clock=clock) as hub:
        await hub.say(observation())
        await hub.crash.reached.wait()
    async with office(sqlite_store, epj=epj, clock=clock) as hub:
        await hub.done()
    assert [call for call, _, _ in epj.calls] == ["write", "find"]
    assert set(epj.created.values()) == {1}


async def test_a_note_that_an_epj_was_at_work_on_when_the_hub_died_is_held_once(sqlite_store: Path) -> None:
    epj = FakeEpj(EpjAbilities(), deque(["die-slow"]))
    clock = Hurried(NOW)
    async with office(sqlite_store, epj=epj, clock=clock) as hub:
        await hub.say(observation())
        await hub.crash.reached.wait()
    async with office(sqlite_store, epj=epj, clock=clock) as hub:
        await hub.done()
    calls = [call for call, _, _ in epj.calls]
    assert (calls.count("write"), calls[1]) == (1, "find")
    assert set(epj.created.values()) == {1}


async def test_what_comes_while_the_hub_holds_its_leases_is_written_without_a_look_up(sqlite_store: Path) -> None:
    async with office(sqlite_store) as hub:
        await hub.until(lambda: hub.leases.held)
        await hub.say(observation())
        await hub.done()
        assert [call for call, _, _ in hub.epj.calls] == ["write"]


async def test_a_doubt_outlasts_a_refusal_and_a_resending(sqlite_store: Path) -> None:
    """Registered without an answer, then refused at the look-up: sent again by a person, it is looked up once more."""
    epj = FakeEpj(EpjAbilities(), deque(["late"]), refused_look_ups=1)
    async with office(sqlite_store, epj=epj) as hub:
        outcome = await hub.say(observation())
        await hub.done()
        assert list((await hub.states()).values()) == [("waiting", "refused")]
        async with hub.engines.writing() as connection:
            await send_again(connection, outcome.case_id or "", "epj", by="test", at=hub.clock.now())
        hub.dispatcher.look(hub.dispatcher.addresses[0])
        await hub.done()
        assert list((await hub.states()).values()) == [("settled", None)]
    assert set(epj.created.values()) == {1}


async def test_new_content_after_a_refused_doubt_is_looked_up_too(sqlite_store: Path) -> None:
    epj = FakeEpj(EpjAbilities(), deque(["late"]), refused_look_ups=1)
    async with office(sqlite_store, epj=epj) as hub:
        await hub.say(alarm())
        await hub.done()
        await hub.say(follow_up(), sender=CENTRE)
        await hub.done()
        assert list((await hub.states()).values()) == [("settled", None)]
    assert set(epj.created.values()) == {1}


async def test_resending_an_alarm_twenty_times_and_amending_it_is_metered_once(sqlite_store: Path) -> None:
    async with office(sqlite_store) as hub:
        for _ in range(20):
            await hub.say(alarm())
        await hub.done()
        await hub.say(follow_up(), sender=CENTRE)
        await hub.done()
        assert len(await hub.rows(schema.usage)) == 1
        assert [call for call, _, _ in hub.epj.calls] == ["write", "amend"]


async def test_the_usage_record_is_written_with_the_settling_or_not_at_all(sqlite_store: Path) -> None:
    clock = Hurried(NOW)
    async with office(sqlite_store, fates=["die-before"], clock=clock) as hub:
        await hub.say(observation())
        await hub.crash.reached.wait()
        assert [row.state for row in (await hub.deliveries()).values()] == ["pending"]
        assert not await hub.rows(schema.usage)
    async with office(sqlite_store, epj=hub.epj, fates=["die-after"], clock=clock) as again:
        await again.crash.reached.wait()
        assert [row.state for row in (await again.deliveries()).values()] == ["settled"]
        assert len(await again.rows(schema.usage)) == 1
