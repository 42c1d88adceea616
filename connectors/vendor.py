"""A vendor's connector: a `Connector` that knows how to read one product's messages, and where they come from."""

from __future__ import annotations

import asyncio
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from connectors.connector import Connector, Told
from connectors.reading import NationalApis, apis_of
from connectors.response_centre import Alert
from connectors.settings import ConnectorSettings, transport_of
from connectors.spool import Fate, Report
from connectors.timing import Timer
from connectors.transport import Transport
from connectors.words import Event
from hub.model.errors import KnutepunktError


class NotUnderstood(KnutepunktError):
    """A product's message that can't be translated. The text says what is missing and never repeats the content."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message of the product as it comes, and the events that it must become."""

    name: str
    payload: bytes
    events: tuple[Event, ...]


class VendorConnector(Connector, ABC):
    """The base of connectors. A subclass has a `name`, `examples`, `translate`, and `receive`.

    Its module names it in `CONNECTOR`, so that it is found, tested by the contract tests, and can be run:
    `async with AcmeConnector(transport, municipality=…, sender=…, spool=…) as c: await c.receive(source)`.
    """

    name: ClassVar[str]
    #: The services that its events belong to, for the `ServiceCodes` header and the hub's configuration.
    service_codes: ClassVar[tuple[str, ...]] = ()
    examples: ClassVar[tuple[Example, ...]]
    #: The words that the product can tell (classes of `connectors.words`), for tests of it; empty means all of them.
    words: ClassVar[tuple[type[Any], ...]] = ()

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        """The way to the hub that `settings` name. Override it to bring a way of your own."""
        return transport_of(settings, timer)

    @classmethod
    def asking(cls, settings: ConnectorSettings, timer: Timer) -> NationalApis:
        """The national APIs that `settings` name, for `async with`. Override it to ask them in a way of your own."""
        return apis_of(settings, timer)

    @classmethod
    @abstractmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        """The events that a message of the product tells of, in their order; none for what the hub need not know.

        Pure: the same message gives the same events. Raises NotUnderstood, whatever the bytes are.
        """

    @abstractmethod
    async def receive(self, source: Mapping[str, Any]) -> None:
        """Take in messages from `source` (the `[source]` table of the settings) until cancelled."""

    async def take(self, payload: bytes) -> list[Told]:
        """Translate a message and keep its events durably. Raises NotUnderstood."""
        return await self.tell_all(self.translate(payload))

    async def attend(self, alert: Alert) -> None:
        """What a response centre's product does with an alert that is routed to it: keep it first, then confirm.

        Whoever calls this has kept the alert (`ResponseCentre` has, in its `memory`), so here it is confirmed.
        Override it to hand the alert to your product; confirm when it is safe there. Raises `Unreachable`.
        """
        await alert.confirm()

    async def known(self) -> list[Report]:
        """What is known of every event in the spool, in the order told."""
        # What goes on meanwhile goes on in this order of fates, so that an event is seen twice rather than never.
        found = [report for fate in Fate for report in await self._spool.with_fate(fate)]
        return sorted({report.number: report for report in found}.values(), key=lambda report: report.number)

    async def set_aside(self, payload: bytes, why: NotUnderstood) -> None:
        """Keep a message that was not understood where a person finds it: beside the spool, for our eyes only."""
        if self.spool_path is not None:
            await asyncio.to_thread(_keep_aside, self.spool_path.parent / "ikke-forstått", payload, str(why))


def _keep_aside(folder: Path, payload: bytes, why: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = hashlib.sha256(payload).hexdigest()[:16]
    for ending, content in (("melding", payload), ("txt", why.encode())):
        path = folder / f"{name}.{ending}"
        path.touch(mode=0o600)
        path.write_bytes(content)
