"""Raw HTTP to an EPJ: requests that no adapter would make, and requests that break off on their way."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from epj_adapter.verdict import Answer
from hub.conformance.epj.recorder import Recorder
from hub.conformance.national.heard import Request, now
from hub.conformance.verdicts import Failed, both

ANSWERS_WITHIN_S = 10.0
_TIME_TO_BE_READ_S = 0.1
_ANSWERED = both("et svar innen ti sekunder", "an answer within ten seconds")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `path` follows the EPJ's address and is already escaped."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] | None = None


class Wire:
    """Requests to the EPJ behind `recorder`; with `secret` as bearer token where there is one."""

    def __init__(self, recorder: Recorder, client: aiohttp.ClientSession, secret: str | None) -> None:
        self._recorder = recorder
        self._client = client
        self._access = {"Authorization": f"Bearer {secret}"} if secret else {}

    async def ask(self, asked: Asked) -> Answer:
        """The EPJ's answer. Raises Failed when none comes."""
        headers = {**self._access, **(asked.headers or {})}
        url = URL(self._recorder.url + asked.path, encoded=True)
        body = None if asked.body is None else io.BytesIO(asked.body)
        try:
            async with self._client.request(
                asked.method, url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                named = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status, named, await answer.read())
        except TimeoutError:
            raise Failed(both("ikke noe svar", "no answer"), expected=_ANSWERED) from None
        except aiohttp.ClientError as error:
            name = type(error).__name__
            raise Failed(both(f"forbindelsen brast ({name})", f"it broke ({name})"), expected=_ANSWERED) from None

    async def break_off(self, asked: Asked, *, after: int) -> None:
        """Send the request's head and the first `after` bytes of its body, and break the connection without a word."""
        to = self._recorder.target
        body = asked.body or b""
        head = [
            f"{asked.method} {to.raw_path.rstrip('/')}{asked.path} HTTP/1.1",
            f"Host: {to.raw_authority}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in {**self._access, **(asked.headers or {})}.items()),
        ]
        _, writer = await asyncio.open_connection(to.raw_host, to.port, ssl=to.scheme == "https" or None)
        writer.write("\r\n".join((*head, "", "")).encode() + body[:after])
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            await asyncio.sleep(_TIME_TO_BE_READ_S)
        writer.transport.abort()
        self._note(asked, body[:after])

    def _note(self, asked: Asked, sent: bytes) -> None:
        address = f"{self._recorder.target}{asked.path}"
        headers = {name.lower(): value for name, value in (asked.headers or {}).items()}
        said = Request(now(), None, asked.method, address, asked.path, "", headers, sent)
        self._recorder.heard.requests.append(said)
