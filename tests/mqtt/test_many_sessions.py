"""The embedded broker with many devices whose sessions last."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.mqtt import packets
from hub.mqtt.embedded import EmbeddedBroker

DEVICES, EACH = 40, 30


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = EmbeddedBroker("127.0.0.1", port, tmp_path / "broker").command()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.02)
        yield port
        process.kill()


def granted(port: int, name: str, topics: list[str]) -> bool:
    """Whether a client with a session that lasts was given all of `topics`. Its session stays when it leaves."""
    answers: list[tuple[int, bytes]] = []
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(packets.connect(packets.Greeting(name, 30, 100, None, None), is_v5=False))
        line.sendall(packets.subscribe(1, topics, is_v5=False))
        said = bytearray()
        while len(answers) < 2:
            said += line.recv(4096)
            answers += packets.packets(said)
        return packets.is_granted(answers[1][1], is_v5=False)


def test_more_than_a_thousand_lasting_subscriptions_are_all_granted(broker: int) -> None:
    refused = [
        number
        for number in range(DEVICES)
        if not granted(broker, f"d-{number}", [f"vft/314159265/S-{number}/{each}/receipt" for each in range(EACH)])
    ]
    assert refused == []
