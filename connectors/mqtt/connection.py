"""One connection to a broker: paho's network thread on one side, asyncio on the other.

paho calls back in its own thread; every callback does nothing but hand its news to the event loop, where all
state lives. The connection heals itself: it reconnects with back-off, subscribes again, and publishes again
what the broker had not confirmed (so a message may arrive twice, but not never).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal

import paho.mqtt.client as paho

from connectors.mqtt import paho_words
from connectors.mqtt.address import BrokerAddress, Tls, Will
from connectors.mqtt.paho_words import MqttVersion, Session
from connectors.mqtt.subscription import Incoming, Subscription
from hub.model.errors import AccessDenied, Refused, Unreachable


class MqttConnection:
    """A connection to the broker at `url` (`mqtt[s]://[user:password@]host[:port]`), used with `async with`.

    `session="persistent"` lets the broker keep messages for `client_id` while we are away, for as long as it
    keeps sessions (we ask for seven days over MQTT 5). Entering waits `connect_within_s` seconds for the broker
    and raises `Unreachable`, or `AccessDenied` when it doesn't let us in; with None it waits for nothing, and the
    connection comes when the broker does. At most `in_flight` messages wait for
    the broker's confirmation at a time; the rest stand in line.
    """

    def __init__(
        self,
        url: str,
        *,
        client_id: str,
        version: MqttVersion = "3.1.1",
        session: Session = "clean",
        username: str | None = None,
        password: str | None = None,
        tls: Tls | None = None,
        will: Will | None = None,
        keepalive_s: int = 30,
        connect_within_s: float | None = 10.0,
        in_flight: int = 20,
    ) -> None:
        self.client_id = client_id
        self.version: MqttVersion = version
        self._session: Session = session
        self._address = BrokerAddress.parse(url)
        self._keepalive_s = keepalive_s
        self._connect_within_s = connect_within_s
        self._client = paho_words.make_client(client_id, version=version, session=session, in_flight=in_flight)
        self._sign_in(username, password)
        if self._address.tls or tls is not None:
            self._client.tls_set_context((tls or Tls()).context())
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        self._subscriptions: list[Subscription] = []
        self._asked: dict[int, Subscription] = {}
        self._publishing: dict[int, asyncio.Future[None]] = {}
        self._unclaimed: list[Incoming] = []
        self._up = asyncio.Event()
        self._answered = asyncio.Event()
        self._refusal: str | None = None
        self._largest: int | None = None
        self._life = 0
        self._closed = False

    def _sign_in(self, username: str | None, password: str | None) -> None:
        user = username if username is not None else self._address.username
        if user is not None:
            self._client.username_pw_set(user, password if password is not None else self._address.password)

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in and the line is up."""
        return self._up.is_set()

    @property
    def refusal(self) -> str | None:
        """The broker's word for why it does not let us in; None while it does, or has not answered."""
        return self._refusal

    async def wait_connected(self) -> None:
        """Wait until the line is up (again)."""
        await self._up.wait()

    async def __aenter__(self) -> MqttConnection:
        self._loop = asyncio.get_running_loop()
        self._wire()
        options = paho_words.connect_options(self.version, self._session)
        self._client.connect_async(self._address.host, self._address.port, self._keepalive_s, **options)
        self._client.loop_start()
        if self._connect_within_s is not None:
            try:
                await self._first_answer(self._connect_within_s)
            except BaseException:
                await self._stop()
                raise
        return self

    async def _first_answer(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._answered.wait()
        except TimeoutError as e:
            raise Unreachable("the broker does not answer") from e
        if self._refusal is not None:
            raise AccessDenied(f"the broker does not let us in: {self._refusal}", status=401)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: Literal[0, 1] = 1,
        retain: bool = False,
        correlation: bytes | None = None,
        response_topic: str | None = None,
    ) -> None:
        """Give `payload` to the broker and wait until it has confirmed it (QoS 1), over any number of reconnections.

        Raises `AccessDenied` when an MQTT 5 broker refuses the topic, `Refused` when it refuses the message for
        another reason or takes none so large, and `Unreachable` when the connection is closed first; then, and when
        this wait is cancelled, the broker may have it or not. `correlation` and `response_topic` are dropped in MQTT
        3.1.1.
        """
        if self._closed:
            raise Unreachable("the connection is closed")
        v5 = self.version == "5"
        properties = paho_words.publish_properties(correlation, response_topic) if v5 else None
        size = paho_words.packet_size(topic, payload, qos=qos, properties=properties)
        if self._largest is not None and size > self._largest:
            raise Refused("the message is larger than the broker takes")
        info = self._client.publish(topic, payload, qos=qos, retain=retain, properties=properties)
        if info.rc == paho.MQTT_ERR_QUEUE_SIZE:
            raise Unreachable("too many messages wait for the broker")
        if qos == 0:
            return
        confirmed: asyncio.Future[None] = self._loop.create_future()
        self._publishing[info.mid] = confirmed
        await confirmed

    def subscribe(self, topic_filter: str) -> Subscription:
        """Messages on `topic_filter` (QoS 1), from now on and after every reconnection.

        In a persistent session they begin with those that were kept while we were away.
        """
        subscription = Subscription(topic_filter, leave=self._leave)
        if self._closed:
            subscription.end(Unreachable("the connection is closed"))
            return subscription
        self._subscriptions.append(subscription)
        self._ask(subscription)
        waiting, self._unclaimed = self._unclaimed, []
        for incoming in waiting:
            self._hand_over(incoming)
        return subscription

    # --- in paho's thread ---------------------------------------------------------------------------------

    def _wire(self) -> None:
        client = self._client

        def on_connect(_c: object, _u: object, _flags: object, reason: Any, properties: object) -> None:
            # A packet id means something on its own connection only, so each connection is a life of its own.
            self._life += 1
            self._tell(self._on_connect, reason, getattr(properties, "MaximumPacketSize", None))

        client.on_connect = on_connect
        client.on_disconnect = lambda _c, _u, _f, _r, _p: self._tell(self._on_disconnect)
        client.on_publish = lambda _c, _u, mid, reason, _p: self._tell(self._on_publish, mid, reason)
        client.on_subscribe = lambda _c, _u, mid, reasons, _p: self._tell(self._on_subscribe, mid, reasons)
        client.on_message = lambda _c, _u, message: self._tell(self._on_message, message, self._life)

    def _tell(self, listener: Callable[..., None], *news: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody is left to tell
            self._loop.call_soon_threadsafe(listener, *news)

    # --- in the event loop --------------------------------------------------------------------------------

    def _on_connect(self, reason: Any, largest: int | None) -> None:
        if reason.is_failure:
            if paho_words.is_final(reason):
                self._refusal = str(reason)
                self._answered.set()
            return
        self._refusal, self._largest = None, largest
        self._up.set()
        self._answered.set()
        self._asked.clear()
        for subscription in self._subscriptions:
            self._ask(subscription)

    def _on_disconnect(self) -> None:
        self._up.clear()
        self._unclaimed.clear()  # the broker sends them again
        for subscription in self._subscriptions:
            subscription.lapse()

    def _on_publish(self, mid: int, reason: Any) -> None:
        confirmed = self._publishing.pop(mid, None)
        if confirmed is None or confirmed.done():
            return
        if reason.is_failure:
            confirmed.set_exception(paho_words.refusal(reason))
        else:
            confirmed.set_result(None)

    def _on_subscribe(self, mid: int, reasons: list[Any]) -> None:
        subscription = self._asked.pop(mid, None)
        if subscription is None:
            return
        if any(reason.is_failure for reason in reasons):
            subscription.end(AccessDenied("the broker refuses the subscription"))
        else:
            subscription.grant()

    def _on_message(self, raw: paho.MQTTMessage, life: int) -> None:
        mid, qos = raw.mid, raw.qos

        def acknowledge() -> None:
            if life == self._life:
                self._client.ack(mid, qos)

        self._hand_over(Incoming(paho_words.read_message(raw), acknowledge))

    def _hand_over(self, incoming: Incoming) -> None:
        takers = [s for s in self._subscriptions if s.takes(incoming.message.topic)]
        if not takers and self._session == "persistent":
            self._unclaimed.append(incoming)
            return
        incoming.give_to(takers)

    def _ask(self, subscription: Subscription) -> None:
        _, mid = self._client.subscribe(subscription.topic_filter, qos=1)
        if mid is not None:  # None when the line is down: asked again when it is up
            self._asked[mid] = subscription

    def _leave(self, subscription: Subscription, unread: list[Incoming]) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
        if not self._closed and all(s.topic_filter != subscription.topic_filter for s in self._subscriptions):
            self._client.unsubscribe(subscription.topic_filter)
        if self._session == "clean":
            for incoming in unread:
                incoming.done()

    async def _stop(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)
        self._up.clear()
        for future in self._publishing.values():
            if not future.done():
                future.set_exception(Unreachable("the connection was closed"))
        for subscription in self._subscriptions:
            subscription.end()
