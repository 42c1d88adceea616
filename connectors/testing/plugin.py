"""Fixtures for a vendor's tests. In your `conftest.py` import those that you use, or in the topmost one write
`pytest_plugins = ["connectors.testing.plugin"]`.

`virtual_clock` is time that a test moves; `memory_hub` a hub in memory. `hub` is a whole hub as a process, started
once for all tests that ask for it; `broker` its MQTT address, `epj` its simulated EPJ, `token_service` its stand-in
for HelseID with a client ready to use.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.helseid import HelseIdClient
from connectors.testing.running_hub import RunningHub, running_hub
from connectors.testing.simulated_epj import SimulatedEpj
from connectors.testing.virtual_clock import VirtualClock
from connectors.transport.memory import MemoryTransport


@pytest.fixture
def virtual_clock() -> VirtualClock:
    """Time that stands still until the test moves it."""
    return VirtualClock()


@pytest.fixture
def memory_hub() -> MemoryTransport:
    """A hub in memory: a transport that keeps what it is sent, and fails when told to."""
    return MemoryTransport()


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A whole hub in test mode, shared by the session's tests."""
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="session")
def broker(hub: RunningHub) -> str:
    """The address of the hub's broker."""
    return hub.mqtt


@pytest.fixture(scope="session")
def epj(hub: RunningHub) -> SimulatedEpj:
    """The simulated EPJ of the hub's municipality."""
    return SimulatedEpj(hub.epj)


@pytest.fixture(scope="session")
def token_service(hub: RunningHub) -> HelseIdClient:
    """The client that the hub's stand-in for HelseID has ready in test mode; sign in with `HelseId(token_service)`."""
    return hub.sign_in_client()
