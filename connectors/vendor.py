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
