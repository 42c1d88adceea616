"""A listening socket with an application behind it, which can be shut for real and opened again on the same port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from epj_adapter.simulated.faults import BREAK, App

_KEEP_ALIVE_S = 75
_BACKLOG = 1024


class _Protocol(HttpToolsProtocol):
    """Puts a function into the scope that breaks the connection without an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[BREAK] = self.transport.abort  # type: ignore[literal-required]  # our own key


class Door:
    """HTTP on one socket. Shut, connections are refused; opened again, it has the port that it had before."""

    def __init__(self, app: App, listening: socket.socket) -> None:
        self._config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            loop="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        self._config.load()
        self._state = ServerState()
        self._socket = listening
        self._address = listening.getsockname()
        self._server: asyncio.Server | None = None
        self._reopening: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._address[1])

    async def open(self) -> None:
        """Take connections, if it does not already."""
        if self._server is not None:
            return
        if self._socket.fileno() < 0:
            self._socket = listen(self._address[0], self.port)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, sock=self._socket.dup(), backlog=_BACKLOG)

    def shut(self, seconds: float | None = None) -> None:
        """Refuse connections and break those that are open; open again after `seconds`, if given."""
        self._break_off()
        self._stop_listening()
        if seconds is not None:
            self._reopening = asyncio.get_running_loop().call_later(seconds, self._reopen)

    def _reopen(self) -> None:
        self._opening = asyncio.create_task(self.open(), name="open-door")

    def _stop_listening(self) -> None:
        """Shut down before closed: connections are refused also where another process holds the socket."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    async def aclose(self) -> None:
        """Shut for good, once the answers under way have been given (two seconds at the most)."""
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=2)
        self._break_off()
        self._socket.close()

    def _break_off(self) -> None:
        for waiting in (self._reopening, self._opening):
            if waiting is not None:
                waiting.cancel()
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self._state.connections):
            connection.transport.abort()

    def _protocol(self) -> Any:
        return _Protocol(self._config, self._state, {})


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket on `host`; port 0 is any free one. Raises OSError when the port is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    found.setblocking(False)
    return found
