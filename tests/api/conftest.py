import aiohttp
import pytest
import pytest_asyncio

from tests.api.national import bearer_api, dpop_api, national_at
from tests.store.fixtures import _tidy_template, postgresql, postgresql_store, sqlite_store, store

__all__ = ["_tidy_template", "postgresql", "postgresql_store", "sqlite_store", "store"]


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def world(tmp_path):
    async with national_at(tmp_path) as world:
        yield world


@pytest.fixture
async def jft(world, session):
    return await dpop_api(world, session)


@pytest.fixture
async def vkp(world, session):
    return await bearer_api(world, session)


@pytest.fixture
async def epj(world, session):
    """The EPJ of the municipality that fetches for itself."""
    return await dpop_api(world, session, client_id="simulated-epj-312229544")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_hub(tmp_path_factory):
    async with national_at(tmp_path_factory.mktemp("hub")) as world:
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_vkp(one_hub, one_session):
    return await bearer_api(one_hub, one_session)
