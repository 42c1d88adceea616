"""Events out, receipts back: one sender's conversation with the hub over MQTT."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from types import TracebackType

from connectors import topics
from connectors.background import Background
from connectors.mqtt import MqttConnection, Subscription
from connectors.receipt import Receipt, read_receipt, sha256_of
from hub.model.errors import OutcomeUnknown, Unreachable


class EventChannel:
    """Sends events as `sender` for `municipality` over `connection` and waits for each one's receipt.

    Used with `async with`, inside the connection's. Receipts are matched by the SHA-256 of the payload, so that
    MQTT 3.1.1 and 5 behave the same. Many events may be under way at once.
    """

    def __init__(self, connection: MqttConnection, *, municipality: str, sender: str) -> None:
        self.municipality = municipality
        self.sender = sender
        self._connection = connection
        self._waiting: defaultdict[str, list[asyncio.Future[Receipt]]] = defaultdict(list)
        self._over: BaseException | None = None

    async def __aenter__(self) -> EventChannel:
        receipts = self._connection.subscribe(topics.receipt_topic(self.municipality, self.sender, "+"))
        await receipts.ready()
        self._listening = Background(
            lambda: self._listen(receipts), name=f"receipts of {self.sender}", on_end=self._give_up
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._listening.stop(error)

    async def send(self, payload: bytes, *, device: str, timeout_s: float = 30.0) -> Receipt:
        """Publish `payload` as an event of `device` and answer with the hub's receipt, whatever it says.

        Raises `OutcomeUnknown` when there is no receipt in time: the hub may have the event; to send the same
        bytes again is safe. Raises `AccessDenied` when the broker refuses the topic or the receipts', `Unreachable`
        when the connection is closed.
        """
        if self._over is not None:
            raise self._over
        sha256 = sha256_of(payload)
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting[sha256].append(receipt)
        try:
            async with asyncio.timeout(timeout_s):
                await self._publish(payload, device, sha256)
                return await receipt
        except TimeoutError as e:
            raise OutcomeUnknown("no receipt in time") from e
        finally:
            self._forget(sha256, receipt)

    async def _publish(self, payload: bytes, device: str, sha256: str) -> None:
        await self._connection.publish(
            topics.event_topic(self.municipality, self.sender, device),
            payload,
            correlation=bytes.fromhex(sha256),
            response_topic=topics.receipt_topic(self.municipality, self.sender, device),
        )

    def _settle(self, receipt: Receipt | None) -> None:
        if receipt is None:
            return
        for waiting in self._waiting.pop(receipt.sha256, ()):
            if not waiting.done():
                waiting.set_result(receipt)

    def _forget(self, sha256: str, receipt: asyncio.Future[Receipt]) -> None:
        receipt.cancel()
        with contextlib.suppress(ValueError):
            self._waiting[sha256].remove(receipt)
        if not self._waiting[sha256]:
            del self._waiting[sha256]

    async def _listen(self, receipts: Subscription) -> None:
        async for message in receipts:
            self._settle(read_receipt(message.payload))

    def _give_up(self, error: BaseException | None) -> None:
        self._over = error or Unreachable("the connection was closed")
        for waiting in [w for those in self._waiting.values() for w in those]:
            if not waiting.done():
                waiting.set_exception(self._over)
