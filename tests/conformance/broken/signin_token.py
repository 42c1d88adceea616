"""Faults in how a token is kept, and in what is done when there is none."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from connectors.helseid import HelseId
from connectors.helseid.sign_in import _Token
from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from hub.model.errors import AccessDenied, Refused, Unreachable
from tests.conformance.broken import Broken
from tests.conformance.broken._signing import Signing

_MANY = 60


class FetchesATokenForEachRequest(Signing):
    class sign_in(HelseId):
        async def _valid_token(self, line: HttpLine) -> _Token:
            self._token = None
            return await super()._valid_token(line)


class ForgetsThatTokensEnd(Signing):
    class sign_in(HelseId):
        async def _fetch(self, line: HttpLine) -> _Token:
            token = await super()._fetch(line)
            return replace(token, expires_at=token.expires_at + 3600)


class GivesUpWhenRefused(Signing):
    """Takes 401 as the last word, of an API or of the token service."""

    class sign_in(HelseId):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            try:
                response = await line.drive(self.auth_flow(request, await self._valid_token(line)))
            except AccessDenied as e:
                raise Refused("no access") from e
            if response.status == 401:
                raise Refused("no access")
            return response


class HammersTheApi(Signing):
    class sign_in(HelseId):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            token = await self._valid_token(line)
            answers = await asyncio.gather(*(line.drive(self.auth_flow(request, token)) for _ in range(_MANY)))
            return next((answer for answer in answers if answer.status != 401), answers[0])


class PutsTheTokenInTheAddress(Signing):
    class sign_in(HelseId):
        def _signed_in(self, request: HttpRequest, token: _Token) -> HttpRequest:
            return super()._signed_in(replace(request, url=f"{request.url}?access_token={token.value}"), token)


class TakesEveryTokenAsDpop(Signing):
    class sign_in(HelseId):
        def _signed_in(self, request: HttpRequest, token: _Token) -> HttpRequest:
            return super()._signed_in(request, replace(token, kind="DPoP"))


class DropsWhatItCannotSignIn(Signing):
    class sign_in(HelseId):
        async def _valid_token(self, line: HttpLine) -> _Token:
            try:
                return await super()._valid_token(line)
            except Unreachable as e:
                raise Refused("no token") from e


class SendsWithoutToken(Signing):
    class sign_in(HelseId):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            try:
                return await super().send(request, line)
            except Unreachable:
                return await line.send(request)


class HammersTheTokenService(Signing):
    class sign_in(HelseId):
        async def _fetch(self, line: HttpLine) -> _Token:
            request = self._token_request(self._endpoint or await self._discover(line))
            await asyncio.gather(*(line.send(request) for _ in range(_MANY)))
            return await super()._fetch(line)


class KnowsTheTokenEndpoint(Signing):
    class sign_in(HelseId):
        async def _discover(self, line: HttpLine) -> str:
            return f"{self._client.issuer}/connect/token"


_REFUSED = tuple(
    f"signin.token.refused-{fault}"
    for fault in ("wrong-signing-key", "wrong-issuer", "wrong-audience", "expired", "wrong-typ", "wrong-key-binding")
)
_AWAY = tuple(f"signin.service.{how}" for how in ("down", "error", "silent", "rubbish"))
BROKEN = (
    Broken(FetchesATokenForEachRequest, "fetches a token for each request", ("signin.token.reused",)),
    Broken(ForgetsThatTokensEnd, "sends tokens that have run out", ("signin.token.renewed",)),
    Broken(GivesUpWhenRefused, "gives an event up when a token is refused", _REFUSED),
    Broken(HammersTheApi, "hammers an API that refuses its tokens", ("signin.token.always-refused",)),
    Broken(PutsTheTokenInTheAddress, "puts the token in the address", ("signin.token.not-in-urls",)),
    Broken(
        TakesEveryTokenAsDpop,
        "sends every token as a DPoP token",
        ("signin.token.bearer", "signin.token.bearer-to-jft"),
    ),
    Broken(DropsWhatItCannotSignIn, "drops events while the token service is away", _AWAY),
    Broken(SendsWithoutToken, "sends without a token when it gets none", ("signin.service.rubbish",)),
    Broken(
        HammersTheTokenService,
        "hammers the token service",
        ("signin.service.patience", "signin.service.invalid-client"),
    ),
    Broken(KnowsTheTokenEndpoint, "knows the token endpoint without asking", ("signin.service.discovery",)),
)
