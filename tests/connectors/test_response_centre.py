from __future__ import annotations

import asyncio
from pathlib import Path

import aiosqlite
import pytest

from connectors.event_channel import EventChannel
from connectors.mqtt import MqttConnection
from connectors.receipt import Receipt, read_receipt, sha256_of
from connectors.response_centre import Alert, ResponseCentre
from connectors.topics import event_topic
from hub.model.codes import ReceiptCode
from hub.model.errors import DeliveryFailed, OutcomeUnknown, Unreachable
from tests.connectors.answering import answering
from tests.connectors.brokers import Broker

ORG = "314159265"
ALERTS = f"vft/{ORG}/response-centre/alert"
RECEIPTS = f"vft/{ORG}/response-centre/receipt"


def centre_of(broker: Broker) -> MqttConnection:
    return MqttConnection(broker.url, client_id="centre", session="persistent")


async def next_alert(centre: ResponseCentre) -> Alert:
    return await asyncio.wait_for(anext(centre.alerts()), 10)


async def test_an_alert_is_shown_once_and_its_confirmation_names_the_bytes(any_broker: Broker) -> None:
    async with (
        MqttConnection(any_broker.url, client_id="hub") as hub,
        hub.subscribe(RECEIPTS) as receipts,
        centre_of(any_broker) as line,
        ResponseCentre(line, municipality=ORG, sender="Vakt_Sentral_Testvik") as centre,
    ):
        for payload in (b'{"a":1}', b'{"a":1}', b'{"a":2}'):
            await hub.publish(ALERTS, payload)
        first = await next_alert(centre)
        assert (first.payload, first.resource) == (b'{"a":1}', {"a": 1})
        await first.confirm()
        receipt = read_receipt((await anext(receipts)).payload)
        assert receipt == Receipt(ReceiptCode.ACCEPTED, sha256_of(b'{"a":1}'), text="Mottatt og lagret")
        assert (await next_alert(centre)).payload == b'{"a":2}'


async def test_a_repeated_alert_that_was_confirmed_is_confirmed_again_without_being_shown(nats: Broker) -> None:
    async with (
        MqttConnection(nats.url, client_id="hub") as hub,
        hub.subscribe(RECEIPTS) as receipts,
        centre_of(nats) as line,
        ResponseCentre(line, municipality=ORG, sender="s") as centre,
    ):
        await hub.publish(ALERTS, b"{}")
        await (await next_alert(centre)).confirm()
        await hub.publish(ALERTS, b"{}")
        await hub.publish(ALERTS, b"[]")
        codes = [read_receipt((await anext(receipts)).payload) for _ in range(2)]
        assert [c and c.code for c in codes] == [ReceiptCode.ACCEPTED, ReceiptCode.DUPLICATE]
        assert (await next_alert(centre)).payload == b"[]"


async def test_after_a_restart_only_what_was_not_confirmed_is_shown_again(nats: Broker, tmp_path: Path) -> None:
    memory = tmp_path / "alerts.db"
    async with (
        MqttConnection(nats.url, client_id="hub") as hub,
        centre_of(nats) as line,
        ResponseCentre(line, municipality=ORG, sender="s", memory=memory) as centre,
    ):
        await hub.publish(ALERTS, b"1")
        await hub.publish(ALERTS, b"2")
        await (await next_alert(centre)).confirm()
        await next_alert(centre)
    async with MqttConnection(nats.url, client_id="hub") as hub:
        await hub.publish(ALERTS, b"1")
        await hub.publish(ALERTS, b"3")
    async with centre_of(nats) as line, ResponseCentre(line, municipality=ORG, sender="s", memory=memory) as centre:
        assert [(await next_alert(centre)).payload for _ in range(2)] == [b"2", b"3"]
    assert b"1" not in await _payloads(memory)


async def _payloads(memory: Path) -> list[bytes | None]:
    async with aiosqlite.connect(memory) as store:
        return [row[0] for row in await store.execute_fetchall("SELECT payload FROM alert")]


async def test_the_handling_is_sent_as_events_of_the_centres_own_and_answered(any_broker: Broker) -> None:
    async with (
        answering(any_broker.url) as hub,
        centre_of(any_broker) as line,
        ResponseCentre(line, municipality=ORG, sender="Vakt") as centre,
    ):
        receipts = await asyncio.gather(*(centre.send(b"%d" % n, device="plass-1") for n in range(20)))
        assert [r.sha256 for r in receipts] == [sha256_of(b"%d" % n) for n in range(20)]
        assert {r.code for r in receipts} == {ReceiptCode.ACCEPTED}
        assert (await centre.send(b"1", device="plass-1")).code is ReceiptCode.DUPLICATE
        rejected = await centre.send(b"{", device="plass-1")
        assert not rejected.is_settled
        assert [(r.rule, r.path) for r in rejected.remarks] == [("json-broken", "$this")]
        assert rejected.identifier == ("urn:s", "1")
        assert {m.topic for m in hub.seen} == {f"vft/{ORG}/Vakt/plass-1/event"}


async def test_an_event_without_receipt_is_in_doubt_and_may_be_sent_again(nats: Broker) -> None:
    async with (
        answering(nats.url) as hub,
        MqttConnection(nats.url, client_id="a") as line,
        EventChannel(line, municipality=ORG, sender="s") as channel,
    ):
        hub.silent.add(sha256_of(b"1"))
        with pytest.raises(OutcomeUnknown):
            await channel.send(b"1", device="d", timeout_s=0.2)
        hub.silent.clear()
        assert (await channel.send(b"1", device="d")).code is ReceiptCode.DUPLICATE


async def test_events_wait_for_a_broker_that_is_away(nats: Broker) -> None:
    async with MqttConnection(nats.url, client_id="a") as line, EventChannel(line, municipality=ORG, sender="s") as c:
        nats.kill()
        with pytest.raises(DeliveryFailed):
            await c.send(b"1", device="d", timeout_s=0.2)
        nats.start()
        await nats.answers()
        async with answering(nats.url):
            await line.wait_connected()
            assert (await c.send(b"2", device="d")).code is ReceiptCode.ACCEPTED


async def test_closing_the_connection_ends_the_alerts_and_fails_what_waits(nats: Broker) -> None:
    line = await centre_of(nats).__aenter__()
    async with ResponseCentre(line, municipality=ORG, sender="s") as centre:
        sending = asyncio.create_task(centre.send(b"{}", device="d"))
        await asyncio.sleep(0)
        await line.__aexit__(None, None, None)
        assert [a async for a in centre.alerts()] == []
        with pytest.raises(Unreachable):
            await sending
        with pytest.raises(Unreachable):
            await centre.send(b"{}", device="d")


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"issue":[]}', b'{"resourceType":"Patient","issue":[{}]}'])
def test_what_is_no_receipt_is_none(payload: bytes) -> None:
    assert read_receipt(payload) is None


@pytest.mark.parametrize(("device", "segment"), [("TA 17/b", "TA%2017%2Fb"), ("+", "%2B"), ("100%", "100%25")])
async def test_a_device_may_have_any_number_in_its_topic(nats: Broker, device: str, segment: str) -> None:
    async with (
        answering(nats.url) as hub,
        MqttConnection(nats.url, client_id="a") as line,
        EventChannel(line, municipality=ORG, sender="s") as channel,
    ):
        assert (await channel.send(b"{}", device=device)).code is ReceiptCode.ACCEPTED
        assert [m.topic for m in hub.seen] == [f"vft/{ORG}/s/{segment}/event"]


@pytest.mark.parametrize("sender", ["", "a/b", "+", "a b", "#"])
async def test_a_sender_that_no_topic_can_hold_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match="topic"):
        event_topic(ORG, sender, "d")
