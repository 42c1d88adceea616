from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from connectors import Connector, Fate, SafetyAlarmRaised, patient
from connectors.mqtt import MqttConnection
from connectors.receipt import sha256_of
from connectors.testing import VirtualClock
from connectors.transport.mqtt import MqttTransport
from hub.model.errors import Unreachable
from tests.connectors.answering import answering
from tests.connectors.brokers import Broker
from tests.connectors.people import ANNA

ORG, SENDER = "314159265", "Acme_Alarm_Testvik"
ALARM = SafetyAlarmRaised(patient=patient(ANNA), device="TA 1", number="A-1", at=datetime(2025, 3, 3, 8, tzinfo=UTC))


def connector(broker: Broker, *, spool: Path | None = None, clock: VirtualClock | None = None) -> Connector:
    connection = MqttConnection(broker.url, client_id="vendor", connect_within_s=None)
    transport = MqttTransport(connection, municipality=ORG, sender=SENDER, receipt_within_s=1)
    return Connector(transport, municipality=ORG, sender=SENDER, spool=spool, timer=clock)


async def test_events_go_out_and_receipts_come_back(any_broker: Broker) -> None:
    async with answering(any_broker.url) as hub, connector(any_broker) as c:
        report = await (await c.tell(ALARM)).answered()
    assert (report.fate, report.receipt) == (Fate.TAKEN, "accepted")
    assert [m.topic for m in hub.seen] == [f"vft/{ORG}/{SENDER}/TA%201/event"]


async def test_a_connector_starts_without_a_broker_and_delivers_when_there_is_one(nats: Broker) -> None:
    nats.kill()
    clock = VirtualClock()
    async with connector(nats, clock=clock) as c:
        told = await c.tell(ALARM)
        async for report in c.reports():
            assert report.fate is Fate.WAITING
            break
        nats.start()
        await nats.answers()
        async with answering(nats.url):
            assert (await clock.pass_until(told.answered())).fate is Fate.TAKEN


async def test_a_lost_receipt_means_the_same_bytes_again(nats: Broker) -> None:
    clock = VirtualClock()
    async with answering(nats.url) as hub, connector(nats, clock=clock) as c:
        payload = orjson.dumps(c.fhir(ALARM))
        hub.silent.add(sha256_of(payload))
        told = await c.tell(ALARM)
        async for report in c.reports():
            assert report.fate is Fate.WAITING
            break
        hub.silent.clear()
        assert (await clock.pass_until(told.answered())).receipt == "duplicate"
    assert [m.payload for m in hub.seen] == [payload, payload]


async def test_how_a_device_is_stays_on_the_broker_for_whoever_asks_later(any_broker: Broker) -> None:
    async with MqttConnection(any_broker.url, client_id="x") as line:
        transport = MqttTransport(
            MqttConnection(any_broker.url, client_id="y"), municipality=ORG, sender=SENDER, receipt_within_s=1
        )
        clock = VirtualClock(datetime(2025, 7, 1, 12, tzinfo=UTC))
        async with Connector(transport, municipality=ORG, sender=SENDER, timer=clock) as c:
            await c.report_device("TA-1", state="ok", battery=80, next_within_s=600)
        async with line.subscribe(f"vft/{ORG}/{SENDER}/TA-1/status") as statuses:
            status = await asyncio.wait_for(anext(statuses), 10)
    assert status.retained
    assert orjson.loads(status.payload) == {
        "state": "ok",
        "battery": 80,
        "at": "2025-07-01T14:00:00+02:00",
        "next_within_s": 600,
    }


async def test_a_device_can_not_be_reported_without_a_connection(nats: Broker) -> None:
    nats.kill()
    async with connector(nats) as c:
        with pytest.raises(Unreachable):
            await c.report_device("TA-1", state="ok")
