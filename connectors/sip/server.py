"""A SIP server on one address, UDP and TCP: hands each new MESSAGE over once, and answers repeats as the first."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, cast

from connectors.sip.message import NotSip, SipMessage, answer_to, content_length, head_of, read_sip

#: How many transactions are remembered and for how many seconds, so that a repeated datagram is answered and not taken
#: for a new message (RFC 3261, timer J). Afterwards it is one: a unit may number as before when it starts again.
_REMEMBERED, _TRANSACTION_S = 4096, 32.0
_MAX_BODY = 64 * 1024
#: When a request of ours is sent again over UDP, in seconds since the time before (RFC 3261, timer E).
_REPEATS = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class SipAnswer:
    """What a MESSAGE is answered with: a status, and a body where it is to be in the response."""

    status: int = 200
    body: bytes = b""
    kind: str = ""


Send = Callable[[bytes], None]
Listener = Callable[[SipMessage, "Peer"], Awaitable[SipAnswer]]


@dataclass(frozen=True, slots=True, eq=False)
class Peer:
    """Who sent a message: its address, and the way back to it."""

    address: tuple[str, int]
    send: Send
    reliable: bool


class SipServer:
    """Listens on `host` and `port` (0: any free one, then known as `port`), used with `async with`.

    `listener` is asked for the answer to each new MESSAGE; OPTIONS is answered with 200, the rest with 405.
    """

    def __init__(self, listener: Listener, *, host: str, port: int, new_tag: Callable[[], str]) -> None:
        self._listener = listener
        self.host, self.port = host, port
        self._new_tag = new_tag
        self._answers: OrderedDict[tuple[str, str, str], asyncio.Future[SipMessage]] = OrderedDict()
        self._asked: dict[str, asyncio.Future[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._failure: asyncio.Future[None] = loop.create_future()
        self._tcp = await asyncio.start_server(self._serve_stream, self.host, self.port)
        self.port = self._tcp.sockets[0].getsockname()[1]
        self._udp, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._came), local_addr=(self.host, self.port)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._udp.close()
        self._tcp.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._failure.done() and kind is None:
            self._failure.result()

    async def serve_forever(self) -> None:
        """Wait until cancelled. Raises what went wrong when a request could not be worked on."""
        await self._failure

    async def request(self, message: SipMessage, peer: Peer) -> int:
        """Send a request of ours to `peer` and answer with the final status, 408 when none comes."""
        call_id = message.header("call-id")
        status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._asked[call_id] = status
        try:
            for pause in _REPEATS if peer.reliable is False else (sum(_REPEATS),):
                peer.send(message.bytes)
                if (await asyncio.wait([status], timeout=pause))[0]:
                    return status.result()
            return 408
        finally:
            del self._asked[call_id]

    def _came(self, message: SipMessage, peer: Peer) -> None:
        if message.status:
            waiting = self._asked.get(message.header("call-id"))
            if waiting is not None and message.status >= 200 and not waiting.done():
                waiting.set_result(message.status)
            return
        if message.method == "ACK":
            return
        task = asyncio.create_task(self._respond(message, peer), name="SIP request")
        self._tasks.add(task)
        task.add_done_callback(self._worked)

    def _worked(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) and not self._failure.done():
            self._failure.set_exception(error)

    async def _respond(self, message: SipMessage, peer: Peer) -> None:
        known = self._answers.get(message.transaction)
        if known is None:
            loop = asyncio.get_running_loop()
            known = self._answers[message.transaction] = loop.create_future()
            loop.call_later(_TRANSACTION_S, self._answers.pop, message.transaction, None)
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
            said = await self._answer(message, peer)
            known.set_result(
                answer_to(
                    message, said.status, tag=self._new_tag(), source=peer.address, body=said.body, kind=said.kind
                )
            )
        peer.send((await asyncio.shield(known)).bytes)

    async def _answer(self, message: SipMessage, peer: Peer) -> SipAnswer:
        if message.method == "OPTIONS":
            return SipAnswer()
        if message.method != "MESSAGE":
            return SipAnswer(405)
        return await self._listener(message, peer)

    async def _serve_stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("peername")[:2]
        peer = Peer(address, writer.write, reliable=True)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.strip():
                    continue  # a keep-alive
                message = head_of(head[:-4])
                length = content_length(message, 0)
                if length > _MAX_BODY:
                    break
                body = await reader.readexactly(length)
                self._came(SipMessage(message.start, message.headers, body), peer)
        except (NotSip, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # there is no way back into step on a stream but to begin anew
        finally:
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, came: Callable[[SipMessage, Peer], None]) -> None:
        self._came = came

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        with contextlib.suppress(NotSip):  # a datagram that is no SIP has nobody to be told
            self._came(read_sip(data), Peer(addr[:2], lambda raw: self._transport.sendto(raw, addr), reliable=False))
