"""Faults in the order that things are sent in, and in what is remembered when the way changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors import Event
from connectors.connector import Told
from connectors.spool import SpoolEntry
from connectors.transport import Outgoing, Transport
from hub.model.codes import ReceiptCode
from hub.model.errors import Refused
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Receipt, Rewired
from tests.conformance.broken.retelling import Altering, Json, every
from tests.conformance.broken.sound import SoundConnector


class NewestFirst(SoundConnector):
    """Tells the newest first."""

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        return await super().tell_all(events[::-1])


class NoLanes(SoundConnector):
    """Sends what it can, when it can."""

    async def _keep(self, entries: Sequence[SpoolEntry]) -> list[Told]:
        return await super()._keep([replace(entry, lane=entry.key) for entry in entries])


class OneLane(SoundConnector):
    """Sends one thing after another, whoever they are about."""

    async def _keep(self, entries: Sequence[SpoolEntry]) -> list[Told]:
        return await super()._keep([replace(entry, lane="all") for entry in entries])


class StopsAtANo(Rewired):
    """Sends nothing more after a refusal."""

    class around(Around):
        def __init__(self, inner: Transport) -> None:
            super().__init__(inner)
            self.has_stopped = False

        async def send(self, message: Outgoing) -> Receipt:
            if self.has_stopped:
                raise Refused("stopped")
            try:
                receipt = await super().send(message)
            except Refused:
                self.has_stopped = True
                raise
            self.has_stopped = receipt.code is ReceiptCode.REJECTED
            return receipt


class HandledBefore(Rewired):
    """What is done about an alarm is dated to an hour that was long before."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            if message["resourceType"] != "Bundle":
                return message
            for name in ("timestamp", "date", "lastUpdated"):
                every(message, name, lambda _: "2025-01-01T00:00:00+01:00")
            return message


class MemoryByWay(SoundConnector):
    """Each way has a memory of its own."""

    def __init__(self, transport: Transport, *, spool: Path, **more: Any) -> None:
        super().__init__(transport, spool=spool.with_name(f"{type(transport).__name__}.db"), **more)


BROKEN = (
    Broken(NewestFirst, "newest first", ("messages.order.as-told.mqtt",)),
    Broken(
        NoLanes, "no order", ("messages.order.after-trouble.vkp", "messages.amendment.corrected-before-delivery.mqtt")
    ),
    Broken(OneLane, "everybody waits for everybody", ("messages.order.others-go-on.mqtt",)),
    Broken(StopsAtANo, "stops at a refusal", ("messages.order.refused-holds-up-nobody.vkp",)),
    Broken(HandledBefore, "times that go backwards", ("messages.order.times-go-forward",)),
    Broken(MemoryByWay, "a memory for each way", ("messages.strictness.waiting-when-moved",)),
)
