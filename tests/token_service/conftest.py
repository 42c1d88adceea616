import aiohttp
import pytest

from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import world_at


@pytest.fixture
def world(tmp_path):
    with world_at(tmp_path) as world:
        yield world


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(world, session):
    return TinyClient(session, world.issuer, "test-client", world.keys["test-client"], now=world.clock.real)
