"""An issuer at an address, such as HelseID's test environment: its keys are fetched, kept, and fetched again."""

import aiohttp
import pytest
from aiohttp import web
from joserfc.jwk import ECKey, OctKey

from hub.api.access import GivenKeys, KeysUnavailable, RemoteKeys
from hub.api.access.keys import KEEP_S, REFRESH_AT_MOST_EVERY_S


class Issuer:
    """A discovery document and a key set that a test can change; counts how often the keys are asked for."""

    def __init__(self):
        self.keys, self.asked, self.status, self.document = [], 0, 200, {}

    async def discovery(self, request):
        base = f"http://{request.host}"
        return web.json_response({"issuer": base, "jwks_uri": f"{base}/jwks", **self.document})

    async def jwks(self, _):
        self.asked += 1
        return web.json_response({"keys": self.keys}, status=self.status)


@pytest.fixture
async def issuer():
    issuer = Issuer()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", issuer.discovery)
    app.router.add_get("/jwks", issuer.jwks)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    issuer.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield issuer
    await runner.cleanup()


@pytest.fixture
async def remote(issuer):
    async with aiohttp.ClientSession() as session:
        yield RemoteKeys(issuer.address, session)


def new_key():
    return ECKey.generate_key("P-256", auto_kid=True)


def public(key):
    return key.as_dict(private=False)


async def test_keys_are_fetched_once_and_kept_for_a_while(issuer, remote):
    key = new_key()
    issuer.keys = [public(key)]
    for now in (0, 10, KEEP_S - 1):
        assert [k.kid for k in await remote.find(key.kid, now)] == [key.kid]
    assert issuer.asked == 1
    await remote.find(key.kid, KEEP_S)
    assert issuer.asked == 2


async def test_an_unknown_key_is_looked_for_but_not_for_every_bad_token(issuer, remote):
    first, second = new_key(), new_key()
    issuer.keys = [public(first)]
    await remote.find(first.kid, 0)
    issuer.keys = [public(second), public(first)]
    assert not await remote.find(second.kid, REFRESH_AT_MOST_EVERY_S - 1)
    assert await remote.find(second.kid, REFRESH_AT_MOST_EVERY_S)
    assert await remote.find(first.kid, REFRESH_AT_MOST_EVERY_S)
    for _ in range(5):
        await remote.find("made-up", REFRESH_AT_MOST_EVERY_S + 1)
    assert issuer.asked == 2


async def test_when_the_issuer_is_down_the_keys_that_are_known_are_used_on(issuer, remote):
    key = new_key()
    issuer.keys = [public(key)]
    await remote.find(key.kid, 0)
    issuer.status = 503
    assert await remote.find(key.kid, KEEP_S + 1)


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "http://somebody.else"},
        {"jwks_uri": None},
        {"jwks_uri": "http://127.0.0.1:1/"},
        {"jwks_uri": "ftp://x"},
        {"issuer": 7},
    ],
)
async def test_without_keys_nothing_can_be_judged(issuer, remote, document):
    issuer.document, issuer.keys = document, [public(new_key())]
    with pytest.raises(KeysUnavailable) as denied:
        await remote.find("any", 0)
    assert (denied.value.status, denied.value.headers) == (503, {"Retry-After": "30"})


async def test_keys_that_cannot_serve_are_left_aside(issuer, remote):
    key = new_key()
    issuer.keys = [{"kty": "OKP", "crv": "X"}, OctKey.generate_key(256).as_dict(private=True), 7, public(key)]
    assert [k.kid for k in await remote.find(None, 0)] == [key.kid]


async def test_keys_can_be_given():
    one, other = new_key(), new_key()
    keys = GivenKeys([public(one), public(other)])
    assert [k.kid for k in await keys.find(other.kid, 0)] == [other.kid]
    assert len(await keys.find(None, 0)) == 2
