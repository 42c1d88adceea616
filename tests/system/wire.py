"""A raw paho client, as a vendor's own would be: no code of ours between the test and the broker."""

from __future__ import annotations

import contextlib
import hashlib
import json
import queue
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.messages import MUNICIPALITY, SENDER, Json, raw

RECEIPT = "urn:knutepunkt:receipt"
SHA256 = "urn:knutepunkt:message-sha256"
IDENTIFIER = "urn:knutepunkt:message-identifier"
SOON_S = 20.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt, read by hand."""

    code: str
    sha256: str
    identifier: str | None
    rules: tuple[str, ...]
    paths: tuple[str, ...]
    outcome: Json
    message: MQTTMessage


def read(message: MQTTMessage) -> Receipt:
    outcome = json.loads(message.payload)
    assert outcome["resourceType"] == "OperationOutcome"
    first, *others = outcome["issue"]
    (code,) = [c["code"] for c in first["details"]["coding"] if c["system"] == RECEIPT]
    named = {e["url"]: e for e in first.get("extension", [])}
    identifier = named.get(IDENTIFIER, {}).get("valueIdentifier", {}).get("value")
    rules = tuple(c["code"] for issue in others for c in issue["details"]["coding"])
    paths = tuple(path for issue in others for path in issue.get("expression", []))
    return Receipt(code, named[SHA256]["valueString"], identifier, rules, paths, outcome, message)


@dataclass(slots=True)
class Wire:
    """A connected client with everything that came to it."""

    client: Client
    arrived: queue.Queue[MQTTMessage] = field(default_factory=queue.Queue)
    is_up: threading.Event = field(default_factory=threading.Event)
    granted: queue.Queue[Any] = field(default_factory=queue.Queue)

    def subscribe(self, *topics: str) -> None:
        self.client.subscribe([(topic, 1) for topic in topics])
        self.granted.get(timeout=SOON_S)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, **more: Any) -> Any:
        return self.client.publish(topic, payload, qos=qos, **more)

    def next(self, within_s: float = SOON_S) -> MQTTMessage | None:
        with contextlib.suppress(queue.Empty):
            return self.arrived.get(timeout=within_s)
        return None

    def say(
        self,
        message: Json | bytes,
        *,
        sender: str = SENDER,
        municipality: str = MUNICIPALITY,
        device: str = "dev-1",
        **more: Any,
    ) -> Receipt:
        """Publish an event and wait for its receipt, which the client must have subscribed to."""
        payload = message if isinstance(message, bytes) else raw(message)
        self.publish(f"vft/{municipality}/{sender}/{device}/event", payload, **more)
        wanted = hashlib.sha256(payload).hexdigest()
        while (arrived := self.next()) is not None:
            if arrived.topic.endswith("/receipt") and (receipt := read(arrived)).sha256 == wanted:
                return receipt
        raise AssertionError("no receipt came")


@contextmanager
def wire(
    port: int,
    name: str,
    *topics: str,
    protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
    login: tuple[str, str] | None = None,
    clean: bool = True,
    host: str = "127.0.0.1",
    within_s: float = SOON_S,
    trusting: Path | None = None,
) -> Iterator[Wire]:
    session = {} if protocol == MQTTProtocolVersion.MQTTv5 else {"clean_session": clean}
    client = Client(CallbackAPIVersion.VERSION2, name, protocol=protocol, **session)
    if login:
        client.username_pw_set(*login)
    if trusting is not None:
        context = ssl.create_default_context(cafile=trusting)
        context.check_hostname = False
        client.tls_set_context(context)
    client.reconnect_delay_set(1, 1)
    it = Wire(client)
    client.on_connect = lambda _c, _u, _f, code, _p: it.is_up.set() if code.value == 0 else None
    client.on_message = lambda _c, _u, message: it.arrived.put(message)
    client.on_subscribe = lambda _c, _u, _m, codes, _p: it.granted.put(codes)
    client.connect(host, port)
    client.loop_start()
    try:
        assert it.is_up.wait(within_s)
        if topics:
            it.subscribe(*topics)
        yield it
    finally:
        client.disconnect()
        client.loop_stop()


def asking(correlation: bytes, response_topic: str | None = None) -> Properties:
    """MQTT 5 properties of an event whose sender wants to know its answer again."""
    properties = Properties(PacketTypes.PUBLISH)
    properties.CorrelationData = correlation
    if response_topic:
        properties.ResponseTopic = response_topic
    return properties
