from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mqtt import MqttConnection, Tls, Will
from connectors.mqtt.address import BrokerAddress
from connectors.mqtt.message import topic_matches
from hub.model.errors import AccessDenied, Unreachable
from tests.connectors import brokers
from tests.connectors.brokers import Broker
from tests.optional import program


async def test_what_is_published_arrives_in_order(any_broker: Broker) -> None:
    async with (
        MqttConnection(any_broker.url, client_id="a") as sender,
        MqttConnection(any_broker.url, client_id="b") as reader,
        reader.subscribe("vft/+/x/#") as messages,
    ):
        async with asyncio.TaskGroup() as group:
            for n in range(50):
                group.create_task(sender.publish("vft/314159265/x/d/event", f"æ{n}".encode()))
        got = [(await anext(messages)).payload.decode() for _ in range(50)]
    assert got == [f"æ{n}" for n in range(50)]


async def test_publish_returns_only_when_the_broker_has_confirmed(any_broker: Broker) -> None:
    async with MqttConnection(any_broker.url, client_id="a") as sender:
        any_broker.kill()
        publishing = asyncio.create_task(sender.publish("t", b"1"))
        await asyncio.wait([publishing], timeout=0.3)
        assert not publishing.done()
        any_broker.start()
        await publishing


async def test_subscriptions_are_made_again_after_the_broker_was_away(any_broker: Broker) -> None:
    async with MqttConnection(any_broker.url, client_id="a") as both, both.subscribe("t") as messages:
        any_broker.kill()
        any_broker.start()
        await both.publish("other", b"")
        await messages.ready()
        await both.publish("t", b"after")
        assert (await anext(messages)).payload == b"after"


async def test_a_persistent_session_keeps_messages_while_the_client_is_away(any_broker: Broker) -> None:
    def keeper() -> MqttConnection:
        return MqttConnection(any_broker.url, client_id="keeper", session="persistent")

    async with keeper() as c:
        await c.subscribe("t").ready()
    async with MqttConnection(any_broker.url, client_id="sender") as sender:
        await sender.publish("t", b"meanwhile")
    async with keeper() as c, c.subscribe("t") as messages:
        assert (await anext(messages)).payload == b"meanwhile"


async def test_what_a_crash_interrupted_comes_again_and_what_was_finished_does_not(any_broker: Broker) -> None:
    async def one_session() -> list[bytes]:
        seen: list[bytes] = []
        async with MqttConnection(any_broker.url, client_id="keeper", session="persistent") as c:
            subscription = c.subscribe("t")
            await subscription.ready()
            if not handled:
                for n in range(3):
                    await c.publish("t", str(n).encode())
            async for message in subscription:
                seen.append(message.payload)
                if len(seen) == 2:
                    break
        return seen

    handled: list[bytes] = []
    handled += await one_session()
    assert handled == [b"0", b"1"]
    assert await one_session() == [b"1", b"2"]


async def test_closing_the_connection_ends_iterations_and_fails_waiting_publishes(nats: Broker) -> None:
    async with MqttConnection(nats.url, client_id="a") as c:
        subscription = c.subscribe("t")
        await subscription.ready()
        nats.kill()
        publishing = asyncio.create_task(c.publish("t", b""))
        await asyncio.sleep(0)
    assert [m async for m in subscription] == []
    with pytest.raises(Unreachable):
        await publishing
    with pytest.raises(Unreachable):
        await c.publish("t", b"")


async def test_a_broker_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        async with MqttConnection(f"mqtt://127.0.0.1:{brokers.free_port()}", client_id="a", connect_within_s=0.2):
            pass


class TestMosquitto:
    pytestmark = pytest.mark.needs("mosquitto")

    async def test_mqtt_5_carries_correlation_and_response_topic(self, tmp_path: Path) -> None:
        with brokers.running(brokers.mosquitto(tmp_path)) as broker:
            await broker.answers()
            async with MqttConnection(broker.url, client_id="a", version="5") as c, c.subscribe("t") as messages:
                await c.publish("t", b"1", correlation=b"\x00\xff", response_topic="t/answer")
                message = await anext(messages)
        assert (message.correlation, message.response_topic) == (b"\x00\xff", "t/answer")

    async def test_a_wrong_password_is_access_denied_at_once(self, tmp_path: Path) -> None:
        broker = await _with_passwords(tmp_path)
        with brokers.running(broker):
            await broker.answers()
            for version in ("3.1.1", "5"):
                with pytest.raises(AccessDenied):
                    async with MqttConnection(broker.url, client_id="a", username="x", password="no", version=version):
                        pass

    async def test_a_topic_that_mqtt_5_refuses_is_access_denied(self, tmp_path: Path) -> None:
        broker = await _with_passwords(tmp_path)
        with brokers.running(broker):
            await broker.answers()
            url = broker.url.replace("mqtt://", "mqtt://x:s%20cret@")
            async with MqttConnection(url, client_id="a", version="5") as c:
                await c.publish("mine/1", b"")
                with pytest.raises(AccessDenied):
                    await c.publish("other/1", b"")

    async def test_the_last_will_is_published_when_the_line_breaks(self, tmp_path: Path) -> None:
        with brokers.running(brokers.mosquitto(tmp_path)) as broker:
            await broker.answers()
            async with MqttConnection(broker.url, client_id="a") as c, c.subscribe("will") as messages:
                mortal = MqttConnection(broker.url, client_id="b", will=Will("will", b"gone"))
                same = MqttConnection(broker.url, client_id="b")  # the broker drops the first
                async with mortal, same:
                    assert (await anext(messages)).payload == b"gone"

    @pytest.mark.needs("openssl")
    async def test_tls_with_client_certificates_lets_only_the_right_client_in(self, tmp_path: Path) -> None:
        ca = _certificates(tmp_path)
        extra = (
            f"cafile {ca}\ncertfile {tmp_path}/server.pem\nkeyfile {tmp_path}/server.key\n"
            "require_certificate true\nuse_identity_as_username true\n"
        )
        with brokers.running(brokers.mosquitto(tmp_path, extra, scheme="mqtts")) as broker:
            await broker.answers()
            known = Tls(ca=ca, certificate=tmp_path / "client.pem", key=tmp_path / "client.key")
            async with MqttConnection(broker.url, client_id="a", tls=known) as c:
                await c.publish("t", b"")
            with pytest.raises(Unreachable):
                async with MqttConnection(broker.url, client_id="b", tls=Tls(ca=ca), connect_within_s=1):
                    pass


async def _with_passwords(folder: Path) -> Broker:
    await asyncio.to_thread(
        subprocess.run, [program("mosquitto_passwd"), "-b", "-c", folder / "passwords", "x", "s cret"], check=True
    )
    (folder / "acl").write_text("user x\ntopic readwrite mine/#\n")
    for file in ("passwords", "acl"):
        (folder / file).chmod(0o600)
    return brokers.mosquitto(
        folder, f"allow_anonymous false\npassword_file {folder}/passwords\nacl_file {folder}/acl\n"
    )


def _certificates(folder: Path) -> Path:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, cwd=folder, capture_output=True)

    key = ("-newkey", "rsa:2048", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "2")
    for name, subject, extra in (("server", "localhost", "subjectAltName=DNS:localhost"), ("client", "Acme", "")):
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={subject}")
        (folder / "ext").write_text(extra)
        openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-out", f"{name}.pem", "-days", "2", "-extfile", "ext"),
        )
    return folder / "ca.pem"


@pytest.mark.parametrize(
    ("topic", "topic_filter", "taken"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/+", True),
        ("a/b", "a/#", True),
        ("a", "a/#", True),
        ("a/b", "a", False),
        ("a", "a/b", False),
        ("a/b/c", "a/+", False),
        ("b/a", "a/#", False),
    ],
)
def test_topic_filters_take_what_the_standard_says(topic: str, topic_filter: str, taken: bool) -> None:
    assert topic_matches(topic, topic_filter) is taken


@given(st.lists(st.text("ab", max_size=2), min_size=1, max_size=4))
def test_every_topic_is_taken_by_itself_and_by_hash(levels: list[str]) -> None:
    topic = "/".join(levels)
    assert topic_matches(topic, topic)
    assert topic_matches(topic, "#")


def test_an_address_is_read_with_its_user_and_default_port() -> None:
    assert BrokerAddress.parse("mqtts://a%40b:c@h") == BrokerAddress("h", 8883, True, "a@b", "c")
    assert BrokerAddress.parse("mqtt://h:1").port == 1
    with pytest.raises(ValueError, match="mqtt://host:port"):
        BrokerAddress.parse("http://h")
