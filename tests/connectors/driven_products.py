"""Products for the driven sessions: one that talks to a hub in memory, and others that fail in a way of their own."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors import DispenseGiven, Event, MemoryTransport, Outgoing, Receipt, SafetyAlarmRaised, Transport, patient
from connectors.response_centre import Alert
from connectors.settings import ConnectorSettings
from connectors.timing import Timer
from connectors.vendor import Example, NotUnderstood, VendorConnector

WHO = "07885132000"  # a synthetic person
AT = datetime.fromisoformat("2025-03-03T08:30:15+01:00")
ALARM = SafetyAlarmRaised(patient=patient(WHO), device="TA-1", number="17", at=AT)

print("a product that prints where it should not")


class InMemory(VendorConnector):
    """Sends to a hub in memory: each session has a new one."""

    name = "in_memory"
    service_codes = ("ta",)
    words = (SafetyAlarmRaised, DispenseGiven)
    examples = (
        Example("an alarm", b'{"number": "17"}', (ALARM,)),
        Example("something the hub need not know", b"{}", ()),
    )

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        try:
            said = json.loads(payload)
        except ValueError as e:
            raise NotUnderstood("the message is no JSON") from e
        if "crash" in said:
            raise KeyError(said["crash"])
        return [SafetyAlarmRaised(patient=patient(WHO), device="TA-1", number=said["number"], at=AT)] if said else []

    async def receive(self, source: Mapping[str, Any]) -> None:
        """There is no source but whoever drives it."""
        await asyncio.Event().wait()

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        logging.getLogger("product").info("one of the product's own lines")
        return MemoryTransport()


class _Breaking(MemoryTransport):
    async def send(self, message: Outgoing) -> Receipt:
        raise RuntimeError(message.payload)


class Breaking(InMemory):
    """Breaks down at the first event."""

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        return _Breaking()


class Plain(InMemory):
    """Goes the ways of the SDK, and keeps the alerts that it has attended to."""

    way = VendorConnector.way

    async def attend(self, alert: Alert) -> None:
        if alert.resource.get("id") != "left-alone":
            await super().attend(alert)
