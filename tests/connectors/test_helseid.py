from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.helseid import HelseId, HelseIdClient, Organisation
from connectors.helseid.client import read_key
from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from hub.model.errors import AccessDenied, Unreachable
from hub.token_service.nonce import LIFETIME_S
from tests.token_service.world import World, client_with_key, world_at


class CountingLine(HttpLine):
    def __init__(self) -> None:
        super().__init__(timeout_s=5)
        self.sent: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.sent.append(request)
        return await super().send(request)

    def count(self, end: str) -> int:
        return sum(r.url.endswith(end) for r in self.sent)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Path]]:
    folder = tmp_path_factory.mktemp("world")
    several = client_with_key(
        folder,
        "multi",
        kind="RSA",
        tenancy="multi-tenant",
        organisation_number=None,
        supplier="314159265",
        delegations=("*",),
    )
    with world_at(folder, more_clients=[several]) as world:
        yield world, folder


@pytest.fixture
def world(served: tuple[World, Path]) -> World:
    served[0].clock.shift = 0.0
    return served[0]


@pytest.fixture
async def line() -> AsyncIterator[CountingLine]:
    async with CountingLine() as line:
        yield line


def signer(world: World, folder: Path, client_id: str = "test-client", **changed: Any) -> HelseId:
    key = read_key(folder / client_id / "test-client.jwk.json")
    fields = {"issuer": world.issuer, "client_id": client_id, "key": key, "scopes": ("nhn:jft/api",)}
    return HelseId(HelseIdClient(**{**fields, **changed}), clock=world.clock)


async def test_a_request_is_signed_in_with_dpop_and_the_token_is_kept(
    served: tuple[World, Path], world: World, line: CountingLine
) -> None:
    helseid = signer(*served)
    for _ in range(3):
        response = await helseid.send(HttpRequest("POST", f"{world.base}/jft/v1/Bundle?x=1"), line)
        assert (response.status, json.loads(response.body)["scheme"]) == (200, "DPoP")
    assert line.count("/connect/token") == 2  # once without a nonce, once with it
    assert line.count("openid-configuration") == 1


async def test_many_requests_at_once_share_one_token(
    served: tuple[World, Path], world: World, line: CountingLine
) -> None:
    helseid = signer(*served)
    request = HttpRequest("GET", f"{world.base}/jft/v1/Bundle")
    responses = await asyncio.gather(*(helseid.send(request, line) for _ in range(10)))
    assert {r.status for r in responses} == {200}
    assert line.count("/connect/token") == 2


async def test_a_token_that_runs_out_is_replaced_before_it_does(
    served: tuple[World, Path], world: World, line: CountingLine
) -> None:
    helseid = signer(*served)
    request = HttpRequest("GET", f"{world.base}/jft/v1/Bundle")
    await helseid.send(request, line)
    world.clock.shift = LIFETIME_S - 5  # the nonce is still good, the token is not
    world.clock.shift = 590
    assert (await helseid.send(request, line)).status == 200
    assert line.count("/connect/token") == 4  # the nonce is too old as well


async def test_a_token_that_the_api_refuses_is_fetched_anew_once(
    served: tuple[World, Path], world: World, line: CountingLine
) -> None:
    helseid = signer(*served, scopes=("nhn:vkp/api/user/bundle.write",))
    response = await helseid.send(HttpRequest("GET", f"{world.base}/jft/v1/Bundle"), line)
    assert response.status in (401, 403)
    assert line.count("/v1/Bundle") <= 2


async def test_a_multi_tenant_client_names_its_organisation(
    served: tuple[World, Path], world: World, line: CountingLine
) -> None:
    helseid = signer(*served, client_id="multi", organisation=Organisation("314159265", "999999999"))
    response = await helseid.send(HttpRequest("GET", f"{world.base}/jft/x"), line)
    assert json.loads(response.body)["client_id"] == "multi"


async def test_a_client_that_the_service_does_not_know_is_access_denied_with_its_word_for_why(
    served: tuple[World, Path], world: World, line: CountingLine
) -> None:
    key = read_key(served[1] / "multi" / "test-client.jwk.json")
    with pytest.raises(AccessDenied, match="invalid_client") as raised:
        await signer(*served, key=key).send(HttpRequest("GET", f"{world.base}/jft/x"), line)
    assert raised.value.status == 401
    with pytest.raises(AccessDenied, match="invalid_scope"):
        await signer(*served, scopes=("nhn:other/api",)).send(HttpRequest("GET", f"{world.base}/jft/x"), line)


async def test_a_token_service_that_is_not_there_means_that_nothing_was_sent(
    served: tuple[World, Path], world: World, line: CountingLine
) -> None:
    helseid = signer(*served, issuer="http://127.0.0.1:9/helseid")
    with pytest.raises(Unreachable):
        await helseid.send(HttpRequest("POST", f"{world.base}/jft/v1/Bundle"), line)
    assert line.count("/v1/Bundle") == 0


@pytest.mark.parametrize("end", ["/connect/token", "/.well-known/openid-configuration"])
async def test_a_token_service_that_asks_for_a_pause_is_given_it(end: str, served: tuple[World, Path]) -> None:
    class Busy(CountingLine):
        async def send(self, request: HttpRequest) -> HttpResponse:
            return (
                HttpResponse(503, {"retry-after": "40"}) if request.url.endswith(end) else await super().send(request)
            )

    async with Busy() as line:
        with pytest.raises(Unreachable) as busy:
            await signer(*served).send(HttpRequest("GET", f"{served[0].base}/jft/x"), line)
    assert busy.value.retry_after == 40


def test_the_key_is_never_shown(served: tuple[World, Path]) -> None:
    key = read_key(served[1] / "multi" / "test-client.jwk.json")
    client = HelseIdClient("https://issuer.example", "c", key, ("s",))
    assert key.as_dict(private=True)["d"] not in repr(client)
    assert "key" not in repr(client)


def test_a_key_is_read_from_pem_too(tmp_path: Path, served: tuple[World, Path]) -> None:
    for client_id in ("multi", "test-client"):
        key = read_key(served[1] / client_id / "test-client.jwk.json")
        (tmp_path / "key.pem").write_bytes(key.as_pem(private=True))
        assert read_key(tmp_path / "key.pem").thumbprint() == key.thumbprint()


@pytest.mark.parametrize("text", ["", "{}", "-----BEGIN NONSENSE-----", '{"kty":"oct","k":"c2VjcmV0"}'])
def test_what_is_no_private_key_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(ValueError, match=r"^key is no private RSA or EC key"):
        read_key(tmp_path / "key")


def test_a_public_key_is_refused(tmp_path: Path, served: tuple[World, Path]) -> None:
    key = read_key(served[1] / "multi" / "test-client.jwk.json")
    (tmp_path / "key").write_text(json.dumps(key.as_dict(private=False)))
    with pytest.raises(ValueError, match="private"):
        read_key(tmp_path / "key")
