"""A server that is none of the national services: whoever comes here was led astray."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@dataclass(slots=True)
class Elsewhere:
    """The server at `address`; `visits` counts the connections on which something was said."""

    address: str = ""
    visits: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a visitor, and send it away with a friendly answer."""
        self._open.add(writer)
        with contextlib.suppress(OSError):
            if await reader.read(65_536):
                self.visits += 1
                writer.write(_ANSWER)
                await writer.drain()
        writer.close()
        self._open.discard(writer)

    def close(self) -> None:
        """Send everybody away."""
        for writer in self._open:
            writer.transport.abort()


@contextlib.asynccontextmanager
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """Another host than the national services', until the block ends."""
    place = Elsewhere()
    server = await asyncio.start_server(place.receive, "127.0.0.1", 0)
    place.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield place
    finally:
        server.close()
        place.close()
