"""A device's state: kept by the broker for whoever asks, and missed when it doesn't come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors.testing.driving import DeviceWord
from hub.api.watch import LOST
from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.driving.system import NotTaken
from hub.conformance.national.heard import now, read
from hub.conformance.national.lane import Lane
from hub.conformance.national.mqtt_packets import Publish
from hub.conformance.plan import Group
from hub.conformance.verdicts import Omitted, both, expect, listed
from hub.model.language import Text
from hub.model.times import parse_time
from hub.store.watching import all_devices, open_alerts

GROUP = Group("devices", "heartbeat", both("Livstegn fra utstyr", "Signs of life from devices"), ("connector",))
_WAYS = ("mqtt",)
_DEVICE = "TA-17"
_CLOCKS = timedelta(minutes=1)


@GROUP.test("retained", "DEV-1", both("Status blir liggende hos megleren", "The broker keeps the status"), ways=_WAYS)
async def retained(bench: ConnectorBench) -> None:
    """The status is retained on the device's own topic, so that it is known after a restart of the hub."""
    async with bench.connected() as it:
        said = await _told(it, DeviceWord(device=_DEVICE, state="ok", next_within_s=3600))
        expect(
            said.is_retained,
            expected=both("status er «retained»", "the status is retained"),
            seen=both("den er det ikke", "it is not"),
        )


@GROUP.test(
    "content",
    "DEV-2",
    both("Status sier tilstand, tid og neste tid", "The status tells state, time, and when next"),
    ways=_WAYS,
)
async def content(bench: ConnectorBench) -> None:
    """`state`, `at` with a zone, and `next_within_s` in seconds, as they were told."""
    async with bench.connected() as it:
        said = read((await _told(it, DeviceWord(device=_DEVICE, state="ok", next_within_s=3600))).payload)
        at = parse_time(said.get("at"))
        expect(
            said.get("state") == "ok" and said.get("next_within_s") == 3600 and at and abs(now() - at) < _CLOCKS,
            expected=both("state, at og next_within_s som fortalt", "state, at and next_within_s as told"),
            seen=_shown(said, "state", "at", "next_within_s"),
        )


@GROUP.test("battery", "DEV-3", both("Batteri i prosent", "Battery in per cent"), ways=_WAYS)
async def battery(bench: ConnectorBench) -> None:
    """37 per cent is 37, not 0.37."""
    async with bench.connected() as it:
        said = read((await _told(it, DeviceWord(device=_DEVICE, state="ok", battery=37))).payload)
        expect(said.get("battery") == 37, expected=both("battery: 37", "battery: 37"), seen=_shown(said, "battery"))


@GROUP.test("newest", "DEV-4", both("Ny status erstatter den gamle", "A new status replaces the old"), ways=_WAYS)
async def newest(bench: ConnectorBench) -> None:
    """The national side knows the device by what it said last."""
    async with bench.connected() as it:
        await _told(it, DeviceWord(device=_DEVICE, state="ok", battery=90))
        await it.system.report_device(DeviceWord(device=_DEVICE, state="low-battery", battery=8))
        known = await _known(it.lane, "low-battery", within_s=5)
        expect(
            known == "low-battery",
            expected=both("tilstanden som ble meldt sist", "the state that was told last"),
            seen=both(f"{known or 'ingen'}", f"{known or 'none'}"),
        )


@GROUP.test("nobody", "DEV-5", both("Status nevner ingen", "The status names nobody"), ways=_WAYS)
async def nobody(bench: ConnectorBench) -> None:
    """The device's state is read by many, so it never holds the person's identity number."""
    async with bench.connected() as it:
        person = bench.patient()
        await it.system.tell(bench.alarm(patient=person, device=_DEVICE))
        await it.system.settled()
        said = await _told(it, DeviceWord(device=_DEVICE, state="ok"))
        expect(
            person.value.encode() not in said.payload and person.value not in said.topic,
            expected=both("ikke noe fødselsnummer i status", "no identity number in the status"),
            seen=both("fødselsnummeret til den som har utstyret", "that of the person who has the device"),
        )


@GROUP.test("silence", "DEV-6", both("Taushet blir oppdaget", "Silence is noticed"), ways=_WAYS)
async def silence(bench: ConnectorBench) -> None:
    """A device that declared an interval and is not heard within it raises the technical alert."""
    async with bench.connected() as it:
        await _told(it, DeviceWord(device=_DEVICE, state="ok", next_within_s=1))
        key = f"silent:{it.lane.municipality}/{it.lane.sender}/{_DEVICE}"
        for _ in range(40):
            async with it.lane.engines.reading() as connection:
                if key in await open_alerts(connection, ("silent",)):
                    return
            await _pause(it.lane)
        expect(
            False,
            expected=both("teknisk varsel om taust utstyr", "a technical alert about a silent device"),
            seen=both("intet varsel etter 8 sekunder", "no alert after 8 seconds"),
        )


@GROUP.test(
    "will", "DEV-7", both("Siste vilje blir forstått", "The last will is understood"), ways=_WAYS, needs=("kill",)
)
async def will(bench: ConnectorBench) -> None:
    """A system that leaves a will has it say, in words that are understood, that the device is lost."""
    async with bench.connected() as first:
        await first.lane.heard.until(lambda heard: heard.connects, within_s=10)
        device = _willed(first.lane)
    async with bench.process_of_its_own() as system, bench.lane() as lane:
        surroundings = lane.surroundings(bench.way)
        async with bench.session(surroundings, system=system) as session:
            await _told(Connected(lane, session, surroundings), DeviceWord(device=device, state="ok"))
            await system.kill()
            known = await _known(lane, *LOST, within_s=5)
            await session.start()
        expect(
            known in LOST,
            expected=both(f"tilstanden er en av {listed(sorted(LOST))}", f"the state is one of {listed(sorted(LOST))}"),
            seen=both(f"{known or 'ingen'}", f"{known or 'none'}"),
        )


def _willed(lane: Lane) -> str:
    """The device that the system's will is about. Omitted when it leaves none."""
    topics = [connect.will_topic for connect in lane.heard.connects if connect.will_topic]
    if not topics:
        raise Omitted(both("systemet har ingen siste vilje", "the system leaves no last will"))
    return (topics[-1].split("/") + [_DEVICE] * 4)[3]


async def _told(it: Connected, word: DeviceWord) -> Publish:
    """What the system publishes when a device tells `word`. Omitted when the system can't tell device status."""
    topic = f"vft/{it.lane.municipality}/{it.lane.sender}/{word.device}/status"
    try:
        await it.system.report_device(word)
    except NotTaken as e:
        raise Omitted(both("systemet melder ikke utstyrets status", "the system tells no device status")) from e
    said = await it.lane.heard.until(lambda heard: [p for p in heard.published if p.topic == topic], within_s=5)
    expect(
        said,
        expected=both("status på emnet …/{utstyr}/status", "the status on the topic …/{device}/status"),
        seen=both("ingen status der på 5 sekunder", "no status there in 5 seconds"),
    )
    return said[-1]


async def _known(lane: Lane, *states: str, within_s: float) -> str | None:
    """The state that the national side knows of the only device, as soon as it is one of `states`."""
    found: str | None = None
    for _ in range(int(within_s / 0.2)):
        async with lane.engines.reading() as connection:
            devices = await all_devices(connection)
        found = next((device.state for device in devices if device.municipality == lane.municipality), None)
        if found in states:
            break
        await _pause(lane)
    return found


async def _pause(lane: Lane) -> None:
    await lane.heard.until(lambda _heard: False, within_s=0.2)


def _shown(said: Mapping[str, Any], *names: str) -> Text:
    text = ", ".join(f"{name}: {said.get(name)!r:.40}" for name in names)
    return both(text, text)
