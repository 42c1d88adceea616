"""Signing in at the embedded broker: the topic tree and the identity agree, and nobody reads what is another's."""

from __future__ import annotations

import contextlib
import queue
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from hub.mqtt.embedded import EmbeddedBroker, Login

#: bcrypt, cost 4: of "hemmelig" and of "annet".
HASHES = (
    "$2b$04$YgYWNX3WkGf7fmya/dNS6OHeQqmt9VrObtPGyGU.mm4Rnp3XccHeS",
    "$2b$04$J0MWkWSlvthQjofegFuIxOR3mkc.yBLs/7raJxCxMjALl1yGJZOjS",
)
TOWN = "314159265"
ACME, DOTTED, CENTRE = "Acme_Alarm_Testvik", "Dot.Com_Alarm_Testvik", "Svar_Nor_Testvik"
SOON_S, NEVER_S = 5.0, 0.4


@dataclass(slots=True)
class Device:
    """A client that signs in by password."""

    client: Client
    arrived: queue.Queue[MQTTMessage] = field(default_factory=queue.Queue)
    answer: int = -1
    granted: queue.Queue[bool] = field(default_factory=queue.Queue)

    def subscribe(self, topic: str) -> bool:
        """Whether the broker granted it."""
        self.client.subscribe(topic, qos=1)
        try:
            return self.granted.get(timeout=SOON_S)
        except queue.Empty:
            return False

    def gets(self, within_s: float) -> str | None:
        """The next message's topic and payload, if there is one."""
        with contextlib.suppress(queue.Empty):
            message = self.arrived.get(timeout=within_s)
            return f"{message.topic} {message.payload.decode()}"
        return None

    def publish(self, topic: str, payload: str = "x", *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain)


@contextlib.contextmanager
def device(port: int, user: str | None, password: str = "hemmelig", *, name: str | None = None) -> Iterator[Device]:
    client = Client(
        CallbackAPIVersion.VERSION2,
        name or f"c-{user}".replace(".", "-"),
        protocol=MQTTProtocolVersion.MQTTv311,
        clean_session=True,
    )
    it = Device(client)
    welcomed: queue.Queue[int] = queue.Queue()
    if user is not None:
        client.username_pw_set(user, password)
    client.on_connect = lambda _c, _u, _f, code, _p: welcomed.put(int(code.value))
    client.on_message = lambda _c, _u, message: it.arrived.put(message)
    client.on_subscribe = lambda _c, _u, _m, codes, _p: it.granted.put(not any(c.is_failure for c in codes))
    client.connect("127.0.0.1", port)
    client.loop_start()
    it.answer = welcomed.get(timeout=SOON_S)
    try:
        yield it
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    embedded = EmbeddedBroker(
        host="127.0.0.1",
        port=port,
        directory=tmp_path_factory.mktemp("broker") / "Ødegård, «nr. 1»",
        logins=[
            Login(ACME, TOWN, HASHES[0]),
            Login(DOTTED, TOWN, HASHES[0]),
            Login(CENTRE, TOWN, HASHES[0], is_response_centre=True),
        ],
        hub_password="knut",
    )
    process = subprocess.Popen(embedded.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(("user", "password"), [(None, ""), (ACME, "feil"), (ACME, ""), ("Ukjent", "hemmelig")])
def test_nobody_gets_in_without_the_right_password(broker: int, user: str | None, password: str) -> None:
    with device(broker, user, password, name="stranger") as it:
        assert it.answer != 0


@pytest.mark.parametrize("sender", [ACME, DOTTED])
def test_a_senders_events_reach_the_hub_and_receipts_reach_the_sender(broker: int, sender: str) -> None:
    with device(broker, "knutepunkt", "knut") as hub, device(broker, sender) as it:
        assert hub.subscribe("vft/+/+/+/event")
        assert it.subscribe(f"vft/{TOWN}/{sender}/+/receipt")
        it.publish(f"vft/{TOWN}/{sender}/dev/event", "hello")
        assert hub.gets(SOON_S) == f"vft/{TOWN}/{sender}/dev/event hello"
        hub.publish(f"vft/{TOWN}/{sender}/dev/receipt", "ok")
        assert it.gets(SOON_S) == f"vft/{TOWN}/{sender}/dev/receipt ok"


@pytest.mark.parametrize("tree", [ACME, CENTRE, "response-centre"])
def test_whoever_signs_in_may_listen_to_the_whole_tree_that_is_theirs(broker: int, tree: str) -> None:
    with device(broker, "knutepunkt", "knut") as hub, device(broker, ACME if tree == ACME else CENTRE) as it:
        assert it.subscribe(f"vft/{TOWN}/{tree}/#")
        hub.publish(f"vft/{TOWN}/{tree}/dev/receipt", "ok")
        assert it.gets(SOON_S) == f"vft/{TOWN}/{tree}/dev/receipt ok"


@pytest.mark.parametrize(
    "topic",
    [
        f"vft/{TOWN}/{CENTRE}/dev/event",
        f"vft/{TOWN}/{ACME}x/dev/event",
        f"vft/974760673/{ACME}/dev/event",
        f"vft/{TOWN}/response-centre/receipt",
        f"vft/{TOWN}/response-centre/alert",
        f"vft/{TOWN}/Dot/Com_Alarm_Testvik/event",
    ],
)
def test_a_sender_cannot_speak_as_another(broker: int, topic: str) -> None:
    with device(broker, "knutepunkt", "knut") as hub, device(broker, ACME) as it:
        assert hub.subscribe("vft/#")
        it.publish(topic, "intruder")
        assert hub.gets(NEVER_S) is None


@pytest.mark.parametrize(
    "topic",
    [
        f"vft/{TOWN}/{CENTRE}/+/event",
        f"vft/{TOWN}/+/+/event",
        "vft/#",
        "#",
        f"vft/{TOWN}/response-centre/alert",
        "$MQTT/#",
        "$MQTT/msgs/#",
        "$MQTT/rmsgs/#",
        "$MQTT/sub/#",
        "$JS/#",
    ],
)
def test_a_sender_cannot_listen_to_another(broker: int, topic: str) -> None:
    with device(broker, "knutepunkt", "knut") as hub, device(broker, CENTRE) as other, device(broker, ACME) as it:
        assert hub.subscribe("vft/+/+/+/event")
        it.subscribe(topic)
        other.publish(f"vft/{TOWN}/{CENTRE}/dev/event", "secret")
        other.publish(f"vft/{TOWN}/{CENTRE}/dev/status", "secret", retain=True)
        assert hub.gets(SOON_S) is not None
        assert it.gets(NEVER_S) is None


def test_a_response_centre_gets_the_alerts_and_confirms_them(broker: int) -> None:
    with device(broker, "knutepunkt", "knut") as hub, device(broker, CENTRE) as it:
        assert hub.subscribe("vft/+/response-centre/receipt")
        assert it.subscribe(f"vft/{TOWN}/response-centre/alert")
        hub.publish(f"vft/{TOWN}/response-centre/alert", "fall")
        assert it.gets(SOON_S) == f"vft/{TOWN}/response-centre/alert fall"
        it.publish(f"vft/{TOWN}/response-centre/receipt", "seen")
        assert hub.gets(SOON_S) == f"vft/{TOWN}/response-centre/receipt seen"


def test_a_last_will_of_a_signed_in_device_is_published(broker: int) -> None:
    with device(broker, "knutepunkt", "knut") as hub:
        assert hub.subscribe("vft/+/+/+/status")
        client = Client(CallbackAPIVersion.VERSION2, "dying", protocol=MQTTProtocolVersion.MQTTv311)
        client.username_pw_set(ACME, "hemmelig")
        client.will_set(f"vft/{TOWN}/{ACME}/dying/status", '{"state":"offline"}', qos=1, retain=True)
        client.connect("127.0.0.1", broker)
        client.loop_start()
        while not client.is_connected():
            time.sleep(0.01)
        client.loop_stop()
        sock = client.socket()
        assert sock is not None
        sock.close()
        while (told := hub.gets(SOON_S)) and "dying" not in told:
            pass
        assert told is not None


def test_a_last_will_on_anothers_topic_is_not_published(broker: int) -> None:
    with device(broker, "knutepunkt", "knut") as hub:
        assert hub.subscribe("vft/+/+/forged/status")
        client = Client(CallbackAPIVersion.VERSION2, "forger", protocol=MQTTProtocolVersion.MQTTv311)
        client.username_pw_set(ACME, "hemmelig")
        client.will_set(f"vft/{TOWN}/{CENTRE}/forged/status", '{"state":"offline"}', qos=1, retain=True)
        client.connect("127.0.0.1", broker)
        client.loop_start()
        time.sleep(0.2)
        client.loop_stop()
        if (sock := client.socket()) is not None:
            sock.close()
        assert hub.gets(NEVER_S) is None
