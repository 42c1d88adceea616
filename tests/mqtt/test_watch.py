"""What is watched: last wills, silence past a declared interval, and alerts that nobody acknowledges in time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.api.watch import Watch, status_of
from hub.store import schema
from hub.store.watching import all_devices, list_alerts
from tests.ingest.intake import CENTRE, Intake, intake, settings
from tests.messages import MUNICIPALITY, SENDER, alarm, follow_up

DEVICE = (MUNICIPALITY, SENDER, "dev-1")


@dataclass(slots=True)
class Watchtower:
    """A watch with its hub."""

    hub: Intake
    watch: Watch

    def status(self, *, is_retained: bool = False, **said: Any) -> None:
        status = status_of(orjson.dumps({"state": "online"} | said), *DEVICE, now=self.hub.clock.now())
        assert status is not None
        self.watch.said(status, is_retained=is_retained)

    def at(self, **before: float) -> str:
        return (self.hub.clock.now() - timedelta(**before)).isoformat()

    async def alerts(self) -> list[str]:
        """One round, and the kinds of the alerts that are open after it."""
        await self.watch.look()
        async with self.hub.engines.reading() as connection:
            return [alert.kind for alert in await list_alerts(connection)]

    def restarted(self) -> Watchtower:
        """The same hub after a restart."""
        return Watchtower(self.hub, Watch(self.hub.engines, self.hub.clock, on_wants=self.hub.wants.extend))


@asynccontextmanager
async def watchtower(location: Path | str, routing: str = 'alert = "epj"') -> AsyncIterator[Watchtower]:
    async with intake(location, found=settings(routing)) as hub:
        yield Watchtower(hub, Watch(hub.engines, hub.clock, on_wants=hub.wants.extend))


async def test_silence_past_the_declared_interval_is_told_to_operations_once(store: Path | str) -> None:
    async with watchtower(store) as it:
        it.status(next_within_s=60)
        assert await it.alerts() == []
        it.hub.clock.advance(seconds=61)
        assert await it.alerts() == ["silent"]
        it.hub.clock.advance(seconds=600)
        assert await it.alerts() == ["silent"]
        assert (await it.hub.counts())["technical_alerts"] == 1


async def test_a_device_that_declared_no_interval_is_never_silent(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        it.status()
        await it.watch.look()
        it.hub.clock.advance(days=400)
        assert await it.alerts() == []


@pytest.mark.parametrize("interval", [0, -5, True, "60", None, [], 1e300])
async def test_an_odd_interval_is_no_interval(sqlite_store: Path, interval: Any) -> None:
    async with watchtower(sqlite_store) as it:
        it.status(next_within_s=interval)
        await it.watch.look()
        it.hub.clock.advance(days=400)
        assert await it.alerts() == []


@pytest.mark.parametrize("how", ["status", "event"])
async def test_whatever_is_heard_from_a_silent_device_ends_its_alert(store: Path | str, how: str) -> None:
    async with watchtower(store) as it:
        it.status(next_within_s=60)
        await it.watch.look()
        it.hub.clock.advance(seconds=61)
        assert await it.alerts() == ["silent"]
        it.hub.clock.advance(seconds=10)
        if how == "status":
            it.status(next_within_s=60)
        else:
            it.watch.heard(*DEVICE, it.hub.clock.now())
        assert await it.alerts() == []
        it.hub.clock.advance(seconds=61)
        assert await it.alerts() == ["silent"]


async def test_events_count_as_signs_of_life(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        it.status(next_within_s=60)
        for _ in range(5):
            it.hub.clock.advance(seconds=50)
            it.watch.heard(*DEVICE, it.hub.clock.now())
            assert await it.alerts() == []


async def test_time_in_which_nobody_listened_does_not_count_as_silence(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        it.status(next_within_s=60)
        await it.watch.look()
        it.hub.clock.advance(hours=5)
        again = it.restarted()
        assert await again.alerts() == []
        it.hub.clock.advance(seconds=61)
        assert await again.alerts() == ["silent"]


async def test_a_retained_status_that_comes_again_is_no_sign_of_life(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        said_at = it.at()
        it.status(at=said_at, next_within_s=60)
        await it.watch.look()
        it.hub.clock.advance(seconds=61)
        assert await it.alerts() == ["silent"]
        it.status(at=said_at, next_within_s=60, is_retained=True)
        assert await it.alerts() == ["silent"]


async def test_a_retained_status_does_not_take_back_what_was_heard_later(store: Path | str) -> None:
    """A reconnection to the broker brings old statuses; the device spoke since."""
    async with watchtower(store) as it:
        said_at = it.at()
        it.status(at=said_at, next_within_s=60)
        await it.watch.look()
        it.hub.clock.advance(seconds=50)
        it.watch.heard(*DEVICE, it.hub.clock.now())
        await it.watch.look()
        it.hub.clock.advance(seconds=20)
        it.status(at=said_at, next_within_s=60, is_retained=True)
        assert await it.alerts() == []


async def test_a_last_will_is_told_of_although_it_was_written_long_before(store: Path | str) -> None:
    async with watchtower(store) as it:
        connected = it.at()
        it.hub.clock.advance(hours=1)
        it.status(at=it.at())
        await it.watch.look()
        it.hub.clock.advance(hours=1)
        it.status(state="offline", at=connected)
        assert await it.alerts() == ["lost"]
        it.status(state="online", at=it.at())
        assert await it.alerts() == []


async def test_a_last_will_that_came_while_the_hub_was_down_is_told_of(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        connected = it.at()
        it.hub.clock.advance(hours=1)
        it.status(at=it.at())
        await it.watch.look()
        it.hub.clock.advance(hours=1)
        again = it.restarted()
        again.status(state="OFFLINE", at=connected, is_retained=True)
        assert await again.alerts() == ["lost"]


async def test_an_old_status_that_is_delivered_again_does_not_end_the_alert(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        old = it.at()
        it.hub.clock.advance(minutes=5)
        it.status(state="offline")
        assert await it.alerts() == ["lost"]
        it.status(at=old)
        assert await it.alerts() == ["lost"]


async def test_of_two_statuses_in_one_round_the_newer_one_counts(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        it.status(at=it.at(), battery=50)
        it.status(at=it.at(minutes=5), battery=90)
        await it.watch.look()
        async with it.hub.engines.reading() as connection:
            (device,) = await all_devices(connection)
        assert device.battery == 50


async def test_a_clock_that_was_once_far_ahead_does_not_silence_a_device_for_ever(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        it.status(at="2099-01-01T00:00:00Z", battery=10)
        await it.watch.look()
        it.hub.clock.advance(minutes=1)
        it.status(at=it.at(), battery=20)
        await it.watch.look()
        async with it.hub.engines.reading() as connection:
            (device,) = await all_devices(connection)
        assert device.battery == 20


async def test_very_many_statuses_in_one_round_are_taken(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        for i in range(12_000):
            status = status_of(b'{"state": "offline"}', MUNICIPALITY, SENDER, f"d{i}", now=it.hub.clock.now())
            assert status is not None
            if i >= 11_500:
                it.watch.said(status, is_retained=False)
        await it.watch.look()
        for i in range(12_000):
            status = status_of(b'{"state": "online"}', MUNICIPALITY, SENDER, f"d{i}", now=it.hub.clock.now())
            assert status is not None
            it.watch.said(status, is_retained=False)
        assert await it.alerts() == []


# Alerts that nobody acknowledges in time.


async def test_an_unanswered_alert_is_escalated_and_journaled_as_such(store: Path | str) -> None:
    async with watchtower(store, 'alert = "response_centre"\nacknowledge_within_minutes = 0.5') as it:
        outcome = await it.hub.say(alarm())
        it.hub.clock.advance(seconds=29)
        assert await it.alerts() == []
        it.hub.clock.advance(seconds=2)
        assert await it.alerts() == ["not_acknowledged"]
        assert set(await it.hub.wanted("epj")) == {outcome.case_id}
        assert [want.destination for want in it.hub.wants] == ["response_centre", "epj"]
        assert await it.alerts() == ["not_acknowledged"]
        assert (await it.hub.counts())["escalated"] == 1


async def test_the_default_is_half_an_hour(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store, "") as it:
        await it.hub.say(alarm())
        it.hub.clock.advance(minutes=29, seconds=59)
        assert await it.alerts() == []
        it.hub.clock.advance(seconds=2)
        assert await it.alerts() == ["not_acknowledged"]


async def test_a_follow_up_in_time_keeps_the_alert_from_being_escalated(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store, 'alert = "response_centre"') as it:
        await it.hub.say(alarm())
        await it.hub.say(follow_up(), sender=CENTRE)
        it.hub.clock.advance(hours=2)
        assert await it.alerts() == []


async def test_a_later_follow_up_amends_what_was_journaled_as_not_acknowledged(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store, 'alert = "response_centre"') as it:
        await it.hub.say(alarm())
        it.hub.clock.advance(minutes=31)
        await it.watch.look()
        (before,) = (await it.hub.wanted("epj")).values()
        await it.hub.say(follow_up(), sender=CENTRE)
        (after,) = (await it.hub.wanted("epj")).values()
        assert after > before
        (case,) = await it.hub.rows(schema.cases)
        assert case.escalated_at is not None
        assert case.followed_up_at is not None


async def test_a_later_follow_up_takes_the_alert_off_operations_list(store: Path | str) -> None:
    async with watchtower(store, 'alert = "response_centre"') as it:
        await it.hub.together(alarm(), alarm("alarm-2", at="2026-11-23T10:01:00+01:00"))
        it.hub.clock.advance(minutes=31)
        assert await it.alerts() == ["not_acknowledged", "not_acknowledged"]
        await it.hub.say(follow_up(), sender=CENTRE)
        assert await it.alerts() == ["not_acknowledged"]


async def test_an_alert_that_goes_straight_to_the_epj_is_not_escalated(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store) as it:
        await it.hub.say(alarm())
        it.hub.clock.advance(hours=2)
        assert await it.alerts() == []


async def test_more_unanswered_alerts_than_one_round_takes_are_all_escalated(sqlite_store: Path) -> None:
    async with watchtower(sqlite_store, 'alert = "response_centre"') as it:
        await it.hub.together(*[alarm(f"a{i}", at=f"2026-11-23T09:{i // 60:02}:{i % 60:02}+01:00") for i in range(250)])
        it.hub.clock.advance(hours=1)
        for _ in range(2):
            await it.watch.look()
        assert (await it.hub.counts())["escalated"] == 250
