"""The line to an EPJ, against a server that answers with exactly the bytes that a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from epj_adapter.line import Line
from hub.model.errors import OutcomeUnknown, Refused, Unreachable

WHOLE = b"HTTP/1.1 201 Created\r\nLocation: /Bundle/7\r\nContent-Length: 2\r\n\r\nok"
CLOSE = b""


@dataclass
class Told:
    """What the server is to answer to each request in turn (CLOSE closes instead), and what it was asked."""

    answers: list[bytes]
    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def server(*answers: bytes) -> AsyncIterator[Told]:
    told = Told(list(answers))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(x[15:]) for x in head.split(b"\r\n") if x.startswith(b"Content-Length:")), 0)
                told.requests.append(head + await reader.readexactly(length))
                told.asked.set()
                answer = told.answers.pop(0)
                if answer is not CLOSE:
                    writer.write(answer)
                    await writer.drain()
                if answer is CLOSE or b"close" in answer or b"Length" not in answer:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            told.ended.set()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield told


@asynccontextmanager
async def line_to(url: str, *, timeout_s: float = 5.0, secret: str | None = None) -> AsyncIterator[Line]:
    line = Line(url, timeout_s, 4, secret)
    yield line
    await line.aclose()


async def test_a_request_carries_its_address_its_access_and_its_whole_body() -> None:
    async with server(WHOLE) as told, line_to(f"{told.url}/fhir/", secret="s3cret") as line:
        answer = await line.send("POST", "/Bundle?x=1", body="{'ø'}".encode(), headers={"X-Own": "a"})
        assert (answer.status, answer.body, answer.headers["location"]) == (201, b"ok", "/Bundle/7")
        head, _, body = told.requests[0].partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == "POST /fhir/Bundle?x=1 HTTP/1.1"
        assert {f"Host: {told.url[7:]}", "Authorization: Bearer s3cret", "X-Own: a", "Content-Length: 6"} <= set(lines)
        assert body == "{'ø'}".encode()


async def test_a_name_and_password_in_the_address_are_the_access_where_there_is_no_secret() -> None:
    async with server(WHOLE) as told, line_to(told.url.replace("//", "//per:p%40ss@")) as line:
        await line.send("GET", "/")
        assert b"Authorization: Basic cGVyOnBAc3M=" in told.requests[0]


async def test_one_connection_is_used_again_and_again() -> None:
    async with server(WHOLE, WHOLE, WHOLE) as told, line_to(told.url) as line:
        for _ in range(3):
            await line.send("POST", "/", body=b"{}")
        assert told.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\n\r\nwhole",
        b"HTTP/1.0 200 OK\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwh\r\n3\r\nole\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
    ],
    ids=["that closes", "without length", "of HTTP 1.0", "in chunks", "after a promise of one"],
)
async def test_every_way_of_ending_an_answer_is_understood(answer: bytes) -> None:
    async with server(answer, WHOLE) as told, line_to(told.url) as line:
        assert (await line.send("POST", "/", body=b"{}")).body == b"whole"
        assert (await line.send("GET", "/")).body == b"ok"


@pytest.mark.parametrize(
    "answer",
    [
        CLOSE,
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        b"SSH-2.0-something else entirely\r\n\r\n",
    ],
    ids=["none", "half of one", "chunks without end", "something else"],
)
async def test_less_than_a_whole_answer_leaves_the_outcome_unknown(answer: bytes) -> None:
    async with server(answer) as told, line_to(told.url) as line:
        with pytest.raises(OutcomeUnknown):
            await line.send("POST", "/", body=b"{}")
        assert len(told.requests) == 1


async def test_a_note_is_not_sent_again_when_a_kept_connection_breaks_but_a_question_is() -> None:
    async with server(WHOLE, CLOSE, WHOLE, CLOSE, WHOLE) as told, line_to(told.url) as line:
        await line.send("GET", "/")
        with pytest.raises(OutcomeUnknown):
            await line.send("POST", "/", body=b"{}")
        assert len(told.requests) == 2
        await line.send("GET", "/first")
        assert (await line.send("GET", "/asked-twice")).status == 201
        assert [r.split()[1] for r in told.requests[2:]] == [b"/first", b"/asked-twice", b"/asked-twice"]


async def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_ones() -> None:
    late = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    async with server(late, WHOLE) as told, line_to(told.url, timeout_s=0.2) as line:
        with pytest.raises(OutcomeUnknown):
            await line.send("POST", "/", body=b"{}")
        assert (await line.send("POST", "/", body=b"{}")).body == b"ok"
        assert told.connections == 2


async def test_who_gives_up_waiting_leaves_nothing_to_the_next() -> None:
    async with server(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", WHOLE) as told, line_to(told.url) as line:
        asking = asyncio.create_task(line.send("POST", "/", body=b"{}"))
        await told.asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (await line.send("POST", "/", body=b"{}")).body == b"ok"
        assert told.connections == 2


async def test_a_connection_that_the_epj_closed_meanwhile_is_not_used() -> None:
    async with server(WHOLE, WHOLE) as told, line_to(told.url) as line:
        await line.send("POST", "/", body=b"{}")
        line._idle[0]._transport.write_eof()  # the server sees the end, and closes
        await told.ended.wait()
        while line._idle[0].is_open:  # noqa: ASYNC110  # the transport tells nobody
            await asyncio.sleep(0)
        assert (await line.send("POST", "/", body=b"{}")).status == 201


async def test_a_line_that_speaks_no_tls_is_unreachable_by_https() -> None:
    async with server(WHOLE) as told, line_to(told.url.replace("http:", "https:"), timeout_s=2) as line:
        with pytest.raises(Unreachable):
            await line.send("POST", "/", body=b"{}")


@pytest.mark.parametrize("url", ["", "no address", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999/"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    async with line_to(url) as line:
        with pytest.raises(Refused):
            await line.send("GET", "/")


@pytest.mark.parametrize("make", [lambda: {"X": "a\r\nY: b"}, lambda: {"X\n": "a"}])
async def test_nothing_can_be_smuggled_into_a_requests_head(make: Callable[[], dict[str, str]]) -> None:
    async with server(WHOLE) as told, line_to(told.url) as line:
        with pytest.raises(ValueError):
            await line.send("GET", "/", headers=make())
        assert not told.requests
