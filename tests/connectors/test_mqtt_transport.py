from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from connectors import Closed, Connector, Fate, SafetyAlarmRaised, patient
from connectors.mqtt import MqttConnection
from connectors.receipt import sha256_of
from connectors.testing import VirtualClock
from connectors.transport.mqtt import MqttTransport
from hub.model.errors import Refused, Unreachable
from tests.connectors.answering import answering
from tests.connectors.brokers import Broker, mosquitto
from tests.connectors.people import ANNA

ORG, SENDER = "314159265", "Acme_Alarm_Testvik"
ALARM = SafetyAlarmRaised(patient=patient(ANNA), device="TA 1", number="A-1", at=datetime(2025, 3, 3, 8, tzinfo=UTC))


def connector(broker: Broker, *, clock: VirtualClock | None = None, receipt_within_s: float = 10.0) -> Connector:
    connection = MqttConnection(broker.url, client_id="vendor", connect_within_s=None)
    transport = MqttTransport(connection, municipality=ORG, sender=SENDER, receipt_within_s=receipt_within_s)
    return Connector(transport, municipality=ORG, sender=SENDER, timer=clock)


async def test_events_go_out_and_receipts_come_back(any_broker: Broker) -> None:
    async with answering(any_broker.url) as hub, connector(any_broker) as c:
        report = await (await c.tell(ALARM)).answered()
    assert (report.fate, report.receipt) == (Fate.TAKEN, "accepted")
    assert [m.topic for m in hub.seen] == [f"vft/{ORG}/{SENDER}/TA%201/event"]


async def test_a_message_that_the_broker_would_break_the_line_for_is_refused_and_holds_up_nobody(nats: Broker) -> None:
    closed = Closed(alert=ALARM, at=ALARM.at, by="op-1", note="æ" * 600_000)
    async with answering(nats.url) as hub, connector(nats) as c, asyncio.timeout(10):
        report = await (await c.tell(closed)).answered()
        assert (report.fate, report.receipt) == (Fate.REFUSED, None)
        assert "message-too-large" in report.text
        assert (await (await c.tell(ALARM)).answered()).fate is Fate.TAKEN
    assert len(hub.seen) == 1


@pytest.mark.needs("mosquitto")
async def test_how_much_a_broker_takes_is_respected_where_it_says_so(tmp_path: Path) -> None:
    broker = mosquitto(tmp_path, "allow_anonymous true\nmax_packet_size 4000\n")
    broker.start()
    try:
        await broker.answers()
        async with MqttConnection(broker.url, client_id="vendor", version="5") as line:
            room = 4000 - len("vft/x") - 8  # around it: kind, length (2), topic's length (2), number (2), no properties
            with pytest.raises(Refused, match="larger"):
                await line.publish("vft/x", b"x" * (room + 1))
            await line.publish("vft/x", b"x" * room)
            with pytest.raises(Refused, match="larger"):
                await line.publish("vft/x", b"x" * (room - 6), correlation=b"1234")  # a property: 1 + 2 + 4
            await line.publish("vft/x", b"x" * (room - 7), correlation=b"1234")
    finally:
        broker.kill()


async def test_a_connector_starts_without_a_broker_and_delivers_when_there_is_one(nats: Broker) -> None:
    nats.kill()
    clock = VirtualClock()
    async with connector(nats, clock=clock, receipt_within_s=1) as c:
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
    async with answering(nats.url) as hub, connector(nats, clock=clock, receipt_within_s=1) as c:
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
