"""Emissions to an MQTT broker at QoS 1, with receipts read back and unconfirmed messages sent again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from devices_sim.emission import Emission
from devices_sim.targets.target import Tally
from devices_sim.targets.unconfirmed import Unconfirmed, receipts_in
from hub.model.errors import AccessDenied, Unreachable

_NOT_ALLOWED = frozenset({"Not authorized", "Bad user name or password"})
#: No more than this many messages without a receipt, unless nobody gives any. A broker that holds more than
#: its limit (NATS: 2,048 by our configuration) for a hub gives the rest later and out of order.
_UNCONFIRMED_AT_MOST = 1_000
#: A session has only so many subscriptions at QoS 1 (NATS: 31 at that limit); with more senders, those of all.
_SUBSCRIPTIONS_AT_MOST = 12
_ROUND_S = 0.05


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """Where and how: `mqtt://[user:password@]host[:port]` or `mqtts://…`; protocol version 4 (3.1.1) or 5.

    `senders` are (organisation number, sender) pairs whose receipts are read. Unconfirmed messages are sent again
    after `retry_after_s` seconds, once the first receipt has shown that there is somebody who gives any.
    """

    url: str
    senders: tuple[tuple[str, str], ...]
    version: int = 4
    client_id: str = "knutepunkt-devices"
    retry_after_s: float = 30.0
    tries: int = 5
    connect_within_s: float = 10.0
    window: int = 1_000
    first_receipt_within_s: float = 3.0


class MqttTarget:
    """One connection for all devices, as a gateway would have. Opened with `await MqttTarget.open(settings)`."""

    def __init__(self, settings: MqttSettings) -> None:
        self.tally = Tally()
        self._settings = settings
        self._unconfirmed = Unconfirmed(retry_after_s=settings.retry_after_s, tries=settings.tries)
        self._resent: list[Emission] = []
        self._published = 0
        self._acknowledged = 0
        self._patience_ends: float | None = None
        self._loop = asyncio.get_running_loop()
        self._connected: asyncio.Future[None] = self._loop.create_future()
        self._moved = asyncio.Event()
        self._client = self._new_client(urlsplit(settings.url))

    @classmethod
    async def open(cls, settings: MqttSettings) -> MqttTarget:
        """A connected target. Raises `Unreachable` or `AccessDenied`."""
        target = cls(settings)
        where = urlsplit(settings.url)
        port = where.port or (8883 if where.scheme == "mqtts" else 1883)
        try:
            await asyncio.to_thread(target._client.connect, where.hostname or "127.0.0.1", port, 30)
            target._client.loop_start()
            async with asyncio.timeout(settings.connect_within_s):
                await target._connected
        except TimeoutError as error:
            target._client.loop_stop()
            raise Unreachable("MQTT-megleren svarer ikke") from error
        except OSError as error:
            raise Unreachable(f"ingen MQTT-megler svarer på {where.hostname}:{port}") from error
        return target

    def _new_client(self, where: Any) -> paho.Client:
        version = MQTTProtocolVersion.MQTTv5 if self._settings.version == 5 else MQTTProtocolVersion.MQTTv311
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=self._settings.client_id, protocol=version)
        client.max_inflight_messages_set(self._settings.window)
        client.max_queued_messages_set(0)
        client.reconnect_delay_set(1, 10)
        if where.username:
            client.username_pw_set(unquote(where.username), unquote(where.password or ""))
        if where.scheme == "mqtts":
            client.tls_set()
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def fitted(self, emission: Emission) -> Emission:
        """As it is."""
        return emission

    async def send(self, emission: Emission) -> bool:
        """Publish it; waits while too many are under way. Raises `Unreachable` when the broker is gone for long."""
        await self._room()
        self._publish(emission)
        if emission.kind == "event":
            self._unconfirmed.sent(emission, time.monotonic())
        self.tally.sent += 1
        return True

    def _publish(self, emission: Emission) -> None:
        self._published += 1
        self._client.publish(emission.topic, emission.payload, qos=1, retain=emission.retain)

    async def _room(self) -> None:
        """Wait until the broker, and the hub where it gives receipts, has caught up."""
        while self._is_full():
            await self._round()
        if self.tally.receipts:
            self._retry()

    def _is_full(self) -> bool:
        if self._published - self._acknowledged >= self._settings.window:
            return True
        if len(self._unconfirmed) < _UNCONFIRMED_AT_MOST:
            return False
        return bool(self.tally.receipts) or self._may_still_hear()

    def _may_still_hear(self) -> bool:
        """Whether the very first receipt may still come; asked when so much is sent that there should be one."""
        if self._patience_ends is None:
            self._patience_ends = time.monotonic() + self._settings.first_receipt_within_s
        return time.monotonic() < self._patience_ends

    async def _round(self) -> None:
        self._moved.clear()
        try:
            async with asyncio.timeout(_ROUND_S):  # wait_for of Python 3.11 may swallow a cancellation
                await self._moved.wait()
        except TimeoutError:
            self._retry()

    def _retry(self) -> None:
        if not self.tally.receipts:
            return
        again, given_up = self._unconfirmed.due(time.monotonic())
        self.tally.given_up += given_up
        for emission in again:
            self._publish(emission)
            self.tally.retried += 1
            self._resent.append(emission)

    def resent(self) -> list[Emission]:
        """What was sent again since the last call."""
        again, self._resent = self._resent, []
        return again

    async def drain(self) -> None:
        """Wait for the broker, and for the receipts where there are any."""
        patience = time.monotonic() + self._settings.connect_within_s
        while self._acknowledged < self._published:
            await self._round()
            if time.monotonic() > patience and not self._client.is_connected():
                raise Unreachable("MQTT-megleren ble borte før den hadde fått alt")
        await self._receipts()

    async def _receipts(self) -> None:
        """Wait for receipts until all are there or given up; for the very first one only a moment."""
        patience = time.monotonic() + self._settings.first_receipt_within_s
        while len(self._unconfirmed) and (self.tally.receipts or time.monotonic() < patience):
            await self._round()

    async def aclose(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    # Called by paho in its own thread:

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, reason: ReasonCode, _props: Any) -> None:
        if reason.is_failure:
            self._loop.call_soon_threadsafe(_settle, self._connected, _refusal(reason))
            return
        for topic in _receipt_topics(self._settings.senders):
            client.subscribe(topic, qos=1)
        self._loop.call_soon_threadsafe(_settle, self._connected, None)

    def _on_publish(self, *_: Any) -> None:
        self._acknowledged += 1
        if self._published - self._acknowledged in {0, self._settings.window // 2}:
            self._loop.call_soon_threadsafe(self._moved.set)

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        for sha256, code in receipts_in(bytes(message.payload)):
            self._loop.call_soon_threadsafe(self._confirm, sha256, code)

    def _confirm(self, sha256: str, code: str) -> None:
        if self._unconfirmed.confirmed(sha256):
            self.tally.receipts[code] += 1
            self._moved.set()


def _refusal(reason: ReasonCode) -> Exception:
    if reason.getName() in _NOT_ALLOWED:
        return AccessDenied("MQTT-megleren godtok ikke påloggingen")
    return Unreachable(f"MQTT-megleren sa nei: {reason}")


def _receipt_topics(senders: Iterable[tuple[str, str]]) -> list[str]:
    topics = [f"vft/{municipality}/{sender}/+/receipt" for municipality, sender in senders]
    return topics if len(topics) <= _SUBSCRIPTIONS_AT_MOST else ["vft/+/+/+/receipt"]


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
