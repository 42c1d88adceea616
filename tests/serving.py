"""A web server for tests that ends as soon as it is told to; uvicorn looks ten times a second, and rests between."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

_LOOK_AGAIN_S = 0.005


class PromptServer(uvicorn.Server):
    """uvicorn's server; set `should_exit`, and it stops within milliseconds of the last answer."""

    async def main_loop(self) -> None:
        await self.on_tick(0)
        while not self.should_exit:  # noqa: ASYNC110  # a flag that any thread may set
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110  # uvicorn tells no event
            await asyncio.sleep(_LOOK_AGAIN_S)
        for server in self.servers:
            await server.wait_closed()
