"""The MQTT door: events in, receipts out; status and silence; the response centre's confirmations.

The acknowledgement goes to the broker only after the event is durably stored, in order of receipt. The DUP flag decides
nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from hub.api.receipts import receipt_of
from hub.api.watch import Watch, status_of
from hub.dispatch.response_centre import ResponseCentreDestination
from hub.ingest.accepting import Ingest
from hub.model.codes import ReceiptCode
from hub.model.errors import Unreachable
from hub.model.event import Inbound, Outcome
from hub.model.finding import Finding
from hub.model.ports import Clock
from hub.mqtt.bridge import Arrival
from hub.mqtt.sessions import Sessions

log = logging.getLogger(__name__)

#: What the hub listens to, by session with the broker (see `hub.mqtt.sessions`): an event keeps its place in the order.
SESSIONS = (("vft/+/+/+/event",), ("vft/+/+/+/status",), ("vft/+/response-centre/receipt",))


@dataclass(frozen=True, slots=True)
class _Pending:
    """A message that waits for its commit."""

    arrival: Arrival
    answer: asyncio.Future[Outcome] | None


class MqttDoor:
    """Turns what the broker sends into events, and outcomes into receipts.

    `receive` is the bridge's callback; `run` answers and acknowledges. Raises StoreUnavailable out of `run`.
    """

    def __init__(
        self,
        ingest: Ingest,
        watch: Watch,
        clock: Clock,
        *,
        response_centres: Mapping[str, ResponseCentreDestination],
    ) -> None:
        self._ingest = ingest
        self._watch = watch
        self._clock = clock
        self._response_centres = response_centres
        self._pending: deque[_Pending] = deque()
        self._news = asyncio.Event()
        self._routes: dict[str, Callable[[Arrival, list[str]], asyncio.Future[Outcome] | None]] = {
            "event": self._event,
            "status": self._status,
            "receipt": self._confirmation,
        }

    def receive(self, arrival: Arrival) -> None:
        """Take one message from the broker."""
        segments = arrival.topic.split("/")
        try:
            answer = self._routes[segments[-1]](arrival, segments)
        except Exception as error:
            # It must not block the broker's queue for everybody behind it. (Events are caught, and kept, by ingest.)
            log.exception(
                "a message on a %s topic could not be read: %s", segments[-1], type(error).__name__, exc_info=False
            )
            answer = None
        self.queue(arrival, answer)

    def queue(self, arrival: Arrival, answer: asyncio.Future[Outcome] | None) -> None:
        """Let `arrival` be acknowledged in its turn, after its `answer` where there will be one."""
        self._pending.append(_Pending(arrival, answer))
        self._news.set()

    async def run(self, bridge: Sessions) -> None:
        """Answer and acknowledge, in order of receipt, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._pending:
                pending = self._pending.popleft()
                if pending.answer is not None:
                    outcome = await pending.answer
                    self._heard_retained(pending.arrival, outcome)
                    self.answer(bridge, pending.arrival, outcome)
                pending.arrival.acknowledge()

    def _event(self, arrival: Arrival, segments: list[str]) -> asyncio.Future[Outcome]:
        _, municipality, sender, device, _ = segments
        now = self._clock.now()
        if not arrival.is_retained:
            self._watch.heard(municipality, sender, device, now)
        inbound = Inbound("mqtt", municipality, sender, device, arrival.payload, now, _remarks(arrival))
        return self._ingest.submit(inbound)

    def _status(self, arrival: Arrival, segments: list[str]) -> None:
        _, municipality, sender, device, _ = segments
        status = status_of(arrival.payload, municipality, sender, device, now=self._clock.now())
        if status is None:
            log.warning("a status that can't be read came from %s in %s", sender, municipality)
        else:
            self._watch.said(status, is_retained=arrival.is_retained)

    def _confirmation(self, arrival: Arrival, segments: list[str]) -> None:
        centre = self._response_centres.get(segments[1])
        outcome = _object(arrival.payload)
        if centre is not None and outcome is not None:
            centre.confirm(outcome)

    def _heard_retained(self, arrival: Arrival, outcome: Outcome) -> None:
        """A retained event that was not known is a sign of life; one that was may be the broker's old copy."""
        if arrival.is_retained and outcome.code is not ReceiptCode.DUPLICATE:
            _, municipality, sender, device, _ = arrival.topic.split("/")
            self._watch.heard(municipality, sender, device, self._clock.now())

    def answer(self, bridge: Sessions, arrival: Arrival, outcome: Outcome) -> None:
        """Publish the receipt. A sender that gets none sends again, and is told of the duplicate."""
        tree = arrival.topic.removesuffix("/event")
        payload = receipt_of(outcome)
        topics = [f"{tree}/receipt"]
        own = tree.rsplit("/", 1)[0] + "/"
        wished = arrival.response_topic
        if wished and wished != topics[0] and wished.startswith(own) and not wished.endswith(("/event", "/status")):
            topics.append(wished)
        try:
            for topic in topics:
                bridge.publish_nowait(topic, payload, correlation=arrival.correlation)
        except (Unreachable, ValueError):
            log.info("no receipt could be published; the sender will ask again")


def _object(payload: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _remarks(arrival: Arrival) -> tuple[Finding, ...]:
    return ((_RETAINED,) if arrival.is_retained else ()) + ((_QOS_0,) if arrival.qos == 0 else ())


_RETAINED = Finding(
    severity="warning",
    path="$this",
    rule="mqtt-retained-event",
    advice="Hendelsen er sendt med retain. Send hendelser uten, ellers kommer de igjen ved hver ny tilkobling.",
    issue_type="business-rule",
    outcome_code="3",
)
_QOS_0 = Finding(
    severity="warning",
    path="$this",
    rule="mqtt-qos-0",
    advice="Hendelsen er sendt med QoS 0 og kan gå tapt uten at noen merker det. Bruk QoS 1.",
    issue_type="business-rule",
    outcome_code="3",
)
