"""Order per patient, and nobody held up by anybody else: a person's decision, an EPJ that is down, a slow answer."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.dispatch import verdict
from hub.dispatch.backoff import Gate, delay_s
from hub.dispatch.epj import EpjDestination
from hub.model.clock import OSLO
from hub.model.note import JournalNote
from hub.model.ports import EpjAbilities
from hub.store import delivering, schema
from hub.store.waiting import hold, list_waiting, release, send_again
from tests.benchmarks.people import patients
from tests.dispatch.office import FASTER, FakeEpj, Office, office
from tests.ingest.intake import CENTRE, OTHER_TOWN
from tests.messages import GRY, LINE, MUNICIPALITY, Json, alarm, follow_up, observation

EPJ = (MUNICIPALITY, "epj")


def reading(n: int, *, patient: str = LINE) -> Json:
    return observation(f"o-{patient}-{n}", patient=patient, effectiveDateTime=f"2026-11-23T08:{n:02}:00+01:00")


async def _held_order(hub: Office) -> list[str]:
    """The event times in the order in which the EPJ got the notes."""
    cases = {row.id: row.occurred_at for row in await hub.rows(schema.cases)}
    writes = [key for call, key, _ in hub.epj.calls if call == "write"]
    return [cases[key] for key in writes]


async def test_a_patients_notes_come_in_the_order_of_the_events(sqlite_store: Path) -> None:
    numbers = list(range(12))
    random.Random(3).shuffle(numbers)
    async with office(sqlite_store) as hub:
        hub.dispatcher.hold(EPJ)
        for n in numbers:
            await hub.say(reading(n))
        hub.dispatcher.release(EPJ)
        await hub.done()
        order = await _held_order(hub)
        assert order == sorted(order)
        assert len(order) == 12
        assert hub.epj.most_at_once == 1


async def test_patients_do_not_wait_for_each_other(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(takes_s=0.05)) as hub:
        hub.dispatcher.hold(EPJ)
        for n in range(4):
            for patient in (LINE, GRY):
                await hub.say(reading(n, patient=patient))
        hub.dispatcher.release(EPJ)
        await hub.done()
        assert hub.epj.most_at_once == 2


async def test_no_more_requests_are_under_way_than_the_epj_takes(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(takes_s=0.05), max_in_flight=3) as hub:
        hub.dispatcher.hold(EPJ)
        for patient in patients(20):
            await hub.say(reading(1, patient=patient))
        hub.dispatcher.release(EPJ)
        await hub.done()
        assert hub.epj.most_at_once == 3


async def test_a_case_that_waits_for_a_person_holds_up_nobody_and_is_told_of_in_the_next_note(
    sqlite_store: Path,
) -> None:
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["refuse"]))) as hub:
        first = await hub.say(reading(1))
        await hub.done()
        await hub.say(reading(2))
        await hub.say(reading(3, patient=GRY))
        await hub.done()
        states = sorted((await hub.states()).values(), key=str)
        assert states == [("settled", None), ("settled", None), ("waiting", "refused")]
        (note,) = [h.note.text for h in hub.epj.held.values() if h.note.patient.value == LINE]
        assert "venter på behandling" in note
        assert sum("venter på behandling" in held.note.text for held in hub.epj.held.values()) == 1
        async with hub.engines.reading() as connection:
            (waiting,) = await list_waiting(connection)
        assert (waiting.case_id, waiting.reason) == (first.case_id, "refused")


async def test_a_later_event_that_waits_is_not_told_of_in_an_earlier_note(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["refuse"]))) as hub:
        await hub.say(reading(5))
        await hub.done()
        await hub.say(reading(1))
        await hub.done()
        (held,) = hub.epj.held.values()
        assert "venter på behandling" not in held.note.text


async def test_many_that_wait_for_a_person_do_not_crowd_out_what_can_be_delivered(
    sqlite_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_MOST_PER_LOAD", 5)
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["refuse"] * 8))) as hub:
        for n in range(8):
            await hub.say(reading(n))
            await hub.done()
        await hub.say(reading(30))
        await hub.done()
        assert [s for s, _ in (await hub.states()).values()].count("settled") == 1


async def test_a_queue_longer_than_one_load_is_delivered_whole_and_in_order(
    sqlite_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_MOST_PER_LOAD", 5)
    async with office(sqlite_store) as hub:
        hub.dispatcher.hold(EPJ)
        for n, patient in itertools.product(range(12), (LINE, GRY)):
            await hub.say(reading(n, patient=patient))
        hub.dispatcher.release(EPJ)
        await hub.done()
        assert len(hub.epj.held) == 24
        for patient in (LINE, GRY):
            times = [
                hub.epj.held[key].note.occurred_at
                for call, key, _ in hub.epj.calls
                if call == "write" and hub.epj.held[key].note.patient.value == patient
            ]
            assert times == sorted(times)


async def test_one_epj_that_is_down_holds_up_nobody_elses_notes(sqlite_store: Path) -> None:
    down = FakeEpj(plan_for=lambda note: "down")
    others = {(OTHER_TOWN, "epj"): EpjDestination(down, max_in_flight=32)}
    async with office(sqlite_store, others=others) as hub:
        for n in range(20):
            await hub.say(reading(n), sender="Prove_Alarm_Provestad", municipality=OTHER_TOWN)
        for n in range(20):
            await hub.say(reading(n))
        await hub.until(lambda: len(hub.epj.held) == 20)
        assert not down.held
        states = {row.municipality: row.state for row in await hub.rows(schema.deliveries)}
        assert states[OTHER_TOWN] == "pending"


async def test_a_long_queue_from_before_a_restart_to_one_epj_holds_up_nobody_elses(sqlite_store: Path) -> None:
    down = FakeEpj(plan_for=lambda note: "down")
    others = {(OTHER_TOWN, "epj"): EpjDestination(down, max_in_flight=32)}
    async with office(sqlite_store, others=others) as hub:
        hub.dispatcher.hold(EPJ)
        hub.dispatcher.hold((OTHER_TOWN, "epj"))
        await asyncio.gather(
            *[
                hub.say(reading(1, patient=p), sender="Prove_Alarm_Provestad", municipality=OTHER_TOWN)
                for p in patients(300)
            ]
        )
        await hub.say(reading(2))
    async with office(sqlite_store, others=others) as hub:
        await hub.until(lambda: len(hub.epj.held) == 1)


async def test_an_epj_that_comes_back_gets_everything(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["down"] * 3))) as hub:
        for patient in patients(30):
            await hub.say(reading(1, patient=patient))
        await hub.done()
        assert len(hub.epj.held) == 30
        assert set(hub.epj.created.values()) == {1}


async def test_retry_after_is_respected_by_everything_to_that_epj(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["busy"]), takes_s=0.005), max_in_flight=1) as hub:
        hub.dispatcher.hold(EPJ)
        await hub.say(reading(1))
        await hub.say(reading(1, patient=GRY))
        hub.dispatcher.release(EPJ)
        await hub.done()
        first, *rest = [at for _, _, at in hub.epj.calls]
        assert min(rest) - first >= 4.0 / FASTER


async def test_time_outs_alone_do_not_stop_the_traffic_to_an_epj(sqlite_store: Path) -> None:
    """Every note of Gry's is lost; nobody else waits for that."""
    plan = {GRY: "lost"}
    async with office(sqlite_store, epj=FakeEpj(plan_for=lambda note: plan.get(note.patient.value))) as hub:
        await hub.say(reading(1, patient=GRY))
        await hub.until(lambda: hub.epj.calls)
        for n in range(10):
            await hub.say(reading(n))
        await hub.until(lambda: len(hub.epj.held) == 10)
        assert [state for state, _ in (await hub.states()).values()].count("in_doubt") == 1


async def test_a_patient_that_the_epj_does_not_know_becomes_a_work_item(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["unknown"]))) as hub:
        outcome = await hub.say(reading(1))
        await hub.done()
        assert list((await hub.states()).values()) == [("waiting", "patient_unknown")]
        (alert,) = await hub.rows(schema.operations_alerts)
        assert (alert.kind, alert.case_id, alert.closed_at) == ("patient_unknown", outcome.case_id, None)
        assert not await hub.rows(schema.usage)
        async with hub.engines.writing() as connection:
            assert await send_again(connection, outcome.case_id or "", "epj", by="x", at=hub.clock.now())
            assert not await send_again(connection, outcome.case_id or "", "epj", by="x", at=hub.clock.now())
        hub.dispatcher.look(EPJ)
        await hub.done()
        assert list((await hub.states()).values()) == [("settled", None)]
        assert all(row.closed_at for row in await hub.rows(schema.operations_alerts))


async def test_new_content_gives_a_refused_note_a_new_chance_and_closes_the_alert(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["refuse"]))) as hub:
        await hub.say(alarm())
        await hub.done()
        await hub.say(follow_up(), sender=CENTRE)
        await hub.done()
        assert list((await hub.states()).values()) == [("settled", None)]
        assert all(row.closed_at for row in await hub.rows(schema.operations_alerts))


async def test_new_content_that_comes_while_the_old_is_being_refused_is_sent(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["refuse"]), takes_s=0.1)) as hub:
        await hub.say(alarm())
        await hub.until(lambda: hub.epj.calls)
        await hub.say(follow_up(), sender=CENTRE)
        await hub.done()
        assert list((await hub.states()).values()) == [("settled", None)]


async def test_content_that_comes_while_the_note_is_being_written_amends_it(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(takes_s=0.1)) as hub:
        await hub.say(alarm())
        await hub.until(lambda: hub.epj.calls)
        await hub.say(follow_up(), sender=CENTRE)
        await hub.done()
        assert [call for call, _, _ in hub.epj.calls] == ["write", "amend"]
        (held,) = hub.epj.held.values()
        assert len(held.note.messages) == 2


async def test_a_note_that_stumbles_is_a_work_item_and_stops_nobody(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(plan=deque(["broken"]))) as hub:
        await hub.say(reading(1))
        await hub.say(reading(1, patient=GRY))
        await hub.done()
        assert sorted((await hub.states()).values(), key=str) == [("settled", None), ("waiting", "fault")]


async def test_an_epj_without_look_up_has_its_doubts_settled_by_a_person(sqlite_store: Path) -> None:
    async with office(sqlite_store, epj=FakeEpj(EpjAbilities(find=False), deque(["lost"]))) as hub:
        outcome = await hub.say(reading(1))
        await hub.done()
        assert list((await hub.states()).values()) == [("waiting", "in_doubt")]
        assert [call for call, _, _ in hub.epj.calls] == ["write"]
        async with hub.engines.writing() as connection:
            await send_again(connection, outcome.case_id or "", "epj", by="x", at=hub.clock.now())
        hub.dispatcher.look(EPJ)
        await hub.done()
        assert list((await hub.states()).values()) == [("settled", None)]


async def test_a_refusing_epj_is_not_treated_as_one_that_is_down(sqlite_store: Path) -> None:
    """Down once, then it refuses: it answers, so its queue goes on at full width."""
    epj = FakeEpj(takes_s=0.1)
    async with office(sqlite_store, epj=epj) as hub:

        def down_and_then_held(note: JournalNote) -> str:
            hub.dispatcher.hold(EPJ)
            return "down"

        epj.plan_for = down_and_then_held
        await hub.say(reading(1))
        await hub.until(lambda: hub.rows(schema.delivery_events))
        epj.plan_for = lambda note: "refuse"
        for patient in patients(40):
            await hub.say(reading(1, patient=patient))
        epj.most_at_once = 0
        desk = hub.dispatcher._desks[EPJ]
        assert desk.gate.is_probing
        desk.is_held = False
        hub.dispatcher.look(EPJ)
        await hub.done()
        assert epj.most_at_once > 2


async def test_what_is_held_waits_and_what_is_released_flows_at_once(sqlite_store: Path) -> None:
    async with office(sqlite_store) as hub:
        async with hub.engines.writing() as connection:
            await hold(connection, *EPJ, at=hub.clock.now())
            await hold(connection, *EPJ, at=hub.clock.now())
        hub.dispatcher.hold(EPJ)
        await hub.say(reading(1))
        await asyncio.sleep(0.1)
        assert not hub.epj.calls
        async with hub.engines.writing() as connection:
            await release(connection, *EPJ)
        hub.dispatcher.release(EPJ)
        await hub.done()
        assert len(hub.epj.held) == 1


async def test_a_release_does_not_wait_for_a_back_off(sqlite_store: Path) -> None:
    epj = FakeEpj(plan=deque(["closed"]))
    async with office(sqlite_store, epj=epj) as hub:
        await hub.say(reading(1))
        await hub.until(lambda: hub.rows(schema.delivery_events))
        hub.dispatcher.hold(EPJ)
        async with hub.engines.writing() as connection:
            await release(connection, *EPJ)
        hub.dispatcher.release(EPJ)
        await hub.done()


@hypothesis_settings(max_examples=200)
@given(st.integers(0, 10_000), st.integers(0, 2**32), st.none() | st.floats(0, 100_000))
def test_a_delay_grows_to_a_quarter_of_a_minute_and_never_undercuts_what_was_asked(
    attempts: int, seed: int, asked: float | None
) -> None:
    delay = delay_s(attempts, random.Random(seed), retry_after=asked)
    assert delay >= max(0.125, asked or 0)
    assert delay <= max(15.0, asked or 0)


def test_failures_of_calls_that_were_under_way_together_count_once() -> None:
    gate = Gate()
    for _ in range(32):
        gate.close(2.0, real=100.0)
    assert gate.failures == 1
    assert not gate.is_open(real=101.9)
    assert gate.is_open(real=102.0)
    assert gate.is_probing
    gate.open()
    assert not gate.is_probing


async def test_a_note_that_alone_never_gets_an_answer_ends_up_with_a_person(
    sqlite_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict, "_UNANSWERED_MOST", 2)
    stuck = {"08:01"}

    def plan_for(note: JournalNote) -> str | None:
        return "lost" if note.occurred_at.astimezone(OSLO).strftime("%H:%M") in stuck else None

    async with office(sqlite_store, epj=FakeEpj(plan_for=plan_for)) as hub:
        await hub.say(reading(1))
        await hub.say(reading(2))
        for n in range(3, 40):
            await hub.say(reading(n, patient=GRY))
            if (await hub.states()) and ("waiting", "in_doubt") in (await hub.states()).values():
                break
            await asyncio.sleep(0.02)
        await hub.done()
        assert [s for s in (await hub.states()).values() if s[0] != "settled"] == [("waiting", "in_doubt")]
        assert len([h for h in hub.epj.held.values() if h.note.patient.value == LINE]) == 1
