"""Faults in what is shown to whom."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace

from connectors import Event
from connectors.connector import Told
from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from connectors.settings import ConnectorSettings
from connectors.timing import Timer
from connectors.transport import Transport
from connectors.vendor import NotUnderstood
from hub.model.errors import DeliveryFailed, Refused
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Outgoing, Receipt, Rewired
from tests.conformance.broken.sound import SoundConnector

log = logging.getLogger(__name__)


class _OtherLine(SoundConnector):
    """Speaks HTTP over a line of its own."""

    line: type[HttpLine] = HttpLine

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        transport = super().way(settings, timer)
        transport._line = cls.line(timeout_s=settings.timeout_s)  # type: ignore[attr-defined]  # the fault
        return transport


class TellsWhomInTheAddress(_OtherLine):
    """A search for the person, in the address."""

    class line(HttpLine):
        async def send(self, request: HttpRequest) -> HttpResponse:
            found = re.search(rb"\d{11}", request.body or b"") if "fhir" in str(request.headers) else None
            url = f"{request.url}?patient={found[0].decode()}" if found else request.url
            return await super().send(replace(request, url=url))


class TellsWhomInAHeader(_OtherLine):
    """The person goes along in a header, for tracing."""

    class line(HttpLine):
        async def send(self, request: HttpRequest) -> HttpResponse:
            found = re.search(rb"\d{11}", request.body or b"") if "fhir" in str(request.headers) else None
            return await super().send(request.with_headers(X_Trace=found[0].decode()) if found else request)


class LogsEvents(SoundConnector):
    """Writes down all that it is told."""

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        log.info("told %s", events)
        return await super().tell_all(events)


class LogsFailedMessages(Rewired):
    """Writes down what could not be sent, for whoever looks into it."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except DeliveryFailed:
                log.warning("not sent: %s", message.payload)
                raise


class LogsGarbage(SoundConnector):
    """Writes down what it did not understand."""

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        try:
            return super().translate(payload)
        except NotUnderstood:
            log.warning("not understood: %s", payload)
            raise


class RepeatsContentInReports(Rewired):
    """Says of a refused event all that it held."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except Refused as e:
                raise Refused(f"{e}: {message.payload.decode()}") from e


class LogsRequests(_OtherLine):
    """Writes down every request with its headers."""

    class line(HttpLine):
        async def send(self, request: HttpRequest) -> HttpResponse:
            log.info("%s %s %s", request.method, request.url, dict(request.headers))
            return await super().send(request)


class SendsTheTokenInTheAddress(_OtherLine):
    """The token goes along in the address, as some old APIs had it."""

    class line(HttpLine):
        async def send(self, request: HttpRequest) -> HttpResponse:
            token = request.headers.get("Authorization", "").partition(" ")[2]
            return await super().send(replace(request, url=f"{request.url}?access_token={token}") if token else request)


def _privacy(*names: str) -> tuple[str, ...]:
    return tuple(f"privacy.privacy.{name}" for name in names)


BROKEN = (
    Broken(TellsWhomInTheAddress, "puts the identity number in the address", _privacy("addresses.vkp")),
    Broken(TellsWhomInAHeader, "puts the identity number in a header", _privacy("addresses.jft")),
    Broken(LogsEvents, "logs what it is told", _privacy("output.mqtt")),
    Broken(
        LogsFailedMessages,
        "logs what could not be sent",
        _privacy("output-in-trouble.jft"),
    ),
    Broken(LogsGarbage, "logs what it did not understand", _privacy("output-of-garbage")),
    Broken(RepeatsContentInReports, "repeats content in its reports", _privacy("reports.vkp")),
    Broken(LogsRequests, "logs requests with their tokens", _privacy("secrets.jft")),
    Broken(
        SendsTheTokenInTheAddress,
        "sends the token in the address",
        _privacy("secrets-in-addresses.vkp"),
    ),
)
