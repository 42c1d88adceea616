from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.testing.plugin import epj, hub
from tests.connectors import brokers
from tests.connectors.brokers import Broker

__all__ = ["any_broker", "epj", "hub", "nats"]

needs_mosquitto = pytest.param("mosquitto", marks=pytest.mark.needs("mosquitto"))


@pytest.fixture(params=["nats", needs_mosquitto])
async def any_broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Broker]:
    make = brokers.nats if request.param == "nats" else brokers.mosquitto
    with brokers.running(make(tmp_path)) as broker:
        await broker.answers()
        yield broker


@pytest.fixture
async def nats(tmp_path: Path) -> AsyncIterator[Broker]:
    with brokers.running(brokers.nats(tmp_path)) as broker:
        await broker.answers()
        yield broker
