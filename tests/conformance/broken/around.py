"""A way to the hub around the real one, so that a broken connector can change one thing of it."""

from __future__ import annotations

from typing import Any, Self

from connectors.connector import Told
from connectors.receipt import Receipt
from connectors.settings import ConnectorSettings
from connectors.timing import Timer
from connectors.transport import Outgoing, Transport
from connectors.transport.port import Journaling
from hub.model.codes import ReceiptCode
from tests.conformance.broken.sound import SoundConnector

__all__ = ["Around", "Outgoing", "Receipt", "Rewired", "Told", "taken"]


class Around:
    """Does what `inner` does."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self._way: Transport = inner

    @property
    def takes(self) -> frozenset[str]:
        return self._way.takes

    async def send(self, message: Outgoing) -> Receipt:
        return await self._way.send(message)

    async def status(self, reference: str) -> Journaling:
        return await self._way.status(reference)

    async def report_device(self, device: str, **said: Any) -> None:
        if hasattr(self.inner, "report_device"):
            await self.inner.report_device(device, **said)

    async def __aenter__(self) -> Self:
        await self.inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.inner.__aexit__(*error)


class Rewired(SoundConnector):
    """Sends by a way that is `around` the real one."""

    around: type[Around] = Around

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        return cls.around(super().way(settings, timer))


def taken(message: Outgoing) -> Receipt:
    """A receipt that nobody gave."""
    return Receipt(ReceiptCode.ACCEPTED, message.sha256)
