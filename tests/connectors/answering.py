"""A receiver over MQTT with a store of its own: answers events with receipts as the hub's contract says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson

from connectors.mqtt import MqttConnection, MqttMessage
from connectors.receipt import sha256_of
from hub.fhir.outcome import operation_outcome
from hub.model.codes import ReceiptCode
from hub.model.finding import Finding


@dataclass
class Answering:
    """What came, in order; `silent` SHA-256s get no receipt, and what isn't JSON is rejected."""

    connection: MqttConnection
    seen: list[MqttMessage] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)

    async def answer(self, message: MqttMessage) -> None:
        sha256 = sha256_of(message.payload)
        known = any(m.payload == message.payload for m in self.seen)
        self.seen.append(message)
        if sha256 in self.silent:
            return
        findings: list[Finding] = []
        code = ReceiptCode.DUPLICATE if known else ReceiptCode.ACCEPTED
        try:
            orjson.loads(message.payload)
        except ValueError:
            code, findings = ReceiptCode.REJECTED, [Finding("error", "$this", "json-broken", "Rett JSON-en.")]
        outcome = operation_outcome(findings, receipt=code, identifier=("urn:s", "1"), sha256=sha256)
        topic = message.topic.removesuffix("/event") + "/receipt"
        await self.connection.publish(topic, orjson.dumps(outcome), correlation=message.correlation)


@asynccontextmanager
async def answering(url: str) -> AsyncIterator[Answering]:
    async with MqttConnection(url, client_id="hub") as c, c.subscribe("vft/+/+/+/event") as events:
        hub = Answering(c)

        async def work() -> None:
            async for message in events:
                await hub.answer(message)

        task = asyncio.create_task(work())
        yield hub
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() or task.exception() is None
