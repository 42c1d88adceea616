"""Asking the simulated EPJs: their pages, their counts, and the faults that they play."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

_PATH = re.compile(r"(pasient/\d{1,12}|notat/\d{1,12}|stil\.css|)")
_TIMEOUT = aiohttp.ClientTimeout(total=5)
_MOST_BYTES = 5_000_000


class Unanswered(Exception):
    """The EPJ does not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page of an EPJ."""

    status: int
    media_type: str
    content: bytes


async def fetch_page(root: str, path: str, *, offset: str) -> Fetched | None:
    """The EPJ's own page at `path`, or None for a path that it doesn't have. Raises Unanswered."""
    if not _PATH.fullmatch(path):
        return None
    query = {"fra": offset} if offset.isascii() and offset.isdigit() and len(offset) < 10 else {}
    try:
        async with _session() as session, session.get(f"{root}/{path}", params=query) as answer:
            return Fetched(answer.status, answer.content_type, await answer.content.read(_MOST_BYTES))
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unanswered(type(error).__name__) from error


async def ask(root: str, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
    """What the EPJ's admin interface answers. Raises Unanswered."""
    content = None if body is None else orjson.dumps(body)
    try:
        async with _session() as session, session.request(method, f"{root}/admin/{path}", data=content) as answer:
            if answer.status >= 400:
                raise Unanswered(str(answer.status))
            return orjson.loads(await answer.read())
    except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as error:
        raise Unanswered(type(error).__name__) from error


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=_TIMEOUT)
