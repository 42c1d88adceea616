"""Faults in what is done when an answer is no, not now, or missing."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp

from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from connectors.settings import ConnectorSettings
from connectors.timing import Timer
from connectors.transport import Transport
from hub.model.errors import AccessDenied, OutcomeUnknown, Refused, Unreachable
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Outgoing, Receipt, Rewired, taken
from tests.conformance.broken.sound import SoundConnector


class DropsWhenBusy(Rewired):
    """What the hub has no time for is forgotten."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except Unreachable as e:
                if "503" in str(e):
                    return taken(message)
                raise


class DropsOnServerError(Rewired):
    """A server's error is taken as an answer."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except OutcomeUnknown as e:
                if "HTTP 5" in str(e):
                    return taken(message)
                raise


class TakesSilenceForYes(Rewired):
    """No answer is good news."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except OutcomeUnknown as e:
                if "no answer: Timeout" in str(e) or "no receipt" in str(e) or "ServerTimeout" in str(e):
                    return taken(message)
                raise


class DropsOnCut(Rewired):
    """A connection that breaks ends the attempt for good."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except OutcomeUnknown as e:
                if "no answer: " in str(e) and "Timeout" not in str(e):
                    return taken(message)
                raise


class NumbersEveryAttempt(Rewired):
    """Each attempt has a number and a time of its own, so that the hub sees two events."""

    class around(Around):
        def __init__(self, inner: Any) -> None:
            super().__init__(inner)
            self.attempts: dict[bytes, int] = {}

        async def send(self, message: Outgoing) -> Receipt:
            attempt = self.attempts[message.payload] = self.attempts.get(message.payload, -1) + 1
            if not attempt:
                return await super().send(message)
            payload = re.sub(rb'"value":"(P-\d+)', rb'"value":"\1-%d' % attempt, message.payload)
            return await super().send(Outgoing(message.resource_type, payload, message.device))


class TakesAnyPage(Rewired):
    """Whatever says 200 is the hub."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except OutcomeUnknown as e:
                if "not the service's" in str(e):
                    return taken(message)
                raise


class IgnoresRetryAfter(Rewired):
    """Comes back when it likes."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except Unreachable as e:
                raise Unreachable(str(e)) from e


class Hammers(Rewired):
    """Tries again at once, for ever."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            while True:
                try:
                    return await super().send(message)
                except Unreachable:
                    await asyncio.sleep(0.1)


class TriesAgainAfterRefusal(Rewired):
    """Hopes that a refusal was a mistake."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                receipt = await super().send(message)
            except Refused as e:
                raise Unreachable(str(e)) from e
            if not receipt.is_settled:
                raise Unreachable("rejected")
            return receipt


class ReportsRefusedAsTaken(Rewired):
    """A refusal is nobody's business."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                receipt = await super().send(message)
            except (Refused, AccessDenied):
                return taken(message)
            return receipt if receipt.is_settled else taken(message)


class StopsAtRefusal(Rewired):
    """One refused event holds up all the others."""

    class around(Around):
        is_stuck = False

        async def send(self, message: Outgoing) -> Receipt:
            if self.is_stuck:
                raise Unreachable("waiting for a person")
            try:
                return await super().send(message)
            except (Refused, AccessDenied):
                self.is_stuck = True
                raise


class _Following(HttpLine):
    async def send(self, request: HttpRequest) -> HttpResponse:
        try:
            async with self._session.request(
                request.method, request.url, headers=request.headers, data=request.body
            ) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return HttpResponse(answer.status, headers, await answer.read())
        except aiohttp.ClientError as e:
            raise OutcomeUnknown("no answer") from e


class FollowsRedirects(SoundConnector):
    """Goes wherever it is sent."""

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        transport = super().way(settings, timer)
        transport._line = _Following(timeout_s=settings.timeout_s)  # type: ignore[attr-defined]  # the fault
        return transport


def _http(*names: str) -> tuple[str, ...]:
    return tuple(f"delivery.http.{name}" for name in names)


def _access(*names: str) -> tuple[str, ...]:
    return tuple(f"delivery.access.{name}" for name in names)


BROKEN = (
    Broken(DropsWhenBusy, "forgets what meets 503", _http("busy.vkp")),
    Broken(DropsOnServerError, "takes 500 for an answer", _http("errors.jft")),
    Broken(TakesSilenceForYes, "takes silence for yes", (*_http("silence.vkp"), "delivery.mqtt.no-receipt.mqtt")),
    Broken(DropsOnCut, "gives up when the connection breaks", _http("cut.jft")),
    Broken(
        NumbersEveryAttempt,
        "numbers each attempt anew",
        (
            *_http("errors-after.vkp", "silence-after.jft", "cut-after.vkp", "late.jft"),
            "delivery.mqtt.receipt-lost.mqtt",
            "delivery.mqtt.receipt-late.mqtt",
            "messages.identity.sent-again-unchanged.mqtt",
        ),
    ),
    Broken(TakesAnyPage, "takes a proxy's page for a receipt", _http("foreign-page.vkp")),
    Broken(IgnoresRetryAfter, "ignores Retry-After", _http("retry-after.jft", "retry-after-date.vkp")),
    Broken(Hammers, "tries again without pause", _http("backoff.vkp")),
    Broken(
        TriesAgainAfterRefusal,
        "tries again after a refusal",
        (*_http("refused.vkp"), "delivery.mqtt.rejected.mqtt", *_access("unknown-patient.jft", "unknown-sender.mqtt")),
    ),
    Broken(
        ReportsRefusedAsTaken,
        "reports what was refused as taken",
        (*_http("refused-told.jft"), "delivery.mqtt.rejected-told.mqtt", *_access("forbidden-told.vkp")),
    ),
    Broken(StopsAtRefusal, "stops at the first refusal", _http("others-go-on.vkp")),
    Broken(FollowsRedirects, "follows redirects", _http("redirect-302.vkp", "redirect-307.jft")),
)
