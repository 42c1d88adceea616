"""Sockets that the supervisor binds, so that an address is known before the part behind it runs, and kept after."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

from hub.model.errors import ConfigurationError, ConfigurationFault

_SHOWN = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # addresses to show, not to bind


@contextlib.contextmanager
def listening_socket(host: str, port: int, *, key: str) -> Iterator[socket.socket]:
    """A socket that listens on `host`:`port` (0 for any free port).

    Raises ConfigurationError, about `key`, when the address is taken or not allowed.
    """
    with _bound(host, port, key) as listening:
        listening.listen(512)
        yield listening


def port_to_use(host: str, port: int, *, key: str) -> int:
    """`port`, or any free one for 0. Raises ConfigurationError, about `key`, when somebody else listens there."""
    with _bound(host, port, key) as probe:
        return int(probe.getsockname()[1])


def url_of(scheme: str, host: str, port: int) -> str:
    """The address at which a part that listens on `host` is found."""
    shown = _SHOWN.get(host, host)
    return f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{port}"


async def until_it_answers(host: str, port: int, *, within_s: float) -> None:
    """Wait until something accepts connections there. Raises TimeoutError after `within_s` seconds."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return


@contextlib.contextmanager
def _bound(host: str, port: int, key: str) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, port))
        except OSError as error:
            fault = ConfigurationFault(0, key, f"adressen {host}:{port} er opptatt eller ikke tillatt")
            raise ConfigurationError([fault]) from error
        yield found
