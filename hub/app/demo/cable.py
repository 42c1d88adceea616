"""A cable between the devices and the broker that can be pulled out: it carries bytes, and cuts them off."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType


class Cable:
    """Forwards connections on a loopback port to `host`:`port`. `async with`; `address` is where to connect."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        """The MQTT address of this end."""
        return f"mqtt://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def pull_out(self) -> None:
        """Cut every connection off, in the middle of whatever is under way."""
        for writer in self._open:
            writer.transport.abort()

    async def __aenter__(self) -> Cable:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.pull_out()
        await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.close()
            return
        ends = {writer, there}
        self._open |= ends
        try:
            await asyncio.gather(_forward(reader, there), _forward(there_reader, writer))
        finally:
            self._open -= ends


async def _forward(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await source.read(65_536):
            target.write(block)
            await target.drain()
    with contextlib.suppress(OSError):
        target.close()
