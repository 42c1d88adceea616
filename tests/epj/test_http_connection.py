"""A simulated EPJ's own HTTP, byte for byte: requests whole or in pieces, several at once, broken, and the last one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from epj_adapter.simulated.faults import Receive, Scope, Send
from epj_adapter.simulated.http_connection import HttpConnection

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what it was asked, after a while where it was asked to wait; stumbles where it was asked to."""
    body = (await receive())["body"]
    if scope["path"] == "/stumble":
        raise ValueError("0123")
    if scope["path"] == "/wait":
        await asyncio.sleep(0.02)
    told = f"{scope['method']} {scope['path']} {scope['query_string'].decode()} {body.decode()}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"1"')]})
    await send({"type": "http.response.body", "body": told[:4], "more_body": True})
    await send({"type": "http.response.body", "body": told[4:]})


@pytest.fixture
async def everybody() -> set[HttpConnection]:
    return set()


@pytest.fixture
async def client(everybody: set[HttpConnection]) -> AsyncIterator[Client]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: HttpConnection(_echo, everybody), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    yield reader, writer
    writer.close()
    server.close()


async def _answer(client: Client, *, has_body: bool = True) -> tuple[str, str]:
    head = (await client[0].readuntil(b"\r\n\r\n")).decode()
    size = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
    return head, (await client[0].readexactly(size)).decode() if has_body else ""


async def test_requests_that_come_at_once_are_answered_in_order(client: Client) -> None:
    client[1].write(b"GET /wait?a=%20b HTTP/1.1\r\nHost: x\r\n\r\nGET /bl%C3%A5 HTTP/1.1\r\nHost: x\r\n\r\n")

    head, first = await _answer(client)
    _, second = await _answer(client)

    assert (first, second) == ("GET /wait a=%20b ", "GET /blå  ")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert 'etag: "1"' in head
    assert "date: " in head


async def test_a_request_may_come_byte_by_byte_and_in_chunks(client: Client) -> None:
    for byte in b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n":
        client[1].write(bytes((byte,)))
        await asyncio.sleep(0)

    assert (await _answer(client))[1] == "POST /  abcde"


async def test_who_expects_to_be_told_to_go_on_is_told(client: Client) -> None:
    client[1].write(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert await client[0].readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    client[1].write(b"ab")

    assert (await _answer(client))[1] == "POST /  ab"


async def test_an_answer_to_head_has_no_body(client: Client) -> None:
    client[1].write(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\n\r\n")

    head, _ = await _answer(client, has_body=False)

    assert "content-length: 8\r\n" in head
    assert (await _answer(client))[1] == "GET /after  "


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ],
)
async def test_after_the_last_answer_the_connection_is_closed(client: Client, request_: bytes) -> None:
    client[1].write(request_)

    head, body = await _answer(client)

    assert "connection: close\r\n" in head
    assert body == "GET /  "
    assert await client[0].read() == b""


async def test_what_is_not_http_is_answered_400(client: Client) -> None:
    client[1].write(b"no HTTP at all\r\n\r\n")

    assert (await client[0].read()).startswith(b"HTTP/1.1 400 ")


async def test_what_the_application_stumbles_over_is_a_500_and_the_next_request_is_answered(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client[1].write(b"GET /stumble HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")

    head, _ = await _answer(client)

    assert head.startswith("HTTP/1.1 500 ")
    assert (await _answer(client))[1] == "GET /  "
    assert "ValueError" in caplog.text
    assert "0123" not in caplog.text


async def test_who_is_told_to_end_answers_what_is_under_way_first(
    client: Client, everybody: set[HttpConnection]
) -> None:
    client[1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
    await _answer(client)
    for connection in list(everybody):
        connection.end()

    assert (await _answer(client))[1] == "GET /wait  "
    assert await client[0].read() == b""
