import aiohttp
import pytest

from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import world_at


@pytest.fixture(scope="module")
def world_of_the_module(tmp_path_factory):
    with world_at(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(world_of_the_module):
    world_of_the_module.clock.shift = 0.0
    return world_of_the_module


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(world, session):
    return TinyClient(session, world.issuer, "test-client", world.keys["test-client"], now=world.clock.real)
