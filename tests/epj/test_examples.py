"""Every adapter's worked examples, played against a server that answers as the example says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from epj_adapter.adapter import Adapter, Example, Exchange
from hub.model.errors import DeliveryFailed

from .conftest import ADAPTERS, WRITING


def _examples() -> Iterator[Any]:
    for name, plugin in sorted(ADAPTERS.items()):
        for example in plugin.examples:
            yield pytest.param(plugin, example, id=f"{name}: {example.name}")


@pytest.mark.parametrize("name", WRITING)
def test_every_adapter_shows_success_doubt_and_refusal(name: str) -> None:
    given = [e.gives for e in ADAPTERS[name].examples]
    assert {e.call for e in ADAPTERS[name].examples} == {"write", "find", "amend"}
    assert sum(isinstance(g, type) for g in given) >= 4


@pytest.mark.parametrize(("plugin", "example"), list(_examples()))
async def test_the_example_gives_what_it_says(plugin: Adapter, example: Example) -> None:
    played = _Playback(example.exchanges)
    server = await asyncio.start_server(played.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    adapter = plugin.build(f"http://127.0.0.1:{port}", timeout_s=5, max_in_flight=4, secret="hemmelig")
    try:
        given = await _call(adapter, example)
    finally:
        await adapter.aclose()
        server.close()
    assert played.faults == []
    assert played.left == []
    if isinstance(example.gives, type):
        assert type(given) is example.gives
        assert example.note.patient.value not in str(given)
        assert example.note.title not in str(given)
    else:
        assert given == example.gives


async def _call(adapter: Any, example: Example) -> Any:
    key = example.note.key
    try:
        match example.call:
            case "write":
                return await adapter.write(example.note, key)
            case "find":
                return await adapter.find(key)
            case "amend":
                return await adapter.amend(example.note, key, reference=example.reference, since=example.since)
    except DeliveryFailed as error:
        return error


class _Playback:
    """Answers each request with the next exchange, and notes where the request is not the expected one."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.left = list(exchanges)
        self.faults: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            method, path, _ = head.decode().split(" ")
            headers = {}
            while line := (await reader.readline()).decode().strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            writer.write(self._answer(method, path, headers, body))
            await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str, headers: dict[str, str], body: str) -> bytes:
        if not self.left:
            self.faults.append(f"unexpected {method} {path}")
            return b"HTTP/1.1 500 Unexpected\r\ncontent-length: 0\r\n\r\n"
        expected = self.left.pop(0)
        if (method, path) != (expected.method, expected.path):
            self.faults.append(f"{method} {path} where {expected.method} {expected.path} was expected")
        self.faults += [f"body lacks {text}" for text in expected.holds if text not in body]
        self.faults += [
            f"{n}: {headers.get(n.lower())}" for n, v in expected.headers.items() if headers.get(n.lower()) != v
        ]
        if headers.get("authorization") != "Bearer hemmelig":
            self.faults.append("no access token")
        answer = expected.answer.encode()
        named = {**expected.answer_headers, "content-length": str(len(answer))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        reason = HTTPStatus(expected.status).phrase
        return f"HTTP/1.1 {expected.status} {reason}\r\n{lines}\r\n".encode() + answer
