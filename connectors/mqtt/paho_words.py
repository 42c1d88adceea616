"""paho's words in ours and ours in paho's: clients, properties, messages, reasons."""

from __future__ import annotations

from typing import Any, Literal

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties, VariableByteIntegers

from connectors.mqtt.message import MqttMessage
from hub.model.errors import AccessDenied, KnutepunktError, Refused

MqttVersion = Literal["3.1.1", "5"]
Session = Literal["clean", "persistent"]

_SESSION_SECONDS = 7 * 24 * 3600
#: Reasons, in paho's words for both versions, that no further attempt will change.
_DENIED = frozenset(
    {
        "Bad user name or password",
        "Not authorized",
        "Client identifier not valid",
        "Unsupported protocol version",
        "Banned",
        "Bad authentication method",
    }
)


def make_client(client_id: str, *, version: MqttVersion, session: Session, in_flight: int) -> paho.Client:
    """A paho client that acknowledges only when told to and heals with 1 to 30 seconds between attempts."""
    protocol, clean = (paho.MQTTv5, None) if version == "5" else (paho.MQTTv311, session == "clean")
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id, clean, protocol=protocol, manual_ack=True)
    client.max_inflight_messages_set(in_flight)
    client.reconnect_delay_set(min_delay=1, max_delay=30)
    return client


def connect_options(version: MqttVersion, session: Session) -> dict[str, Any]:
    """What paho's `connect_async` must be told of the session; MQTT 3.1.1 has been told already."""
    if version == "3.1.1":
        return {}
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no types here
    properties.SessionExpiryInterval = _SESSION_SECONDS if session == "persistent" else 0
    return {"clean_start": session == "clean", "properties": properties}


def publish_properties(correlation: bytes | None, response_topic: str | None) -> Properties | None:
    """The MQTT 5 properties of a message that wants an answer, or None when it wants none."""
    if correlation is None and response_topic is None:
        return None
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho has no types here
    if correlation is not None:
        properties.CorrelationData = correlation
    if response_topic is not None:
        properties.ResponseTopic = response_topic
    return properties


def packet_size(topic: str, payload: bytes, *, qos: int, properties: Properties | None) -> int:
    """The bytes of an MQTT 5 PUBLISH, all of it (OASIS MQTT 5.0, 3.3): what a broker's Maximum Packet Size is about."""
    told = properties.pack() if properties else b"\0"  # type: ignore[no-untyped-call]  # paho has no types here
    rest = 2 + len(topic.encode()) + (2 if qos else 0) + len(told) + len(payload)
    return 1 + len(VariableByteIntegers.encode(rest)) + rest  # type: ignore[no-untyped-call]  # nor here


def read_message(raw: paho.MQTTMessage) -> MqttMessage:
    """A message of paho's as one of ours."""
    return MqttMessage(
        topic=raw.topic,
        payload=bytes(raw.payload),
        qos=raw.qos,
        retained=raw.retain,
        redelivered=raw.dup,
        correlation=getattr(raw.properties, "CorrelationData", None),
        response_topic=getattr(raw.properties, "ResponseTopic", None),
    )


def is_final(reason: Any) -> bool:
    """Whether a refused connection will be refused again."""
    return str(reason) in _DENIED


def refusal(reason: Any) -> KnutepunktError:
    """The error that a refused message is."""
    text = f"the broker refuses the message: {reason}"
    return AccessDenied(text) if str(reason) == "Not authorized" else Refused(text)
