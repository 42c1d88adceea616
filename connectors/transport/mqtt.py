"""The way by MQTT: one connection, events out, receipts back."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

import orjson

from connectors import topics
from connectors.event_channel import EventChannel
from connectors.mqtt import MqttConnection
from connectors.receipt import Receipt
from connectors.transport.port import Journaling, Outgoing
from hub.fhir.parsing import EVENT_TYPES, MAX_BYTES
from hub.model.errors import Refused, Unreachable


class MqttTransport:
    """Sends as `sender` for `municipality` over `connection`, which it opens and closes.

    `receipt_within_s` is how long to wait for a receipt before the message is sent again.
    """

    takes = EVENT_TYPES

    def __init__(
        self, connection: MqttConnection, *, municipality: str, sender: str, receipt_within_s: float = 30.0
    ) -> None:
        self._connection = connection
        self._channel = EventChannel(connection, municipality=municipality, sender=sender)
        self._receipt_within_s = receipt_within_s
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            await opening.enter_async_context(self._connection)
            await opening.enter_async_context(self._channel)
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.__aexit__(kind, error, trace)

    async def send(self, message: Outgoing) -> Receipt:
        """Publish `message` and wait for its receipt; see `Transport.send`.

        What the hub would reject for its size is not sent: a broker may break the connection for less, again and again.
        """
        if len(message.payload) > MAX_BYTES:
            raise Refused(f"message-too-large: over {MAX_BYTES} bytes")
        try:
            return await self._channel.send(message.payload, device=message.device, timeout_s=self._receipt_within_s)
        except ValueError as e:  # a device's name that no topic can hold
            raise Refused(str(e)) from e

    async def status(self, reference: str) -> Journaling:
        """Nothing: over MQTT the receipt says all."""
        return Journaling()

    async def report_device(
        self, device: str, *, state: str, at: str, battery: int | None = None, next_within_s: int | None = None
    ) -> None:
        """Tell how a device is (retained): `state`, battery in per cent, at which FHIR time, and when to expect more.

        Raises `Unreachable` when there is no connection.
        """
        said = {"state": state, "battery": battery, "at": at, "next_within_s": next_within_s}
        topic = topics.status_topic(self._channel.municipality, self._channel.sender, device)
        payload = orjson.dumps({k: v for k, v in said.items() if v is not None})
        if not self._connection.connected:
            raise Unreachable("no connection to the broker")
        await self._connection.publish(topic, payload, retain=True)
