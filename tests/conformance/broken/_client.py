"""A sound API client with something between it and the network: what broken ones are made of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

import orjson

from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from connectors.reading import NationalApis, apis_of, sign_in_of
from connectors.settings import ConnectorSettings
from connectors.timing import Timer
from connectors.transport.http import SignIn
from tests.conformance.broken import Broken
from tests.conformance.broken.sound import SoundConnector

EMPTY = HttpResponse(200, {}, b'{"resourceType":"Bundle","type":"searchset"}')


class Between:
    """Stands between a client and the network, and by itself changes nothing."""

    def __init__(self, inner: SignIn) -> None:
        self.inner = inner

    async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
        return self.heard(await self.inner.send(self.asked(request), line))

    def asked(self, request: HttpRequest) -> HttpRequest:
        return request

    def heard(self, response: HttpResponse) -> HttpResponse:
        return response


class Client(SoundConnector):
    """A sound client with `between` in its way."""

    between: ClassVar[type[Between]] = Between

    @classmethod
    def asking(cls, settings: ConnectorSettings, timer: Timer) -> NationalApis:
        return apis_of(settings, timer, sign_in=cls.between(sign_in_of(settings, timer)))


def with_header(request: HttpRequest, name: str, value: str | None) -> HttpRequest:
    others = {known: said for known, said in request.headers.items() if known != name}
    return replace(request, headers=others if value is None else {**others, name: value})


def with_body(request: HttpRequest, old: str, new: str) -> HttpRequest:
    return replace(request, body=re.sub(old, new, request.body.decode()).encode() if request.body else None)


class Editing(Between):
    """Changes the resource in every answer, or sent body, that is one."""

    def edited(self, said: Any) -> Any:
        return said

    def heard(self, response: HttpResponse) -> HttpResponse:
        try:
            return replace(response, body=orjson.dumps(self.edited(orjson.loads(response.body))))
        except orjson.JSONDecodeError:
            return response


class Rewriting(Between):
    """Changes the Bundle that is written."""

    def rewritten(self, bundle: Any) -> None:
        """Change `bundle`."""

    def asked(self, request: HttpRequest) -> HttpRequest:
        if request.body is None or not request.body.startswith(b"{"):
            return request
        bundle = orjson.loads(request.body)
        self.rewritten(bundle)
        return replace(request, body=orjson.dumps(bundle))


def broken_client(kind: type[Client], fault: str, *tests: str) -> Broken:
    return Broken(kind, fault, tuple(f"client.{test}" for test in tests), plan="api-client")
