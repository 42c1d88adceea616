"""Somebody who visits the console by HTTP, with cookies, as a browser without script would."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape

import aiohttp
import orjson


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]
    address: str


@dataclass
class Visitor:
    base: str
    session: aiohttp.ClientSession

    @classmethod
    @asynccontextmanager
    async def at(cls, base: str) -> AsyncIterator[Visitor]:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            yield cls(base, session)

    async def get(self, path: str, *, follow: bool = True, **headers: str) -> Answer:
        async with self.session.get(self.base + path, headers=headers, allow_redirects=follow) as answer:
            text = (await answer.read()).decode()
            return Answer(answer.status, text, answer.headers, str(answer.url).removeprefix(self.base))

    async def post(self, path: str, *, follow: bool = True, headers: Mapping[str, str] = {}, **form: str) -> Answer:
        async with self.session.post(self.base + path, data=form, headers=headers, allow_redirects=follow) as answer:
            text = (await answer.read()).decode()
            return Answer(answer.status, text, answer.headers, str(answer.url).removeprefix(self.base))

    async def sign_in(self, user: str) -> Answer:
        return await self.get(f"/sign-in/go?user={user}&next=/")

    async def do(self, path: str, *, on: str = "/try", follow: bool = True, **form: str) -> Answer:
        """Post a form with the token that stands on the page `on`."""
        return await self.post(path, follow=follow, csrf=csrf_in((await self.get(on)).text), **form)

    async def press(self, *, what: str = "safety_alarm", patient: str = "13116900216", **more: str) -> str:
        """Press a button and give the case that it became."""
        sender = "314159265/Acme_Alarm_Testvik"
        answer = await self.do("/try/press", what=what, patient=patient, sender=sender, **more)
        assert answer.address.startswith("/cases/"), answer.text
        return answer.address.removeprefix("/cases/").partition("?")[0]


def csrf_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has no form"
    return unescape(found[1])


def norwegian_in(page: str) -> list[str]:
    """The elements of an English page that are still in Norwegian, but the way to the Norwegian page."""
    return re.findall(r'<(?!a |html )[^>]* lang="nb"[^>]*>[^<]*', page)


@asynccontextmanager
async def listening(
    visitor: Visitor, query: str = "", **headers: str
) -> AsyncIterator[AsyncIterator[tuple[str, dict]]]:
    """The live flow's lines as they come, each with the id of its batch."""
    async with visitor.session.get(f"{visitor.base}/flow/events?{query}", headers=headers) as answer:
        assert answer.status == 200
        yield _lines(answer)


async def _lines(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, dict]]:
    number = ""
    async for raw in answer.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("id: "):
            number = line[4:]
        elif line.startswith("data: "):
            for said in orjson.loads(line[6:]):
                yield number, said
