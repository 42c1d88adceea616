"""Where the hub isn't open to this machine alone, nothing is shown before one has signed in with the operations key."""

import json

import aiohttp
import pytest

from connectors.testing.running_hub import running_hub
from tests.console.visitor import Visitor

PRODUCTION = """\
mode = "production"

[[municipality]]
organisation_number = "974760673"
name = "Prøvestad"
epj = { adapter = "pull" }

[[sender]]
id = "Prove_Alarm"
municipality = "974760673"
password_hash = "$2b$04$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzABCDE"
"""
PATHS = ("/", "/flow", "/flow/events", "/cases", "/cases/x", "/drift", "/quarantine", "/journals", "/costs", "/people")


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed")
    config = folder / "production.toml"
    config.write_text(PRODUCTION, encoding="utf-8")
    with running_hub(folder / "hub", config) as hub:
        yield hub


@pytest.fixture
async def stranger(closed):
    async with Visitor.at(closed.http) as visitor:
        yield visitor


def key_of(hub):
    return (hub.folder / "data" / "operations.token").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_shown_to_strangers(stranger, path):
    answer = await stranger.get(path, follow=False)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/sign-in?")


async def test_there_are_no_test_users_and_nothing_to_try(stranger):
    assert "Dina Drift" not in (await stranger.get("/sign-in")).text
    assert (await stranger.get("/sign-in/go?user=drift")).status == 404
    assert (await stranger.get("/try")).status == 404
    assert (await stranger.post("/try/press")).status == 404
    assert (await stranger.get("/helseid/connect/authorize?client_id=knutepunkt-console&user=drift")).status == 404


async def test_the_operations_key_opens_and_a_wrong_one_does_not(closed, stranger):
    wrong = await stranger.post("/sign-in/key", key="wrong", next="/drift")
    assert wrong.address == "/sign-in?why=key"
    right = await stranger.post("/sign-in/key", key=key_of(closed), next="/drift")
    assert right.address == "/drift"
    assert "Driftsnøkkel" in right.text
    away = await stranger.post("/sign-in/key", key=key_of(closed), next="https://example.org")
    assert away.status == 403, "a form needs its token once somebody is signed in"


async def test_a_program_shows_the_key_with_each_call(closed, stranger):
    answer = await stranger.get("/drift", Authorization=f"Bearer {key_of(closed)}")
    assert answer.status == 200
    assert (await stranger.get("/drift", follow=False, Authorization="Bearer wrong")).status == 303


async def test_the_live_flow_is_given_to_a_program_with_the_key(closed):
    headers = {"Authorization": f"Bearer {key_of(closed)}"}
    address = f"{closed.http}/flow/events"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(address) as answer:
        assert answer.content_type == "text/event-stream"
        assert await answer.content.readline() == b"retry: 1000\n"


async def test_the_key_is_in_no_log(closed):
    for log in (closed.folder / "data" / "logs").iterdir():
        assert key_of(closed) not in log.read_text(encoding="utf-8"), log.name
    assert key_of(closed) not in json.dumps(closed.endpoints)
