"""A vendor's process that is killed: tells numbered doses from where it was, as a source with a cursor does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors import Connector, DispenseGiven, Transport, patient
from connectors.http.line import HttpLine
from connectors.mqtt import MqttConnection
from connectors.transport.http import VkpTransport
from connectors.transport.mqtt import MqttTransport
from hub.model.clock import SystemClock
from tests.connectors.people import synthetic_numbers

MUNICIPALITY, SENDER = "314159265", "Acme_Alarm_Testvik"
START = datetime(2025, 3, 3, tzinfo=UTC)
PATIENTS = synthetic_numbers(60)
_BATCH = 20
_CURSOR = "cursor"


def dose(number: int) -> DispenseGiven:
    return DispenseGiven(
        patient=patient(PATIENTS[number * 7 % len(PATIENTS)]),
        device=f"MD-{number % 60}",
        at=START + timedelta(seconds=number),
        number=str(number),
    )


def told(folder: Path) -> int:
    """How far it has come by its own cursor, which is one batch behind."""
    cursor = folder / _CURSOR
    return int(cursor.read_text() or 0) if cursor.exists() else 0


def run(url: str, folder: str, how_many: int) -> None:
    """By HTTP."""
    transport = VkpTransport(url, municipality=MUNICIPALITY, clock=SystemClock(), line=HttpLine(timeout_s=10))
    asyncio.run(_tell_everything(transport, Path(folder), how_many))


def run_mqtt(url: str, folder: str, how_many: int) -> None:
    """By MQTT."""

    async def tell() -> None:
        connection = MqttConnection(url, client_id="dies-often", connect_within_s=None)
        transport = MqttTransport(connection, municipality=MUNICIPALITY, sender=SENDER, receipt_within_s=5)
        await _tell_everything(transport, Path(folder), how_many)

    asyncio.run(tell())


async def _tell_everything(transport: Transport, folder: Path, how_many: int) -> None:
    cursor, done = folder / _CURSOR, told(folder)
    async with Connector(transport, municipality=MUNICIPALITY, sender=SENDER, spool=folder / "spool.db") as c:
        for first in range(done, how_many, _BATCH):
            await c.tell_all([dose(n) for n in range(first, min(first + _BATCH, how_many))])
            cursor.write_text(str(first))  # one batch behind, as a careful source is
        await c.drained()
    (folder / "finished").touch()
