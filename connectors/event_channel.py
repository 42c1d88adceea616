"""Events out, receipts back: one sender's conversation with the hub over MQTT."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from types import TracebackType

from connectors import topics
from connectors.background import Background
from connectors.mqtt import MqttConnection
from connectors.receipt import Receipt, read_receipt, sha256_of
from hub.model.errors import AccessDenied, OutcomeUnknown, Unreachable


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
        self._receipts = self._connection.subscribe(topics.receipt_topic(self.municipality, self.sender, "+"))
        self._listening = Background(self._listen, name=f"receipts of {self.sender}", on_end=self._give_up)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._listening.stop(error)

    async def ready(self) -> None:
        """Wait until receipts can be heard. Raises `AccessDenied` when the broker refuses them."""
        await self._receipts.ready()

    async def send(self, payload: bytes, *, device: str, timeout_s: float = 30.0) -> Receipt:
        """Publish `payload` as an event of `device` and answer with the hub's receipt, whatever it says.

        Raises `OutcomeUnknown` when there is no receipt in time: the hub may have the event; to send the same
        bytes again is safe. Raises `AccessDenied` when the broker refuses us, the topic or the receipts', and
        `Unreachable` when there is no connection in time or it is closed.
        """
        sha256 = sha256_of(payload)
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        published = False
        try:
            async with asyncio.timeout(timeout_s):
                await self._heard()
                self._waiting[sha256].append(receipt)
                published = True
                await self._publish(payload, device, sha256)
                return await receipt
        except TimeoutError as e:
            raise (OutcomeUnknown("no receipt in time") if published else self._not_connected()) from e
        finally:
            self._forget(sha256, receipt)

    async def _heard(self) -> None:
        if self._over is not None:
            raise self._over
        await self._receipts.ready()

    def _not_connected(self) -> AccessDenied | Unreachable:
        if self._connection.refusal is not None:
            return AccessDenied(f"the broker does not let us in: {self._connection.refusal}", status=401)
        return Unreachable("no connection to the broker")

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
        others = [w for w in self._waiting.pop(sha256, ()) if w is not receipt]
        if others:
            self._waiting[sha256] = others

    async def _listen(self) -> None:
        async for message in self._receipts:
            self._settle(read_receipt(message.payload))

    def _give_up(self, error: BaseException | None) -> None:
        self._over = error or Unreachable("the connection was closed")
        for waiting in [w for those in self._waiting.values() for w in those]:
            if not waiting.done():
                waiting.set_exception(self._over)
