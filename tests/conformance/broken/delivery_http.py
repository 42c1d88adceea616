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
from connectors.transport.port import Journaling
from hub.model.errors import AccessDenied, DeliveryFailed, OutcomeUnknown, Refused, Unreachable
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


class NeverAsksForStatus(Rewired):
    """Registered is good enough."""

    class around(Around):
        async def status(self, reference: str) -> Journaling:
            return Journaling()


class KeepsAskingForStatus(Rewired):
    """Asks on when it knows the answer."""

    class around(Around):
        def __init__(self, inner: Any) -> None:
            super().__init__(inner)
            self.asking: set[asyncio.Task[None]] = set()

        async def status(self, reference: str) -> Journaling:
            self.asking.add(asyncio.create_task(self._ask_again(reference)))
            return await super().status(reference)

        async def _ask_again(self, reference: str) -> None:
            await asyncio.sleep(1)
            await super().status(reference)


class TakesFailedForJournaled(Rewired):
    """All that is over has gone well."""

    class around(Around):
        async def status(self, reference: str) -> Journaling:
            said = await super().status(reference)
            return Journaling(said.registered, said.read, said.journaled or said.failed)


class KnocksAtClosedDoors(Rewired):
    """403 may be another answer in a moment."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            for _ in range(20):
                try:
                    return await super().send(message)
                except AccessDenied:
                    await asyncio.sleep(0.2)
            raise Unreachable("not let in")


class GivesUpAtSignIn(Rewired):
    """Nothing is kept for when the access is back."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except AccessDenied as e:
                raise Refused(str(e)) from e


class SaysNoReason(Rewired):
    """Refused is all there is to know."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except DeliveryFailed as e:
                raise type(e)("") from e


def _both(name: str) -> tuple[str, str]:
    return f"delivery.http.{name}.vkp", f"delivery.http.{name}.jft"


BROKEN = (
    Broken(DropsWhenBusy, "forgets what meets 503", _both("busy")),
    Broken(DropsOnServerError, "takes 500 for an answer", _both("errors")),
    Broken(TakesSilenceForYes, "takes silence for yes", (*_both("silence"), "delivery.mqtt.no-receipt.mqtt")),
    Broken(DropsOnCut, "gives up when the connection breaks", _both("cut")),
    Broken(
        NumbersEveryAttempt,
        "numbers each attempt anew",
        (
            *_both("errors-after"),
            *_both("silence-after"),
            *_both("cut-after"),
            *_both("late"),
            "delivery.mqtt.receipt-lost.mqtt",
            "delivery.mqtt.receipt-late.mqtt",
        ),
    ),
    Broken(TakesAnyPage, "takes a proxy's page for a receipt", _both("foreign-page")),
    Broken(IgnoresRetryAfter, "ignores Retry-After", (*_both("retry-after"), *_both("retry-after-date"))),
    Broken(Hammers, "tries again without pause", _both("backoff")),
    Broken(
        TriesAgainAfterRefusal,
        "tries again after a refusal",
        (
            *_both("refused"),
            "delivery.mqtt.rejected.mqtt",
            "delivery.access.unknown-patient.vkp",
            "delivery.access.unknown-patient.jft",
            "delivery.access.unknown-sender.mqtt",
        ),
    ),
    Broken(
        ReportsRefusedAsTaken,
        "reports what was refused as taken",
        (
            *_both("refused-told"),
            "delivery.mqtt.rejected-told.mqtt",
            "delivery.access.forbidden-told.vkp",
            "delivery.access.forbidden-told.jft",
        ),
    ),
    Broken(StopsAtRefusal, "stops at the first refusal", _both("others-go-on")),
    Broken(FollowsRedirects, "follows redirects", (*_both("redirect-302"), *_both("redirect-307"))),
    Broken(NeverAsksForStatus, "never asks for $status", ("delivery.following.asked.jft",)),
    Broken(KeepsAskingForStatus, "asks for $status for ever", ("delivery.following.journaled-no-more.jft",)),
    Broken(TakesFailedForJournaled, "takes failed for journaled", ("delivery.following.failed.jft",)),
    Broken(
        KnocksAtClosedDoors,
        "knocks at closed doors",
        ("delivery.access.forbidden.vkp", "delivery.access.forbidden.jft"),
    ),
    Broken(
        GivesUpAtSignIn,
        "gives up when sign-in is refused",
        ("delivery.access.unauthorised.vkp", "delivery.access.unauthorised.jft"),
    ),
    Broken(
        SaysNoReason,
        "says no reason for a refusal",
        ("delivery.access.reason-told.vkp", "delivery.access.reason-told.jft"),
    ),
)
