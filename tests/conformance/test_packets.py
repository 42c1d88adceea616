"""What the kit hears of an MQTT client is what paho, a client that we did not write, has said."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from hub.conformance.national.mqtt_packets import Connect, Packet, PacketReader, Publish, Subscribe

_CONNACK = {MQTTProtocolVersion.MQTTv311: b"\x20\x02\x00\x00", MQTTProtocolVersion.MQTTv5: b"\x20\x03\x00\x00\x00"}


@pytest.mark.parametrize("version", list(_CONNACK))
async def test_a_client_is_heard_with_its_id_will_topics_and_flags(version: MQTTProtocolVersion) -> None:
    heard: list[Packet] = []
    enough = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        packets = PacketReader(heard.append)
        writer.write(_CONNACK[version])
        while block := await reader.read(7):  # in odd pieces
            packets.feed(block)
            if len(heard) >= 4:
                enough.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = Client(CallbackAPIVersion.VERSION2, client_id="klient-æ", protocol=version)
    client.username_pw_set("navn", "hemmelig")
    client.will_set("vft/1/2/3/status", b"borte", qos=1, retain=True)
    await asyncio.to_thread(client.connect, "127.0.0.1", server.sockets[0].getsockname()[1], 17)
    client.loop_start()
    client.subscribe([("a/#", 1), ("b", 0)])
    client.publish("vft/1/2/3/event", b"x" * 300, qos=1)
    client.publish("vft/1/2/3/status", b"", qos=0, retain=True)
    async with asyncio.timeout(10):
        await enough.wait()
    client.disconnect()
    await asyncio.to_thread(client.loop_stop)
    server.close()
    connect = heard[0]
    assert isinstance(connect, Connect)
    assert (connect.client_id, connect.username, connect.keepalive_s) == ("klient-æ", "navn", 17)
    assert (connect.will_topic, connect.will_payload, connect.will_is_retained) == ("vft/1/2/3/status", b"borte", True)
    assert connect.version == version
    assert Subscribe(("a/#", "b")) in heard
    assert Publish("vft/1/2/3/event", b"x" * 300, 1, is_retained=False, is_repeated=False) in heard
    assert Publish("vft/1/2/3/status", b"", 0, is_retained=True, is_repeated=False) in heard
    assert "hemmelig" not in repr(heard)


@given(st.binary(max_size=200), st.lists(st.integers(1, 50), max_size=20))
def test_any_bytes_in_any_pieces_are_taken_without_a_fault(garbage: bytes, cuts: list[int]) -> None:
    reader = PacketReader(lambda _packet: None)
    at = 0
    for cut in cuts:
        reader.feed(garbage[at : at + cut])
        at += cut
    reader.feed(garbage[at:])
