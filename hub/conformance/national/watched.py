"""The hub's own way in, watched: what is decided about each message is written down, and receipts can get lost."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

from hub.api.mqtt import MqttDoor
from hub.conformance.national.heard import Heard, Message, TakenIn, now, read
from hub.conformance.national.script import Answer, Cut, Fault, Fine, Late, Script, Silence
from hub.ingest.accepting import Ingest
from hub.model.codes import ReceiptCode
from hub.model.event import Inbound, Outcome
from hub.mqtt.bridge import Arrival
from hub.mqtt.sessions import Sessions


class WatchedIngest(Ingest):
    """Takes messages in as the hub does, and writes down in `heard` what came of each."""

    def __init__(self, *parts: Any, heard: Heard, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._heard = heard

    def submit(self, inbound: Inbound) -> asyncio.Future[Outcome]:
        """As `Ingest.submit`."""
        outcome = super().submit(inbound)
        outcome.add_done_callback(lambda done: self._note(inbound, done))
        return outcome

    def _note(self, inbound: Inbound, done: asyncio.Future[Outcome]) -> None:
        if not done.cancelled() and done.exception() is None:
            self._heard.taken.append(TakenIn(inbound, done.result()))
            self._heard.changed()


class WatchedDoor(MqttDoor):
    """The MQTT door with the script's faults: no receipt, a late one, one that rejects, a broken connection (`cut`)."""

    def __init__(self, *parts: Any, heard: Heard, script: Script, cut: Callable[[], None], **more: Any) -> None:
        super().__init__(*parts, **more)
        self._heard = heard
        self._script = script
        self._cut = cut
        self._faults: dict[int, Fault] = {}

    def receive(self, arrival: Arrival) -> None:
        """Take one message from the broker, as the script has it."""
        if not arrival.topic.endswith("/event"):
            super().receive(arrival)
            return
        fault = self._script.take("write")
        is_let_in = getattr(fault, "when", "after") == "after"
        self._note(arrival, is_let_in)
        self._faults[id(arrival)] = fault
        if is_let_in:
            super().receive(arrival)
        else:
            self._refuse(arrival)

    def answer(self, bridge: Sessions, arrival: Arrival, outcome: Outcome) -> None:
        """Publish the receipt, unless the script has it get lost, come late, or say no."""
        fault = self._faults.pop(id(arrival), Fine())
        publish = partial(super().answer, bridge, arrival)
        if isinstance(fault, Cut):
            self._cut()
        elif isinstance(fault, Late):
            asyncio.get_running_loop().call_later(fault.seconds, publish, outcome)
        elif isinstance(fault, Answer):
            publish(_rejection(outcome.sha256))
        elif not isinstance(fault, Silence):
            publish(outcome)

    def _refuse(self, arrival: Arrival) -> None:
        """Let a message not get in: the answer is made here, and the broker is done with it."""
        outcome = _rejection(hashlib.sha256(arrival.payload).hexdigest())
        settled: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        settled.set_result(outcome)
        self.queue(arrival, settled)

    def _note(self, arrival: Arrival, is_let_in: bool) -> None:
        device, payload = arrival.topic.split("/")[3], arrival.payload
        message = Message(now(), "mqtt", device, payload, read(payload), is_let_in, arrival.is_retained, arrival.qos)
        self._heard.messages.append(message)
        self._heard.changed()


def _rejection(sha256: str) -> Outcome:
    return Outcome(ReceiptCode.REJECTED, "Avvist.", sha256, None, None)
