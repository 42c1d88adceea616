"""MQTT: receipts that don't come, brokers that go away, and how and where the system publishes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors import SafetyAlarmRaised
from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.driving.system import NotTaken
from hub.conformance.national.mqtt_packets import Publish
from hub.conformance.national.script import Answer, Cut, Fine, Late, Silence
from hub.conformance.plan import Group
from hub.conformance.suites.delivery._arriving import (
    expect_delivered,
    expect_left_alone,
    expect_same_bytes,
    expect_told_refused,
    first_sent,
)
from hub.conformance.suites.delivery._order import expect_order
from hub.conformance.verdicts import Skipped, both, expect, listed
from hub.model.language import same

GROUP = Group("delivery", "mqtt", both("MQTT når noe går galt", "MQTT when something goes wrong"), ("connector",), 30)
_WAYS = ("mqtt",)
_AWAY_S = 0.7


@GROUP.test("no-receipt", "MQTT-1", both("Ingen kvittering, ikke registrert", "No receipt, not registered"), ways=_WAYS)
async def no_receipt(bench: ConnectorBench) -> None:
    """Without a receipt nothing is delivered: it is sent again, unchanged."""
    await _once_after(bench, Silence("before"))


@GROUP.test(
    "receipt-lost", "MQTT-2", both("Ingen kvittering, men registrert", "No receipt, but registered"), ways=_WAYS
)
async def receipt_lost(bench: ConnectorBench) -> None:
    """What is sent again after a lost receipt has the same bytes, and is registered once."""
    await _once_after(bench, Silence("after"))


@GROUP.test("receipt-late", "MQTT-3", both("Kvitteringen kommer for sent", "The receipt comes too late"), ways=_WAYS)
async def receipt_late(bench: ConnectorBench) -> None:
    """A receipt that comes after the system has given up waiting doubles nothing."""
    await _once_after(bench, Late(2.5))


async def _once_after(bench: ConnectorBench, fault: Silence | Late) -> None:
    async with bench.connected() as it:
        it.lane.script.next(fault)
        await it.system.tell(bench.alarm())
        await expect_delivered(it, 1)
        expect_same_bytes(it.lane.heard.messages, 1)


@GROUP.test("rejected", "MQTT-4", both("Avvisende kvittering", "A receipt that rejects"), ways=_WAYS)
async def rejected(bench: ConnectorBench) -> None:
    """What was rejected is never sent again by itself, and others go on."""
    async with bench.connected() as it:
        it.lane.script.next(Answer(400))
        await it.system.tell(bench.alarm())
        first = await first_sent(it)
        await it.system.tell(bench.alarm())
        await it.lane.heard.until(lambda heard: heard.registered(), within_s=8)
        await expect_left_alone(it, [first.payload])
        await expect_delivered(it, 1)


@GROUP.test(
    "rejected-told", "MQTT-5", both("Avvist blir meldt som avvist", "Rejected is reported as refused"), ways=_WAYS
)
async def rejected_told(bench: ConnectorBench) -> None:
    """Whoever runs the system learns that the event was rejected."""
    async with bench.connected() as it:
        it.lane.script.next(Answer(400))
        numbers = await it.system.tell(bench.alarm())
        await it.system.settled(within_s=5)
        expect_told_refused(await it.system.reports(), numbers)


@GROUP.test(
    "away-at-start", "MQTT-6", both("Megleren er borte ved start", "The broker is away at the start"), ways=_WAYS
)
async def away_at_start(bench: ConnectorBench) -> None:
    """The system starts and takes events all the same, and delivers them when the broker is there."""
    async with bench.lane() as lane:
        surroundings = lane.surroundings(bench.way)
        lane.go_down()
        async with bench.session(surroundings) as session:
            it = Connected(lane, session, surroundings)
            await session.tell(bench.alarm())
            await lane.heard.until(lambda heard: heard.connects, within_s=_AWAY_S)
            lane.come_back()
            await expect_delivered(it, 1)


@GROUP.test("goes-away", "MQTT-7", both("Megleren blir borte underveis", "The broker goes away meanwhile"), ways=_WAYS)
async def goes_away(bench: ConnectorBench) -> None:
    """Twenty events around an outage: each registered once."""
    async with bench.connected() as it:
        await _through_an_outage(it, _of_six_people(bench))


@GROUP.test("goes-away-order", "MQTT-8", both("Rekkefølge gjennom et brudd", "Order through an outage"), ways=_WAYS)
async def goes_away_order(bench: ConnectorBench) -> None:
    """What got lost or waited comes in the order told, for each person."""
    async with bench.connected() as it:
        it.lane.script.next(Silence("before"))
        events = _of_six_people(bench)
        # All but the two that must wait for the one that got lost: who overtakes has done so by then.
        await _through_an_outage(it, events, after=8)
        expect_order(it.lane.heard.taken, events)


@GROUP.test("cut", "MQTT-9", both("Brudd midt i publiseringen", "Cut off while publishing"), ways=_WAYS)
async def cut(bench: ConnectorBench) -> None:
    """A connection that breaks before or after a registration loses, doubles and changes nothing."""
    async with bench.connected() as it:
        it.lane.script.next(Cut("before"), Fine(), Cut("after"))
        await it.system.tell(*(bench.alarm() for _ in range(5)))
        await expect_delivered(it, 5)
        expect_same_bytes(it.lane.heard.messages, 5)


@GROUP.test("qos", "MQTT-10", both("Hendelser går med QoS 1", "Events go with QoS 1"), ways=_WAYS)
async def qos(bench: ConnectorBench) -> None:
    """The broker confirms what it has; QoS 0 gets lost."""
    async with bench.connected() as it:
        await it.system.tell(bench.alarm())
        levels = sorted({publish.qos for publish in await _events_published(it)})
        expect(levels == [1], expected=both("QoS 1", "QoS 1"), seen=same(f"QoS {listed(levels)}"))


@GROUP.test("not-retained", "MQTT-11", both("Hendelser er ikke «retained»", "Events are not retained"), ways=_WAYS)
async def not_retained(bench: ConnectorBench) -> None:
    """A retained event would come again to everybody who connects, for ever."""
    async with bench.connected() as it:
        await it.system.tell(bench.alarm())
        kept = sum(publish.is_retained for publish in await _events_published(it))
        expect(
            not kept,
            expected=both("ingen hendelse er merket «retained»", "no event is marked as retained"),
            seen=both(f"{kept} er det", f"{kept} are"),
        )


@GROUP.test("topic", "MQTT-12", both("Emnet er det som er avtalt", "The topic is the agreed one"), ways=_WAYS)
async def topic(bench: ConnectorBench) -> None:
    """`vft/{organisation number}/{sender}/{device}/event`, and nothing is published anywhere else."""
    async with bench.connected() as it:
        await it.system.tell(bench.alarm(device="TA-17"), bench.alarm(device="TA-18"))
        await expect_delivered(it, 2)
        here = f"vft/{it.lane.municipality}/{it.lane.sender}"
        published = {publish.topic for publish in it.lane.heard.published}
        odd = {name for name in published if not re.fullmatch(rf"{re.escape(here)}/[^/]+/(event|status)", name)}
        agreed = {f"{here}/TA-17/event", f"{here}/TA-18/event"}
        expect(
            agreed <= published and not odd,
            expected=both(", ".join(sorted(agreed)), ", ".join(sorted(agreed))),
            seen=both(f"{len(odd)} andre emner, {len(published)} i alt", f"{len(odd)} others, {len(published)} in all"),
        )


@GROUP.test(
    "own-receipts",
    "MQTT-13",
    both("Abonnerer bare på egne kvitteringer", "Subscribes to its own receipts only"),
    ways=_WAYS,
)
async def own_receipts(bench: ConnectorBench) -> None:
    """No wildcard that takes in other senders' receipts, or events."""
    async with bench.connected() as it:
        await it.system.tell(bench.alarm())
        await expect_delivered(it, 1)
        own = rf"vft/{it.lane.municipality}/{re.escape(it.lane.sender)}/[^/#]+/receipt"
        asked = {name for packet in it.lane.heard.subscribed for name in packet.filters}
        odd = sum(not re.fullmatch(own, name) for name in asked)
        expect(
            asked and not odd,
            expected=both("abonnement bare på egne kvitteringer", "subscriptions to its own receipts only"),
            seen=both(f"{odd} andre av {len(asked)} abonnement", f"{odd} others of {len(asked)} subscriptions"),
        )


@GROUP.test(
    "odd-device",
    "MQTT-14",
    both("Utstyrsnavn som intet emne kan romme", "A device name that no topic can hold"),
    ways=_WAYS,
)
async def odd_device(bench: ConnectorBench) -> None:
    """Written so that the topic holds, or refused with a word; never sent astray, and never in others' way."""
    async with bench.connected() as it:
        numbers = await _told(it, bench.alarm(device="TA/17 +#1"))
        await it.system.tell(bench.alarm())
        await it.system.settled(within_s=8)
        astray = sum(len(p.topic.split("/")) != 5 or bool(set(p.topic) & set("+#")) for p in it.lane.heard.published)
        expect(
            not astray,
            expected=both("alle emner har fem ledd og ingen jokertegn", "every topic has five parts and no wildcard"),
            seen=both(f"{astray} meldinger på andre emner", f"{astray} messages on other topics"),
        )
        if len(it.lane.heard.registered()) == 2:
            return
        await expect_delivered(it, 1)
        if numbers:
            expect_told_refused(await it.system.reports(), numbers)


async def _told(it: Connected, alarm: SafetyAlarmRaised) -> Sequence[int]:
    try:
        return await it.system.tell(alarm)
    except (NotTaken, Skipped):
        return ()


async def _events_published(it: Connected) -> list[Publish]:
    def events() -> list[Publish]:
        return [publish for publish in it.lane.heard.published if publish.topic.endswith("/event")]

    found = await it.lane.heard.until(lambda _heard: events(), within_s=10)
    expect(
        found,
        expected=both("en publisert hendelse", "a published event"),
        seen=both("ingen på 10 sekunder", "none in 10 seconds"),
    )
    return found


def _of_six_people(bench: ConnectorBench) -> list[SafetyAlarmRaised]:
    """Twenty alarms: the first ten are of four people, the others, which meet the outage, of six."""
    people = [bench.patient() for _ in range(6)]
    began: datetime = bench.now() - timedelta(minutes=5)
    whose = [n % 4 if n < 10 else n % 6 for n in range(20)]
    return [bench.alarm(patient=people[who], at=began + timedelta(seconds=n)) for n, who in enumerate(whose)]


async def _through_an_outage(it: Connected, events: Sequence[SafetyAlarmRaised], *, after: int = 1) -> None:
    """Tell the first half, be away once `after` messages have come, tell the rest, be back, and wait for all."""
    await it.system.tell(*events[:10])
    await it.lane.heard.until(lambda heard: len(heard.messages) >= after, within_s=10 if after == 1 else 1.5)
    it.lane.go_down()
    await it.system.tell(*events[10:])
    await it.lane.heard.until(lambda heard: len(heard.messages) >= len(events), within_s=_AWAY_S)
    it.lane.come_back()
    await expect_delivered(it, len(events), within_s=25)
