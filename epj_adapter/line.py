"""A line to one EPJ: connections kept alive, a limit on requests at once, and a time-out.

What goes wrong before a request is on its way is `Unreachable`; what goes wrong afterwards is `OutcomeUnknown`.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from yarl import URL

from epj_adapter.connection import Connection
from epj_adapter.verdict import Answer
from hub.model.errors import NotAnsweredYet, OutcomeUnknown, Refused, Unreachable

#: Seconds that a connection is kept without use: less than the five after which many servers close it.
_KEEP_ALIVE_S = 4.0
#: What may be sent again when a kept connection turns out to have been closed by the EPJ.
_REPEATABLE = frozenset({"GET", "PUT"})
_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class Line:
    """Requests to the EPJ at `url`, at most `max_in_flight` at once, each within `timeout_s` seconds."""

    url: str
    timeout_s: float
    max_in_flight: int
    secret: str | None = None
    _place: _Place | None = None
    _idle: list[Connection] = field(default_factory=list)
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.url.rstrip("/")
        self._places = asyncio.Semaphore(self.max_in_flight)

    async def send(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The EPJ's answer to one request; `path` follows the address and is already escaped.

        Raises Unreachable when no connection came about, OutcomeUnknown when it broke afterwards, NotAnsweredYet when
        time ran out.
        """
        place = self._place = self._place or _place(self.url, self.secret)
        request = place.request(method, path, body, headers or {})
        async with self._places:
            deadline = asyncio.get_running_loop().time() + self.timeout_s
            kept = self._kept()
            if kept is not None:
                try:
                    return await self._exchange(kept, request, deadline)
                except ConnectionError as error:
                    if kept.has_begun or method not in _REPEATABLE:
                        raise _broken(error) from None
            return await self._exchange_anew(place, request, deadline)

    async def _exchange_anew(self, place: _Place, request: bytes, deadline: float) -> Answer:
        connection = await self._connected(place)
        try:
            return await self._exchange(connection, request, deadline)
        except ConnectionError as error:
            raise _broken(error) from None

    async def _exchange(self, connection: Connection, request: bytes, deadline: float) -> Answer:
        try:
            answer = await connection.exchange(request, deadline=deadline)
        except TimeoutError:
            raise NotAnsweredYet("journalsystemet svarte ikke i tide") from None
        if connection.is_open:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        return answer

    def _kept(self) -> Connection | None:
        """The connection that was used last, if it may still be; those that were left for too long are closed."""
        if not self._idle:
            return None
        since = asyncio.get_running_loop().time() - _KEEP_ALIVE_S
        while self._idle and (self._idle[0].idle_since < since or not self._idle[0].is_open):
            self._idle.pop(0).close()
        while self._idle:
            if (last := self._idle.pop()).is_open:
                return last
        return None

    async def _connected(self, place: _Place) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timeout_s / 2):
                _, connection = await loop.create_connection(Connection, place.host, place.port, ssl=place.tls)
        except (OSError, TimeoutError) as error:  # a certificate that isn't trusted is an OSError, too
            raise Unreachable(f"får ikke kontakt med journalsystemet ({type(error).__name__})") from None
        return connection

    async def aclose(self) -> None:
        """Give the connections back."""
        while self._idle:
            self._idle.pop().close()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the EPJ is, and what every request to it begins with."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    path: str
    common: str

    def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        """A whole request. Raises ValueError on a line break where none may be."""
        content = body or b""
        lines = [f"{method} {self.path}{path} HTTP/1.1", self.common, *(f"{k}: {v}" for k, v in headers.items())]
        if body is not None or method != "GET":
            lines.append(f"Content-Length: {len(content)}")
        if any("\r" in line or "\n" in line for line in lines if line is not self.common):
            raise ValueError("a line break in a request's head")
        return "\r\n".join((*lines, "", "")).encode() + content


def _place(url: str, secret: str | None) -> _Place:
    """What `url` leads to. Raises Refused when it leads nowhere."""
    try:
        parsed = URL(url)
        host, port = parsed.raw_host, parsed.port
    except ValueError as error:
        raise Refused("journalsystemets adresse er ikke en gyldig nettadresse") from error
    if parsed.scheme not in _PORTS or not host or not port:
        raise Refused("journalsystemets adresse er ikke en gyldig nettadresse")
    named = f"[{host}]" if ":" in host else host
    common = [
        f"Host: {named}" if port == _PORTS[parsed.scheme] else f"Host: {named}:{port}",
        "Accept: application/fhir+json, application/json",
        "Accept-Encoding: identity",
        "User-Agent: knutepunkt",
        *_access(parsed, secret),
    ]
    if any("\r" in line or "\n" in line for line in common):
        raise ValueError("a line break in the EPJ's address or secret")
    tls = ssl.create_default_context() if parsed.scheme == "https" else None
    return _Place(host, port, tls, parsed.raw_path.rstrip("/"), "\r\n".join(common))


def _access(url: URL, secret: str | None) -> list[str]:
    if secret:
        return [f"Authorization: Bearer {secret}"]
    if url.user is None:
        return []
    named = base64.b64encode(f"{url.user}:{url.password or ''}".encode()).decode()
    return [f"Authorization: Basic {named}"]


def _broken(error: Exception) -> OutcomeUnknown:
    return OutcomeUnknown(f"forbindelsen til journalsystemet brast underveis ({type(error).__name__})")
