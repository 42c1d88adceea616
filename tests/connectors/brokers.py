"""Real brokers for tests: the NATS server that pip installs, and Mosquitto where it is found."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.optional import program

NATS = Path(sys.executable).with_name("nats-server")
MOSQUITTO = program("mosquitto")


def free_port() -> int:
    with closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass
class Broker:
    """A broker process that can be killed and started again on the same port and store."""

    command: list[str]
    port: int
    folder: Path
    scheme: str = "mqtt"
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}" if self.scheme == "mqtts" else f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = (self.folder / "broker.log").open("ab")
        self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        log.close()

    async def answers(self) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                assert self.process is not None
                assert self.process.poll() is None, (self.folder / "broker.log").read_text()
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def nats(folder: Path) -> Broker:
    port = free_port()
    config = folder / "nats.conf"
    config.write_text(
        f'server_name: test\nlisten: "127.0.0.1:-1"\njetstream {{ store_dir: "{folder}/store" }}\n'
        f'mqtt {{ listen: "127.0.0.1:{port}", ack_wait: "1s" }}\n'
    )
    return Broker([str(NATS), "-c", str(config)], port, folder)


def mosquitto(folder: Path, extra: str = "", *, scheme: str = "mqtt") -> Broker:
    assert MOSQUITTO is not None
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        # started as root it would give up its rights, and with them the test's folder
        ("user root\n" if os.geteuid() == 0 else "")
        + f"listener {port} 127.0.0.1\nmax_queued_messages 0\npersistence true\npersistence_location {folder}/\n"
        + (extra or "allow_anonymous true\n")
    )
    return Broker([MOSQUITTO, "-c", str(config)], port, folder, scheme)


@contextmanager
def running(broker: Broker) -> Iterator[Broker]:
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
