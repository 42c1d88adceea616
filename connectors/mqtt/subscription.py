"""Messages of one topic filter as an asynchronous iterator that acknowledges behind itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType

from connectors.mqtt.message import MqttMessage, topic_matches
from hub.model.errors import KnutepunktError, Unreachable


class Incoming:
    """A message on its way to its readers: acknowledged to the broker when the last of them is done with it."""

    __slots__ = ("_acknowledge", "_readers", "message")

    def __init__(self, message: MqttMessage, acknowledge: Callable[[], None]) -> None:
        self.message = message
        self._acknowledge = acknowledge
        self._readers = 0

    def give_to(self, subscriptions: Sequence[Subscription]) -> None:
        """Put the message in line at `subscriptions`; without any it is done with at once."""
        self._readers = len(subscriptions)
        for subscription in subscriptions:
            subscription.put(self)
        if not subscriptions:
            self._acknowledge()

    def done(self) -> None:
        """One reader has done what it had to do."""
        self._readers -= 1
        if self._readers == 0:
            self._acknowledge()


class Subscription:
    """The messages of one topic filter, in order of arrival.

    A message is acknowledged when the next one is asked for, or when the `async with` block is left without an
    error; so what a crash interrupted comes again in a persistent session. Iteration ends when the connection
    is closed, and raises `AccessDenied` when the broker refuses the subscription.
    """

    def __init__(self, topic_filter: str, *, leave: Callable[[Subscription, list[Incoming]], None]) -> None:
        self.topic_filter = topic_filter
        self._leave = leave
        self._granted = asyncio.Event()
        self._line: asyncio.Queue[Incoming | None] = asyncio.Queue()
        self._current: Incoming | None = None
        self._ended = False
        self._error: KnutepunktError | None = None

    async def ready(self) -> None:
        """Wait until the broker has granted the subscription (again, after the line was broken).

        Raises `AccessDenied` when it won't, and `Unreachable` when the connection is closed first.
        """
        await self._granted.wait()
        if self._ended:
            raise self._error or Unreachable("the connection was closed")

    def takes(self, topic: str) -> bool:
        """Whether a message on `topic` belongs here."""
        return topic_matches(topic, self.topic_filter)

    def grant(self) -> None:
        """Note that the broker has granted the subscription. Called by the connection."""
        self._granted.set()

    def lapse(self) -> None:
        """Note that the subscription must be granted anew. Called by the connection when the line breaks."""
        self._granted.clear()

    def put(self, incoming: Incoming) -> None:
        """Place a message at the end of the line. Called by the connection."""
        self._line.put_nowait(incoming)

    def end(self, error: KnutepunktError | None = None) -> None:
        """Let the iteration end when the line is empty, with `error` if there is one. Called by the connection."""
        self._ended, self._error = True, self._error or error
        self._granted.set()
        self._line.put_nowait(None)

    def close(self) -> None:
        """Take no more messages. In a persistent session, what was not finished comes again."""
        unread = [i for i in (self._line.get_nowait() for _ in range(self._line.qsize())) if i is not None]
        if self._current is not None:
            unread.append(self._current)
            self._current = None
        self._leave(self, unread)
        self.end()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> MqttMessage:
        self._finish()
        incoming = await self._line.get()
        if incoming is None:
            self._line.put_nowait(None)
            raise self._error or StopAsyncIteration
        self._current = incoming
        return incoming.message

    async def __aenter__(self) -> Subscription:
        await self.ready()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self.close()

    def _finish(self) -> None:
        if self._current is not None:
            self._current.done()
            self._current = None
