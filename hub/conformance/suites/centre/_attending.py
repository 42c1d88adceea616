"""A response centre at work: alerts are sent to it, and what it shows and confirms is looked at."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors import Event, SafetyAlarmRaised, topics
from connectors.composing import Sender, compose
from connectors.forwarded import ForwardedAlert
from connectors.mqtt import MqttConnection
from connectors.testing.driving import AlertShown, Surroundings
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.driving.attended import AttendedSystem
from hub.conformance.driving.system import Session, System
from hub.conformance.national.lane import Lane
from hub.conformance.national.mqtt_packets import Publish
from hub.conformance.national.stage import ALARMS
from hub.conformance.verdicts import Omitted, both, expect
from hub.dispatch.response_centre import receipts_in
from hub.model.codes import Route
from hub.model.event import Inbound

PLANS = ("response-centre",)
SHOWN_WITHIN_S = 10.0
#: Long enough for what must not happen to have happened.
A_WHILE_S = 0.6
_TAKES = frozenset({"DetectedIssue", "Bundle"})
_LOOK_AGAIN_S = 0.05


@dataclass(frozen=True, slots=True)
class Attending:
    """A centre (`system`) that is connected to `lane`, and `hub`: a line to the broker on which alerts go out."""

    lane: Lane
    system: Session
    surroundings: Surroundings
    hub: MqttConnection

    async def forward(self, *payloads: bytes) -> None:
        """Send alerts to the centre as the hub does, in this order."""
        for payload in payloads:
            await self.hub.publish(topics.alert_topic(self.lane.municipality), payload)

    async def raise_alarm(self, alarm: SafetyAlarmRaised) -> bytes:
        """Let another sender's equipment raise `alarm`, which the hub then sends to the centre; its bytes."""
        payload = payload_of(alarm, self.lane)
        inbound = Inbound("mqtt", self.lane.municipality, ALARMS, alarm.device, payload, datetime.now(UTC))
        await self.lane.parts.ingest.submit(inbound)
        return payload

    def receipts(self) -> list[Publish]:
        """What the centre has said on the topic of its confirmations, repeats of the connection left out."""
        topic = topics.confirmation_topic(self.lane.municipality)
        return [p for p in self.lane.heard.published if p.topic == topic and not p.is_repeated]

    def confirmations(self) -> list[tuple[str, str]]:
        """SHA-256 and code of each confirmation."""
        return [found for receipt in self.receipts() for found in receipts_in(_object(receipt.payload))]

    async def confirmed(self, *payloads: bytes, times: int = 1, within_s: float = SHOWN_WITHIN_S) -> bool:
        """Whether each alert is confirmed `times` times, as soon as that is so."""

        def enough(_: object) -> bool:
            said = [sha256 for sha256, _ in self.confirmations()]
            return all(said.count(sha256_of(payload)) >= times for payload in payloads)

        return await self.lane.heard.until(enough, within_s=within_s)

    async def shown(self, number: int) -> Sequence[AlertShown]:
        """What the centre has shown, as soon as it is `number` alerts; as it is, when they don't come in time."""
        ends = time.monotonic() + SHOWN_WITHIN_S
        while len(found := await self.system.alerts()) < number and time.monotonic() < ends:  # noqa: ASYNC110 — asked over HTTP
            await asyncio.sleep(_LOOK_AGAIN_S)
        return found

    async def expect_shown(self, *payloads: bytes) -> None:
        """The centre shows these alerts, each once and in this order."""
        expect_the_same(await self.shown(len(payloads)), payloads)

    async def expect_shown_in_any_order(self, *payloads: bytes) -> None:
        """The centre shows these alerts, each once: a broker may bring what met a broken line after the next."""
        shown = await self.shown(len(payloads))
        found = {alert.sha256 for alert in shown}
        came = [payload for payload in payloads if sha256_of(payload) in found]
        expect(
            len(shown) == len(found) == len(payloads) == len(came),
            expected=both(f"{len(payloads)} varsler vist, hvert én gang", f"{len(payloads)} alerts shown, each once"),
            seen=both(f"{len(shown)} vist, {len(found)} ulike", f"{len(shown)} shown, {len(found)} different"),
        )

    async def expect_confirmed(self, *payloads: bytes, times: int = 1) -> None:
        """The centre confirms each alert."""
        expect(
            await self.confirmed(*payloads, times=times),
            expected=both(
                f"hvert varsel kvittert {times} gang(er) med SHA-256 av innholdet",
                f"each alert confirmed {times} time(s) by the SHA-256 of its bytes",
            ),
            seen=both(f"{len(self.confirmations())} kvitteringer", f"{len(self.confirmations())} confirmations"),
        )


@contextlib.asynccontextmanager
async def attending(bench: ConnectorBench, *, system: System | None = None) -> AsyncIterator[Attending]:
    """The centre at work, connected to a national side of its own that sends alerts to response centres."""
    if "response-centre" not in bench.system.card.roles:
        raise Omitted(both("systemet er ikke et responssenter", "the system is no response centre"))
    async with bench.lane(alerts=Route.RESPONSE_CENTRE) as lane:
        surroundings = lane.surroundings("mqtt", role="response-centre")
        address = f"mqtt://127.0.0.1:{lane.orders.broker_port}"
        async with (
            MqttConnection(address, client_id=f"kit-{lane.municipality}") as hub,
            bench.session(surroundings, system=system) as session,
        ):
            await _connected(bench, lane)
            yield Attending(lane, session, surroundings, hub)


async def _connected(bench: ConnectorBench, lane: Lane) -> None:
    """Wait until the centre has asked for its alerts; a person lets it, where nobody else can."""
    if isinstance(bench.system, AttendedSystem):
        await bench.ask_to_do(
            f"La responssenteret koble seg til mqtt://127.0.0.1:{lane.mqtt.port}",
            f"Let the response centre connect to mqtt://127.0.0.1:{lane.mqtt.port}",
        )
    expect(
        await lane.heard.until(lambda heard: heard.subscribed, within_s=SHOWN_WITHIN_S),
        expected=both("responssenteret abonnerer på varsler", "the response centre subscribes to alerts"),
        seen=both("det abonnerer ikke på noe", "it subscribes to nothing"),
    )


def payload_of(alarm: Event, lane: Lane) -> bytes:
    """An alarm as another sender tells it."""
    return compose(alarm, Sender(lane.municipality, ALARMS), takes=_TAKES).payload


def forwarded(payload: bytes) -> ForwardedAlert:
    """The alert as the centre refers to it in its handling."""
    return ForwardedAlert.read(payload)


def sha256_of(payload: bytes) -> str:
    """The hash that an alert is confirmed by."""
    return hashlib.sha256(payload).hexdigest()


def expect_the_same(shown: Sequence[AlertShown], payloads: Sequence[bytes]) -> None:
    """The alerts that are shown are these, each once and in this order."""
    wanted, found = [sha256_of(payload) for payload in payloads], [alert.sha256 for alert in shown]
    missing, more = len(set(wanted) - set(found)), len(found) - len(set(found) & set(wanted))
    expect(
        found == wanted,
        expected=both(
            f"{len(wanted)} varsler vist, hvert én gang og i rekkefølge",
            f"{len(wanted)} alerts shown, each once and in order",
        ),
        seen=both(
            f"{len(found)} vist: {missing} mangler, {more} for mye, ellers i en annen rekkefølge",
            f"{len(found)} shown: {missing} missing, {more} too many, else in another order",
        ),
    )


def _object(payload: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(payload)
    except orjson.JSONDecodeError:
        content = {}
    return content if isinstance(content, dict) else {}
