"""A line to one EPJ: one HTTP session with connections kept alive, a limit on requests at once, and a time-out.

What goes wrong before a request is on its way is `Unreachable`; what goes wrong afterwards is `OutcomeUnknown`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from epj_adapter.verdict import Answer
from hub.model.errors import OutcomeUnknown, Refused, Unreachable

#: Seconds that a connection is kept without use: less than the five after which many servers close it.
_KEEP_ALIVE_S = 4.0


@dataclass(slots=True)
class Line:
    """Requests to the EPJ at `url`, at most `max_in_flight` at once, each within `timeout_s` seconds."""

    url: str
    timeout_s: float
    max_in_flight: int
    secret: str | None = None
    _session: aiohttp.ClientSession | None = None
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.url.rstrip("/")
        self._places = asyncio.Semaphore(self.max_in_flight)

    async def send(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The EPJ's answer to one request; `path` follows the address and is already escaped.

        Raises Unreachable when no connection came about, OutcomeUnknown when it broke or time ran out afterwards.
        """
        async with self._places:
            try:
                return await self._exchange(method, path, body, headers)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
                raise Unreachable(f"får ikke kontakt med journalsystemet ({type(error).__name__})") from None
            except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
                raise Refused("journalsystemets adresse er ikke en gyldig nettadresse") from error
            except (TimeoutError, aiohttp.ClientError, OSError) as error:
                text = f"forbindelsen til journalsystemet brast underveis ({type(error).__name__})"
                raise OutcomeUnknown(text) from None

    async def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        session = self._session or self._open()
        url = URL(self.url + path, encoded=True)
        async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as response:
            content = await response.read()
            return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, content)

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=self.max_in_flight, keepalive_timeout=_KEEP_ALIVE_S)
        timeout = aiohttp.ClientTimeout(total=self.timeout_s, connect=self.timeout_s / 2)
        access = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            headers={"Accept": "application/fhir+json, application/json", **access},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
        )
        return self._session

    async def aclose(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None
