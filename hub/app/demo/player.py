"""Plays the simulated day: devices publish when they are due, the response centre answers what has reached it.

Devices read their receipts: an event that got none within a while is sent again, as real devices do.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from connectors.mqtt import MqttConnection
from connectors.response_centre import Alert, ResponseCentre
from devices_sim.emission import Emission
from devices_sim.town import Town
from hub.fhir.outcome import SHA256_EXTENSION
from hub.model.clock import ScaledClock

_RECEIPT_S = 4.0
_LAST_ALERTS_S = 20.0
_ROUNDS = 10
#: An alert that reaches the centre later than this after it was raised is counted as late.
_LATE = timedelta(minutes=30)


@dataclass(slots=True)
class Played:
    """What the player did and saw so far. `receipts` maps SHA-256 to the last receipt code.

    `late_alerts` reached the response centre over half an hour after they were raised; `unanswered` follow-ups were
    never sent because their alert never came.
    """

    published: int = 0
    statuses: int = 0
    sent_again: int = 0
    unanswered: int = 0
    receipts: dict[str, str] = field(default_factory=dict)
    late_alerts: int = 0


class Player:
    """Plays emissions against a broker, by the scaled clock. `played` may be read meanwhile."""

    def __init__(self, clock: ScaledClock, *, devices_url: str, centre_url: str, towns: Iterable[Town]) -> None:
        self.played = Played()
        self._clock = clock
        self._devices_url = devices_url
        self._centre_url = centre_url
        self._towns = tuple(towns)
        self._reached: dict[str, asyncio.Event] = {}
        self._receipted = asyncio.Event()
        self._due: dict[str, datetime] = {}

    async def play(self, emissions: Iterable[Emission]) -> None:
        """Play everything, then send again what got no receipt. Returns when all that can be receipted is."""
        async with AsyncExitStack() as stack:
            devices = await stack.enter_async_context(MqttConnection(self._devices_url, client_id="demo-devices"))
            centre = await stack.enter_async_context(
                MqttConnection(self._centre_url, client_id="demo-centre", session="persistent")
            )
            receipts = devices.subscribe("vft/+/+/+/receipt")
            await receipts.ready()
            background = [asyncio.create_task(self._read(receipts), name="read receipts")]
            for town in self._towns:
                office = await stack.enter_async_context(
                    ResponseCentre(centre, municipality=town.organisation_number, sender=town.centre)
                )
                background.append(asyncio.create_task(self._staff(office), name=f"response centre of {town.name}"))
            emissions = tuple(emissions)
            self._due = {e.sha256: e.at for e in reversed(emissions)}
            try:
                await self._send_all(emissions, devices, centre)
                await self._send_again(emissions, devices)
            finally:
                for task in background:
                    task.cancel()
                await asyncio.gather(*background, return_exceptions=True)

    async def _send_all(self, emissions: Iterable[Emission], devices: MqttConnection, centre: MqttConnection) -> None:
        answers: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as tasks:
            for emission in emissions:
                await self._until(emission)
                if emission.answers:
                    answers.add(tasks.create_task(self._answer(emission, centre), name="answer an alert"))
                else:
                    tasks.create_task(self._publish(emission, devices), name="publish")
            if answers:
                await asyncio.wait(answers, timeout=_LAST_ALERTS_S)
            self._event(_SHOP_CLOSED).set()

    async def _until(self, emission: Emission) -> None:
        wait = (emission.at - self._clock.now()).total_seconds() / self._clock.factor
        if wait > 0:
            await asyncio.sleep(wait)

    async def _publish(self, emission: Emission, connection: MqttConnection) -> None:
        if emission.kind == "status":
            self.played.statuses += 1
        else:
            self.played.published += 1
        await connection.publish(emission.topic, emission.payload, retain=emission.retain)

    async def _answer(self, emission: Emission, centre: MqttConnection) -> None:
        """Send a follow-up once the centre has got the alert; never, if it doesn't come."""
        reached = [asyncio.create_task(self._event(name).wait()) for name in (*emission.answers, _SHOP_CLOSED)]
        await asyncio.wait(reached, return_when=asyncio.FIRST_COMPLETED)
        for task in reached:
            task.cancel()
        if any(self._event(name).is_set() for name in emission.answers):
            await self._publish(emission, centre)
        else:
            self.played.unanswered += 1

    def _event(self, name: str) -> asyncio.Event:
        return self._reached.setdefault(name, asyncio.Event())

    async def _staff(self, office: ResponseCentre) -> None:
        async for alert in office.alerts():
            await alert.confirm()
            self.played.late_alerts += self._is_late(alert.sha256)
            for name in _names(alert):
                self._event(name).set()

    def _is_late(self, sha256: str) -> bool:
        due = self._due.get(sha256)
        return due is not None and self._clock.now() - due > _LATE

    async def _read(self, receipts: Any) -> None:
        async for message in receipts:
            for sha256, code in _receipts(message.payload):
                self.played.receipts[sha256] = code
                self._receipted.set()

    async def _send_again(self, emissions: tuple[Emission, ...], devices: MqttConnection) -> None:
        """Send again what got no receipt, until everything has one."""
        events = {e.sha256: e for e in emissions if e.kind == "event"}
        sendable = {s: e for s, e in events.items() if not e.answers or s in self._sent_answers(events)}
        for _ in range(_ROUNDS):
            await self._settle(sendable)
            missing = [e for s, e in sendable.items() if s not in self.played.receipts]
            if not missing:
                return
            for emission in missing:
                self.played.sent_again += 1
                await self._publish(emission, devices)

    def _sent_answers(self, events: Mapping[str, Emission]) -> set[str]:
        return {s for s, e in events.items() if e.answers and any(self._event(name).is_set() for name in e.answers)}

    async def _settle(self, sendable: Mapping[str, Emission]) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + _RECEIPT_S
        while loop.time() < ends and not sendable.keys() <= self.played.receipts.keys():
            await self._next_receipt(ends - loop.time())

    async def _next_receipt(self, seconds: float) -> None:
        self._receipted.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0.0)):
                await self._receipted.wait()


_SHOP_CLOSED = "*"


def _names(alert: Alert) -> set[str]:
    """Everything by which a follow-up may say which alert it answers."""
    names = {alert.sha256}
    resource = alert.resource
    entries = resource.get("entry") or []
    for holder in (resource, *(e.get("resource", {}) for e in entries)):
        given = holder.get("identifier") or []
        names.update(i["value"] for i in ([given] if isinstance(given, dict) else given) if i.get("value"))
    names.update(e["fullUrl"] for e in entries if e.get("fullUrl"))
    return names


def _receipts(payload: bytes) -> list[tuple[str, str]]:
    issue = orjson.loads(payload)["issue"][0]
    hashes = [e["valueString"] for e in issue.get("extension", ()) if e["url"] == SHA256_EXTENSION]
    return [(h, issue["details"]["coding"][0]["code"]) for h in hashes]
