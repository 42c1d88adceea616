"""The response centre's side of the hub: alerts in, confirmations and handling out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from connectors import topics
from connectors.alert_inbox import AlertInbox, KeptAlert
from connectors.background import Background
from connectors.event_channel import EventChannel
from connectors.mqtt import MqttConnection, Subscription
from connectors.receipt import Receipt, sha256_of
from hub.fhir.outcome import operation_outcome
from hub.model.clock import SystemClock
from hub.model.codes import ReceiptCode
from hub.model.ports import Clock


@dataclass(frozen=True, slots=True, eq=False)
class Alert:
    """An alert from the hub: the sender's resource, byte for byte, and when it came."""

    payload: bytes
    sha256: str
    received_at: datetime
    _centre: ResponseCentre

    @property
    def resource(self) -> dict[str, Any]:
        """The FHIR resource in the payload, read anew each time."""
        resource: dict[str, Any] = orjson.loads(self.payload)
        return resource

    async def confirm(self) -> None:
        """Tell the hub that the alert has come to someone's hands. To confirm again does no harm.

        Raises `Unreachable` when the connection is closed first; the hub then sends the alert again, and it is
        confirmed without being shown anew.
        """
        await self._centre.confirm(self.sha256)


class ResponseCentre:
    """A response centre of `municipality`: reads alerts over `connection`, sends its handling as `sender`.

    Used with `async with`, inside the connection's, which should be a persistent session so that alerts are kept
    while the centre is away. Every alert is shown once, by the SHA-256 of its bytes; with a `memory` file also
    across restarts, where an alert that was not confirmed is shown again.
    """

    def __init__(
        self,
        connection: MqttConnection,
        *,
        municipality: str,
        sender: str,
        memory: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._connection = connection
        self._municipality = municipality
        self._channel = EventChannel(connection, municipality=municipality, sender=sender)
        self._memory = memory
        self._clock = clock or SystemClock()
        self._line: asyncio.Queue[KeptAlert | None] = asyncio.Queue()
        self._error: BaseException | None = None
        self._open = AsyncExitStack()

    async def __aenter__(self) -> ResponseCentre:
        async with AsyncExitStack() as opening:
            self._inbox = await opening.enter_async_context(AlertInbox.open(self._memory))
            await opening.enter_async_context(self._channel)
            await self._channel.ready()
            for kept in await self._inbox.waiting():
                self._line.put_nowait(kept)
            alerts = self._connection.subscribe(topics.alert_topic(self._municipality))
            await alerts.ready()
            receiving = Background(
                lambda: self._receive(alerts), name="alerts to the response centre", on_end=self._end
            )
            opening.push_async_exit(lambda _kind, error, _trace: receiving.stop(error))
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.__aexit__(kind, error, trace)

    async def alerts(self) -> AsyncIterator[Alert]:
        """Alerts as they come, each once, beginning with those that were not confirmed last time.

        Ends when the connection is closed; raises what made it impossible to read on.
        """
        while (kept := await self._line.get()) is not None:
            yield Alert(kept.payload, kept.sha256, kept.received_at, self)
        self._line.put_nowait(None)
        if self._error is not None:
            raise self._error

    async def confirm(self, sha256: str) -> None:
        """Confirm the alert whose bytes have the hash `sha256`; `Alert.confirm` is the usual way."""
        await self._inbox.confirm(sha256, self._clock.now())
        await self._publish_confirmation(sha256, ReceiptCode.ACCEPTED)

    async def send(self, payload: bytes, *, device: str, timeout_s: float = 30.0) -> Receipt:
        """Send the centre's handling (a FHIR resource) as an event of `device`; see `EventChannel.send`."""
        return await self._channel.send(payload, device=device, timeout_s=timeout_s)

    async def _receive(self, alerts: Subscription) -> None:
        async for message in alerts:
            kept = KeptAlert(message.payload, sha256_of(message.payload), self._clock.now())
            known = await self._inbox.put(kept)
            if known == "new":
                self._line.put_nowait(kept)
            elif known == "confirmed":  # the hub has not seen our confirmation
                await self._publish_confirmation(kept.sha256, ReceiptCode.DUPLICATE)

    def _end(self, error: BaseException | None) -> None:
        self._error = error
        self._line.put_nowait(None)

    async def _publish_confirmation(self, sha256: str, code: ReceiptCode) -> None:
        outcome = operation_outcome([], receipt=code, identifier=None, sha256=sha256)
        await self._connection.publish(topics.confirmation_topic(self._municipality), orjson.dumps(outcome))
