"""The ways by HTTP: VKP R4's bundle address, and JFT's register with a status to follow."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import ClassVar, Protocol, Self
from urllib.parse import urljoin, urlsplit

import orjson

from connectors.http.answers import failure_of
from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from connectors.receipt import Receipt, read_receipt
from connectors.transport.port import Journaling, Outgoing
from hub.model.codes import ReceiptCode
from hub.model.errors import OutcomeUnknown
from hub.model.ports import Clock
from hub.model.times import parse_time

_FHIR_JSON = "application/fhir+json"


class SignIn(Protocol):
    """Sends a request signed in; `HelseId` is the usual one."""

    async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
        """The answer to `request`, sent over `line`."""
        ...


class Unsigned:
    """No sign-in, for a hub in test mode on this machine."""

    async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
        """The answer to `request` as it is."""
        return await line.send(request)


class _HttpTransport:
    """What the two ways by HTTP share: the line, the sign-in, and what answers mean."""

    def __init__(self, base: str, *, clock: Clock, sign_in: SignIn | None = None, line: HttpLine | None = None) -> None:
        self._base = base.rstrip("/")
        self._clock = clock
        self._sign_in = sign_in or Unsigned()
        self._line = line or HttpLine()
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self._line)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.__aexit__(kind, error, trace)

    async def _post(self, url: str, message: Outgoing, headers: dict[str, str]) -> HttpResponse:
        request = HttpRequest(
            "POST", url, {"Content-Type": _FHIR_JSON, "Accept": _FHIR_JSON, **headers}, message.payload
        )
        response = await self._sign_in.send(request, self._line)
        if failure := failure_of(response, self._clock.now()):
            raise failure
        if response.body.strip() and not _is_json(response.body):
            raise OutcomeUnknown(f"HTTP {response.status} with an answer that is not the service's")
        return response


def _is_json(body: bytes) -> bool:
    """Whether this can be the service's own word. A proxy's page says 200 as well, of what was never registered."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


class VkpTransport(_HttpTransport):
    """VKP R4 at `base`: everything to `{base}/epj/r4/{organisation number}/…`; the answer says what became of it.

    `service_codes` go into the header by which VKP looks up the patient's services.
    """

    takes: ClassVar = frozenset({"Bundle", "Composition", "Encounter", "MedicationDispense"})

    def __init__(
        self,
        base: str,
        *,
        municipality: str,
        clock: Clock,
        sign_in: SignIn | None = None,
        line: HttpLine | None = None,
        service_codes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{base.rstrip('/')}/epj/r4/{municipality}", clock=clock, sign_in=sign_in, line=line)
        self._headers = {"ServiceCodes": ",".join(service_codes)} if service_codes else {}

    async def send(self, message: Outgoing) -> Receipt:
        """Post `message`; see `Transport.send`."""
        response = await self._post(f"{self._base}/{message.resource_type.lower()}", message, self._headers)
        said = read_receipt(response.body)
        return said or Receipt(ReceiptCode.ACCEPTED, message.sha256)

    async def status(self, reference: str) -> Journaling:
        """Nothing: VKP's answer says all."""
        return Journaling()


class JftTransport(_HttpTransport):
    """JFT at `base`: registers with `POST {base}/v1/{type}`, and is asked for the status until it is journaled.

    `source_system` comes back as a tag to those who fetch (header `nhn-source-system`).
    """

    takes: ClassVar = frozenset({"Bundle", "Composition", "MedicationDispense"})

    def __init__(
        self,
        base: str,
        *,
        clock: Clock,
        sign_in: SignIn | None = None,
        line: HttpLine | None = None,
        source_system: str | None = None,
    ) -> None:
        super().__init__(base, clock=clock, sign_in=sign_in, line=line)
        self._headers = {"nhn-source-system": source_system} if source_system else {}

    async def send(self, message: Outgoing) -> Receipt:
        """Post `message`; see `Transport.send`. The receipt's reference is the address of the status."""
        url = f"{self._base}/v1/{message.resource_type}"
        response = await self._post(url, message, self._headers)
        location = response.headers.get("location")
        # Only the path: a token must not follow an answer to another host.
        reference = urljoin(url, urlsplit(urljoin(url, location)).path) if location else None
        said = read_receipt(response.body) or Receipt(ReceiptCode.ACCEPTED, message.sha256)
        return Receipt(said.code, said.sha256, said.identifier, said.text, said.remarks, reference)

    async def status(self, reference: str) -> Journaling:
        """Ask how far a registered message has come; see `Transport.status`."""
        request = HttpRequest("GET", reference, {"Accept": "application/json"})
        response = await self._sign_in.send(request, self._line)
        if failure := failure_of(response, self._clock.now()):
            raise failure
        try:
            said = orjson.loads(response.body)
            return Journaling(
                registered=parse_time(said.get("registered")),
                read=parse_time(said.get("read")),
                journaled=parse_time(said.get("journalingAcknowledged") or said.get("journaled")),
                failed=parse_time(said.get("failed")),
            )
        except (ValueError, AttributeError) as e:
            raise OutcomeUnknown("the status can't be read") from e
