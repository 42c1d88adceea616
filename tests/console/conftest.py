"""A whole hub for the console's tests, and a visitor who signs in with one click."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from connectors.testing.running_hub import RunningHub, running_hub
from tests.console.visitor import Visitor
from tests.store.fixtures import (  # noqa: F401  # fixtures
    _tidy_template,
    postgresql,
    postgresql_store,
    sqlite_store,
    store,
)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), Path(__file__).with_name("towns.toml")) as running:
        yield running


@pytest.fixture
async def stranger(hub: RunningHub) -> AsyncIterator[Visitor]:
    """Somebody who has not signed in."""
    async with Visitor.at(hub.http) as visitor:
        yield visitor


@pytest.fixture
async def visitor(hub: RunningHub) -> AsyncIterator[Visitor]:
    """Somebody who may do everything that operations may."""
    async with Visitor.at(hub.http) as visitor:
        await visitor.sign_in("drift")
        yield visitor
