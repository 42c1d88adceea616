from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from connectors import (
    Connector,
    Event,
    MeasurementTaken,
    MemoryTransport,
    SafetyAlarmRaised,
    SupervisionDone,
    patient,
    pulse,
)
from connectors.connector import Told
from connectors.transport.http import JftTransport, VkpTransport
from hub.fhir.parsing import EVENT_TYPES
from hub.model.errors import Unreachable
from tests.connectors.people import ANNA

AT = datetime(2025, 3, 3, 7, 30, 15, tzinfo=UTC)
EVENTS: tuple[Event, ...] = (
    SafetyAlarmRaised(patient=patient(ANNA), device="TA-17", number="A-1", at=AT),
    SupervisionDone(patient=patient(ANNA), device="DT-1", at=AT, until=AT, number="S-1"),
    MeasurementTaken(patient=patient(ANNA), device="PU-1", at=AT, number="M-1", measurements=(pulse(72),)),
)


def by(way: MemoryTransport, spool: Path) -> Connector:
    return Connector(way, municipality="314159265", sender="Acme_Alarm_Testvik", spool=spool)


async def all_answered(told: list[Told]) -> None:
    for each in told:
        await each.answered()


async def test_what_waited_for_one_way_goes_by_another_in_a_shape_that_it_takes(tmp_path: Path) -> None:
    out_of_reach, jft = MemoryTransport(), MemoryTransport(takes=JftTransport.takes)
    out_of_reach.fail_next(*(Unreachable("away") for _ in range(100)))
    async with by(out_of_reach, tmp_path / "spool.db") as connector:
        await connector.tell_all(EVENTS)
    async with by(jft, tmp_path / "spool.db") as connector:
        await connector.drained()
    assert [message.resource_type for message in jft.received] == ["Bundle"] * len(EVENTS)


async def test_what_waited_goes_as_it_would_have_gone_had_it_been_told_now(tmp_path: Path) -> None:
    out_of_reach, moved, told_now = MemoryTransport(), *(MemoryTransport(takes=JftTransport.takes) for _ in "12")
    out_of_reach.fail_next(*(Unreachable("away") for _ in range(100)))
    async with by(out_of_reach, tmp_path / "spool.db") as connector:
        await connector.tell_all(EVENTS)
    async with by(moved, tmp_path / "spool.db") as connector:
        await connector.drained()
    async with by(told_now, tmp_path / "another.db") as connector:
        await all_answered(await connector.tell_all(EVENTS))
    assert [message.payload for message in moved.received] == [message.payload for message in told_now.received]


async def test_what_one_way_has_taken_is_known_when_it_is_told_again_by_another(tmp_path: Path) -> None:
    sends = []
    for takes in (EVENT_TYPES, VkpTransport.takes, JftTransport.takes, EVENT_TYPES):
        way = MemoryTransport(takes=frozenset(takes))
        async with by(way, tmp_path / "spool.db") as connector:
            await all_answered(await connector.tell_all(EVENTS))
        sends.append(way.sends)
    assert sends == [len(EVENTS), 0, 0, 0]


async def test_nothing_of_an_event_is_kept_once_the_hub_has_it(tmp_path: Path) -> None:
    async with by(MemoryTransport(), tmp_path / "spool.db") as connector:
        await all_answered(await connector.tell_all(EVENTS))
    with sqlite3.connect(tmp_path / "spool.db") as spool:
        kept = spool.execute("SELECT count(*) FROM event WHERE payload IS NOT NULL OR bundle IS NOT NULL").fetchone()
    spool.close()
    assert kept == (0,)


async def test_a_spool_of_an_earlier_version_is_taken_over_with_what_waits_in_it(tmp_path: Path) -> None:
    out_of_reach, hub = MemoryTransport(), MemoryTransport()
    out_of_reach.fail_next(*(Unreachable("away") for _ in range(100)))
    async with by(out_of_reach, tmp_path / "spool.db") as connector:
        await connector.tell_all(EVENTS)
    with sqlite3.connect(tmp_path / "spool.db") as spool:
        spool.execute("ALTER TABLE event DROP COLUMN bundle")
    spool.close()
    async with by(hub, tmp_path / "spool.db") as connector:
        await connector.drained()
    assert len(hub.received) == len(EVENTS)
