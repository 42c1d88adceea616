"""Faults in what is remembered when a connector is ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from connectors import Event
from connectors.connector import Told
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Outgoing, Receipt, Rewired, taken
from tests.conformance.broken.sound import SoundConnector


class KeepsInMemory(SoundConnector):
    """What waits is in memory only."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **(more | {"spool": None}))


class KeepsLater(SoundConnector):
    """Says that it has what it was told, and writes it down in a while."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self.keeping: list[asyncio.Task[list[Told]]] = []

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        self.keeping.append(asyncio.create_task(self._keep_later(events)))
        return [Told(0, self._wait) for _ in events]

    async def _keep_later(self, events: Sequence[Event]) -> list[Told]:
        await asyncio.sleep(0.5)
        return await super().tell_all(events)


class MarksBeforeSending(Rewired):
    """What is about to be sent is marked as sent."""

    class around(Around):
        def __init__(self, inner: Any) -> None:
            super().__init__(inner)
            self.sending: list[asyncio.Task[Receipt]] = []

        async def send(self, message: Outgoing) -> Receipt:
            self.sending.append(asyncio.create_task(super().send(message)))
            return taken(message)

        async def __aexit__(self, *error: Any) -> None:
            for task in self.sending:
                task.cancel()
            await asyncio.gather(*self.sending, return_exceptions=True)
            await super().__aexit__(*error)


class NumbersEveryRun(SoundConnector):
    """Messages hold the number of the run that sends them, so that the next run sends new ones."""

    def __init__(self, transport: Any, **more: Any) -> None:
        super().__init__(_Numbering(transport), **more)


class _Numbering(Around):
    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.run = b"%d" % time.time_ns()

    async def send(self, message: Outgoing) -> Receipt:
        payload = message.payload.replace(b'"value":"P-', b'"value":"P-' + self.run + b"-")
        return await super().send(Outgoing(message.resource_type, payload, message.device))


def _durability(*names: str) -> tuple[str, ...]:
    return tuple(f"delivery.durability.{name}" for name in names)


BROKEN = (
    Broken(
        KeepsInMemory,
        "keeps what waits in memory only",
        _durability("planned-stop.mqtt", "planned-stop.vkp", "killed.vkp"),
    ),
    Broken(KeepsLater, "says that it has what is not on disk yet", _durability("killed.mqtt")),
    Broken(MarksBeforeSending, "marks as sent what it is about to send", _durability("killed-often")),
    Broken(
        NumbersEveryRun,
        "numbers messages anew in each run",
        _durability("killed-before-answer.jft"),
    ),
)
