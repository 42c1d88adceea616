"""API clients that read answers wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from tests.conformance.broken._client import (
    EMPTY,
    Between,
    Client,
    Editing,
    broken_client,
)


class LosesExtensions(Client):
    class between(Editing):
        def edited(self, said: Any) -> Any:
            if isinstance(said, list):
                return [self.edited(each) for each in said]
            if isinstance(said, dict):
                return {name: self.edited(inner) for name, inner in said.items() if name != "extension"}
            return said


class TakesEmptyListsForFailures(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            is_empty = b'"searchset"' in response.body and b'"resource"' not in response.body
            return HttpResponse(404) if is_empty else response


class ReadsOnePage(Client):
    class between(Editing):
        def edited(self, said: Any) -> Any:
            said.pop("link", None)
            return said


class ReadsTheNextPageOnlyWhenItCan(Client):
    class between(Between):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            response = await self.inner.send(request, line)
            return EMPTY if "cursor=" in request.url and response.status >= 500 else response


class ReadsTheCursor(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return replace(request, url=unquote(request.url)) if "cursor=" in request.url else request


class FollowsLinksAnywhere(Client):
    class between(Editing):
        """Keeps the real address of the next page, and shows the client one that it trusts."""

        real = ""

        def edited(self, said: Any) -> Any:
            for link in said.get("link", []):
                self.real = link["url"]
                parts = urlsplit(link["url"])
                link["url"] = f"{parts.path}?{parts.query}"
            return said

        def asked(self, request: HttpRequest) -> HttpRequest:
            return replace(request, url=self.real) if "cursor=" in request.url else request


class WalksInCircles(Client):
    class between(Editing):
        pages = 0

        def edited(self, said: Any) -> Any:
            self.pages += 1  # each page seems to be a new one
            for link in said.get("link", []) if self.pages < 8 else []:
                link["url"] = f"{link['url']}&page={self.pages}"
            return said


class AcknowledgesWhatItReads(Client):
    class between(Between):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            response = await self.inner.send(request, line)
            for entry in orjson.loads(response.body or b"{}").get("entry", []):
                address = f"{request.url.split('?')[0]}/{entry['resource']['id']}/$journaling-acknowledged"
                await self.inner.send(HttpRequest("POST", address, {}), line)
            return response


class AcknowledgesTwice(Client):
    class between(Between):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            if request.url.endswith("$journaling-acknowledged"):
                await self.inner.send(request, line)
            return await self.inner.send(request, line)


class AcknowledgesBlindly(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            return response if response.body and b"searchset" in response.body else HttpResponse(202)


class KnowsTheOldStatus(Client):
    class between(Editing):
        def edited(self, said: Any) -> Any:
            said.pop("journalingAcknowledged", None)
            return said


class ReadsLatin1(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            return replace(response, body=response.body.decode("latin-1").encode())


class KnowsEveryElement(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            return HttpResponse(400) if b'"future"' in response.body else response


class TakesTheWholeForTheParts(Client):
    class between(Editing):
        def edited(self, said: Any) -> Any:
            for entry in said.get("entry", []):
                if "response" in entry:
                    entry["response"] = {"status": "200"}
            return said


BROKEN = (
    broken_client(LosesExtensions, "loses extensions", "vkp.content"),
    broken_client(TakesEmptyListsForFailures, "takes empty lists for failures", "vkp.nothing-found"),
    broken_client(ReadsOnePage, "reads the first page only", "jft.all-pages", "pit.all-pages"),
    broken_client(ReadsTheNextPageOnlyWhenItCan, "gives half a list when a page fails", "jft.half-a-list"),
    broken_client(ReadsTheCursor, "decodes the cursor", "jft.cursor"),
    broken_client(FollowsLinksAnywhere, "follows links to other hosts", "jft.other-origin"),
    broken_client(WalksInCircles, "reads pages in a circle", "jft.circle"),
    broken_client(AcknowledgesWhatItReads, "acknowledges what it only read", "jft.only-read"),
    broken_client(AcknowledgesTwice, "acknowledges twice", "jft.acknowledged-once"),
    broken_client(AcknowledgesBlindly, "takes every acknowledgement for made", "jft.answer-lost"),
    broken_client(KnowsTheOldStatus, "knows one name of the journaled time", "jft.status"),
    broken_client(ReadsLatin1, "reads answers as Latin-1", "jft.letters"),
    broken_client(KnowsEveryElement, "refuses unknown elements", "jft.unknown-elements"),
    broken_client(TakesTheWholeForTheParts, "takes refused measurements for kept", "pmd.partly-refused"),
)
