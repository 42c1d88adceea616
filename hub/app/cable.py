"""A cable between a client and a server that can be pulled out: it carries bytes, and cuts them off."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from types import TracebackType

#: Gets what one end of a connection sends, as it passes by.
Listener = Callable[[bytes], None]


class Cable:
    """Forwards connections on a loopback port to `host`:`port`. `async with`; `address` is where to connect.

    With `tls` the cable speaks TLS with the client and plainly with the server. `listen` is called for each
    connection and gives what shall hear its client's bytes, `listen_back` its server's. `port_here` keeps the port over
    several cables.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        listen: Callable[[], Listener] | None = None,
        listen_back: Callable[[], Listener] | None = None,
        port_here: int = 0,
    ) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._listen = listen
        self._listen_back = listen_back
        self._port_here = port_here
        self._open: set[asyncio.StreamWriter] = set()
        self._plugged_in = asyncio.Event()
        self._plugged_in.set()
        self.connections = 0

    @property
    def port(self) -> int:
        """The port of this end."""
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def address(self) -> str:
        """The MQTT address of this end."""
        return f"mqtt://127.0.0.1:{self.port}"

    def pull_out(self) -> None:
        """Cut every connection off, in the middle of whatever is under way."""
        for writer in self._open:
            writer.transport.abort()

    def unplug(self) -> None:
        """Pull out, and cut off every new connection at once, until `plug_in`."""
        self._plugged_in.clear()
        self.pull_out()

    def plug_in(self) -> None:
        """Let connections through again."""
        self._plugged_in.set()

    async def __aenter__(self) -> Cable:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port_here, ssl=self._tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.pull_out()
        await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if not self._plugged_in.is_set():
            writer.transport.abort()
            return
        try:
            there_reader, there = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.close()
            return
        if not self._plugged_in.is_set():  # pulled out meanwhile
            writer.transport.abort()
            there.transport.abort()
            return
        ends = {writer, there}
        self._open |= ends
        hear, hear_back = (listen and listen() for listen in (self._listen, self._listen_back))
        try:
            await asyncio.gather(_forward(reader, there, hear), _forward(there_reader, writer, hear_back))
        finally:
            self._open -= ends


async def _forward(source: asyncio.StreamReader, target: asyncio.StreamWriter, hear: Listener | None) -> None:
    with contextlib.suppress(OSError):
        while block := await source.read(65_536):
            if hear is not None:
                hear(block)
            target.write(block)
            await target.drain()
    with contextlib.suppress(OSError):
        target.close()
