"""API clients that do the wrong thing when something goes wrong."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from hub.model.errors import DeliveryFailed
from tests.conformance.broken._client import (
    EMPTY,
    Between,
    Client,
    broken_client,
)


class AsksUntilItIsAllowed(Client):
    class between(Between):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            for _ in range(3):
                response = await self.inner.send(request, line)
                if response.status not in (400, 403):
                    break
            return response


class TakesRefusalsForEmptyLists(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            return EMPTY if response.status in (400, 403) else response


class TakesFailuresForEmptyLists(Client):
    class between(Between):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            try:
                response = await self.inner.send(request, line)
            except DeliveryFailed:
                return EMPTY
            return EMPTY if response.status >= 500 else response


class TakesAnythingForAnEmptyList(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            is_list = response.status != 200 or (b'"searchset"' in response.body and response.body.endswith(b"}"))
            return response if is_list else EMPTY


class FollowsRedirectionsAnywhere(Client):
    class between(Between):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            response = await self.inner.send(request, line)
            if response.status == 307:
                return await self.inner.send(replace(request, url=response.headers["location"]), line)
            return response


class HearsNoRetryAfter(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            return replace(response, headers={k: v for k, v in response.headers.items() if k != "retry-after"})


class KnowsNoDates(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            is_date = not response.headers.get("retry-after", "0").isdigit()
            return replace(response, headers={}) if is_date else response


class AsksTwentyTimes(Client):
    class between(Between):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            for _ in range(20):
                response = await self.inner.send(request, line)
                if response.status not in (401, 503):
                    break
            return response


class AsksOnce(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            return HttpResponse(404) if response.status == 503 else response


class KeepsItsToken(Client):
    class between(Between):
        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            return await self.inner.send(request, _Deaf(line))


class _Deaf(HttpLine):
    """Hears no challenge, and so never knows that a token has run out."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    async def send(self, request: HttpRequest) -> HttpResponse:
        response = await self._line.send(request)
        return replace(response, headers={k: v for k, v in response.headers.items() if k != "www-authenticate"})


class LogsWhatItHears(Client):
    class between(Between):
        def heard(self, response: HttpResponse) -> HttpResponse:
            if response.status >= 400:
                logging.getLogger("client").warning("refused: %s", response.body.decode())
            return response


class GivesUpForGood(Client):
    class between(Between):
        """Stops asking once the API has failed it."""

        has_failed = False

        async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
            if self.has_failed:
                return HttpResponse(404)
            try:
                response = await asyncio.wait_for(self.inner.send(request, line), 1)
            except (DeliveryFailed, TimeoutError):
                response = HttpResponse(404)
            self.has_failed = response.status >= 400
            return response


BROKEN = (
    broken_client(AsksUntilItIsAllowed, "asks again after refusals", "vkp.missing-service", "pit.write-refused"),
    broken_client(TakesRefusalsForEmptyLists, "takes refusals for empty lists", "failures.bad-request"),
    broken_client(
        TakesFailuresForEmptyLists, "takes failures for empty lists", "failures.cut", "failures.server-error"
    ),
    broken_client(TakesAnythingForAnEmptyList, "takes any page for an empty list", "failures.not-fhir"),
    broken_client(FollowsRedirectionsAnywhere, "follows redirections to other hosts", "failures.elsewhere"),
    broken_client(HearsNoRetryAfter, "ignores Retry-After", "failures.retry-after"),
    broken_client(KnowsNoDates, "ignores Retry-After when it is a date", "failures.retry-after-date"),
    broken_client(AsksTwentyTimes, "asks twenty times at once", "failures.gives-up", "failures.never-let-in"),
    broken_client(AsksOnce, "never asks again", "failures.asked-again", "jft.second-page-again"),
    broken_client(KeepsItsToken, "keeps a token that has run out", "failures.expired-token"),
    broken_client(LogsWhatItHears, "logs what the API says", "failures.errors-name-nobody"),
    broken_client(GivesUpForGood, "never asks again after a failure", "failures.silence"),
)
