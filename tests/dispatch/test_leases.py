"""Leases: a share of the patients is worked on by one process at a time, and taken over when that one is gone."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from hub.store import leases as store_leases
from hub.store.accepting import PARTITIONS
from hub.store.engine import open_engines
from hub.store.leases import Leases
from hub.store.waiting import hold, release
from tests.benchmarks.people import patients
from tests.dispatch.office import FakeEpj, Hurried, office
from tests.ingest.intake import NOW
from tests.messages import MUNICIPALITY, observation


async def test_a_lone_process_holds_everything(store: Path | str) -> None:
    engines = await open_engines(store)
    leases = Leases(engines, "one")
    await leases.renew(real=1000.0)
    assert len(leases.held) == PARTITIONS
    await engines.aclose()


async def test_two_processes_share_and_never_hold_the_same(store: Path | str) -> None:
    engines = await open_engines(store)
    one, two = Leases(engines, "one"), Leases(engines, "two")
    await one.renew(real=1000.0)
    await two.renew(real=1000.0)
    assert not two.held
    await one.renew(real=1001.0)
    await two.renew(real=1001.0)
    assert (len(one.held), len(two.held)) == (PARTITIONS // 2, PARTITIONS // 2)
    assert not one.held.keys() & two.held.keys()
    await engines.aclose()


async def test_shares_with_something_under_way_are_not_given_back(store: Path | str) -> None:
    engines = await open_engines(store)
    one, two = Leases(engines, "one"), Leases(engines, "two")
    busy = set(range(PARTITIONS - 5, PARTITIONS))
    await one.renew(real=1000.0)
    await two.renew(real=1000.0)
    await one.renew(real=1001.0, busy=lambda: busy)
    await two.renew(real=1001.0)
    assert busy <= one.held.keys()
    assert not one.held.keys() & two.held.keys()
    await engines.aclose()


async def test_what_is_given_back_is_let_go_of_before_anybody_else_can_have_it(store: Path | str) -> None:
    """Between being seen idle and being free for others, a share is nobody's."""
    engines = await open_engines(store)
    one, two = Leases(engines, "one"), Leases(engines, "two")
    await one.renew(real=1000.0)
    await two.renew(real=1000.0)
    seen: list[set[int]] = []

    def busy() -> set[int]:
        asyncio.get_running_loop().call_soon(lambda: seen.append(set(one.held)))
        return set()

    await one.renew(real=1001.0, busy=busy)
    assert seen[0] == set(one.held)
    await engines.aclose()


async def test_the_shares_of_a_dead_process_are_taken_over_when_its_lease_runs_out(store: Path | str) -> None:
    engines = await open_engines(store)
    dead, alive = Leases(engines, "dead"), Leases(engines, "alive")
    await dead.renew(real=1000.0)
    await alive.renew(real=1000.0 + store_leases.LEASE_SECONDS - 0.1)
    assert not alive.held
    await alive.renew(real=1000.0 + store_leases.LEASE_SECONDS)
    assert len(alive.held) == PARTITIONS
    await engines.aclose()


async def test_an_installation_that_is_started_again_has_its_shares_at_once_and_trusts_nothing_older(
    store: Path | str,
) -> None:
    engines = await open_engines(store)
    await Leases(engines, "one").renew(real=1000.0)
    again = Leases(engines, "one")
    await again.renew(real=1005.0)
    assert len(again.held) == PARTITIONS
    assert not again.is_fresh(0, 1004.9)
    assert again.is_fresh(0, 1005.0)
    await engines.aclose()


async def test_a_process_that_slept_past_its_lease_trusts_nothing_from_before(store: Path | str) -> None:
    """Somebody else may have held the share meanwhile, sent, and let go of it."""
    engines = await open_engines(store)
    sleeper, other = Leases(engines, "sleeper"), Leases(engines, "other")
    await sleeper.renew(real=1000.0)
    await other.renew(real=1201.0)
    await sleeper.renew(real=1500.0)
    assert len(sleeper.held) == PARTITIONS
    assert not sleeper.is_fresh(0, 1010.0)
    await engines.aclose()


async def test_a_lapsed_lease_that_nobody_took_is_not_trusted_either(store: Path | str) -> None:
    engines = await open_engines(store)
    sleeper = Leases(engines, "sleeper")
    await sleeper.renew(real=1000.0)
    assert not sleeper.may_send(0, real=1000.0 + store_leases.LEASE_SECONDS / 2)
    await sleeper.renew(real=1300.0)
    assert not sleeper.is_fresh(0, 1010.0)
    assert sleeper.may_send(0, real=1301.0)
    await engines.aclose()


@pytest.mark.needs("postgresql")
async def test_two_hubs_on_one_database_deliver_every_note_once_between_them(postgresql_store: str) -> None:
    epj, clock = FakeEpj(takes_s=0.003), Hurried(NOW)
    many = patients(60)
    async with (
        office(postgresql_store, epj=epj, owner="one", clock=clock) as one,
        office(postgresql_store, epj=epj, owner="two", clock=clock) as two,
    ):
        hubs = (one, two)
        await asyncio.gather(
            *[hubs[i % 2].say(observation(f"o{i}-{n}", patient=p)) for i, p in enumerate(many) for n in range(2)]
        )
        await one.done()
        assert set(epj.created.values()) == {1}
        assert len(epj.created) == 120
        assert epj.most_per_key == 1
        await one.until(lambda: len(one.leases.held) == len(two.leases.held) == PARTITIONS // 2)


@pytest.mark.needs("postgresql")
async def test_what_one_hub_leaves_behind_the_other_delivers_once(postgresql_store: str) -> None:
    clock = Hurried(NOW)
    theirs = FakeEpj()
    mine = FakeEpj(held=theirs.held, created=theirs.created, plan_for=lambda note: "die-after")
    async with office(postgresql_store, epj=theirs, owner="other", clock=clock) as other:
        async with office(postgresql_store, epj=mine, owner="dying", clock=clock) as dying:
            await other.until(lambda: len(dying.leases.held) == len(other.leases.held))
            for i, p in enumerate(patients(12)):
                await dying.say(observation(f"o{i}", patient=p))
            await dying.until(lambda: sum(theirs.created.values()) == 12)
            assert mine.calls
        await other.done()
        assert Counter(theirs.created.values()) == {1: 12}
        assert {call for call, key, _ in theirs.calls if key in {k for _, k, _ in mine.calls}} == {"find"}


@pytest.mark.needs("postgresql")
async def test_what_one_hub_was_told_to_hold_the_other_holds_too(postgresql_store: str) -> None:
    clock, epj, address = Hurried(NOW), FakeEpj(), (MUNICIPALITY, "epj")
    async with (
        office(postgresql_store, epj=epj, owner="one", clock=clock) as one,
        office(postgresql_store, epj=epj, owner="two", clock=clock) as two,
    ):
        async with one.engines.writing() as connection:
            await hold(connection, *address, at=clock.now())
        await two.until(lambda: all(h.dispatcher.is_held(address) for h in (one, two)))
        await one.say(observation())
        async with one.engines.writing() as connection:
            await release(connection, *address)
        await two.done()
        assert not two.dispatcher.is_held(address)
