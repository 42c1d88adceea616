"""Asking over HTTP: signed in, tried again a few times where that helps, and never sooner than the API asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.http.answers import failure_of
from connectors.http.exchange import HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from connectors.timing import Timer, backoff, pause
from connectors.transport.http import SignIn, Unsigned
from hub.model.errors import DeliveryFailed, OutcomeUnknown, Refused, Unreachable

FHIR_JSON = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Patience:
    """A question is asked `attempts` times at the most; a pause of more than `longest_s` seconds is left to the caller.

    Pauses are a second, doubling, spread at random, or what `Retry-After` says where that is longer.
    """

    attempts: int = 3
    longest_s: float = 20.0


@dataclass(slots=True)
class Asker:
    """Asks one API over `line`, which may be shared and is opened and closed by whoever made it.

    Every method raises `AccessDenied`, `Refused`, `Unreachable` or `OutcomeUnknown`; no text holds content.
    """

    line: HttpLine
    timer: Timer
    sign_in: SignIn = field(default_factory=Unsigned)
    patience: Patience = Patience()
    random: Random = field(default_factory=Random)
    _not_before: float = 0.0

    async def read(self, request: HttpRequest) -> HttpResponse:
        """The answer to a question that may be asked again, whatever became of it the first time."""
        return await self._ask(request, (Unreachable, OutcomeUnknown))

    async def write(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request that is sent again only when it is certain that nothing was registered."""
        return await self._ask(request, (Unreachable,))

    async def _ask(self, request: HttpRequest, again_after: tuple[type[DeliveryFailed], ...]) -> HttpResponse:
        attempt = 1
        while True:
            await self._until_welcome()
            try:
                return await self._once(request)
            except again_after as failure:
                self._hold_back(failure)
                if attempt >= self.patience.attempts:
                    raise
            await pause(self.timer, backoff(attempt, random=self.random))
            attempt += 1

    async def _once(self, request: HttpRequest) -> HttpResponse:
        response = await self.sign_in.send(request, self.line)
        if 300 <= response.status < 400:  # a token follows nobody to another address
            raise Refused(f"HTTP {response.status}: the API points elsewhere")
        if failure := failure_of(response, self.timer.now()):
            raise failure
        return response

    def _hold_back(self, failure: DeliveryFailed) -> None:
        asked_for = getattr(failure, "retry_after", None)
        if asked_for:
            self._not_before = max(self._not_before, self.timer.real() + asked_for)

    async def _until_welcome(self) -> None:
        """Wait until the API wants to be asked again. Raises `Unreachable` when that is longer than we wait."""
        left = self._not_before - self.timer.real()
        if left > self.patience.longest_s:
            raise Unreachable("the API has asked for a pause", retry_after=left)
        if left > 0:
            await pause(self.timer, left)


def form(url: str, parameters: Pairs, *, headers: dict[str, str] | None = None) -> HttpRequest:
    """A search as a form: what is asked stands in the body, never in the address."""
    return HttpRequest(
        "POST",
        url,
        {"Content-Type": FORM, "Accept": FHIR_JSON, **(headers or {})},
        urlencode(parameters).encode(),
    )


def query(url: str, parameters: Pairs) -> HttpRequest:
    """A search by GET, for APIs whose parameters name nobody."""
    return HttpRequest("GET", f"{url}?{urlencode(parameters)}" if parameters else url, {"Accept": FHIR_JSON})


def posted(url: str, body: bytes | None = None) -> HttpRequest:
    """A write of FHIR JSON; without a body an operation."""
    headers = {"Accept": FHIR_JSON} | ({"Content-Type": FHIR_JSON} if body is not None else {})
    return HttpRequest("POST", url, headers, body)


def followed(request: HttpRequest, link: str) -> HttpRequest:
    """The request for the page that `link` leads to, the link as it is. Raises Refused when it leads elsewhere.

    The token goes with it, so it must lead to the very origin that was asked.
    """
    _check_origin(request, link)
    headers = {name: value for name, value in request.headers.items() if name != "Content-Type"}
    return replace(request, method="GET", url=link, headers=headers, body=None)


def asked_on(request: HttpRequest, link: str) -> HttpRequest:
    """The same for an API that is read by forms only: the form that `request` was, with what the link says."""
    _check_origin(request, link)
    return replace(request, body=urlencode(parse_qsl(urlsplit(link).query, keep_blank_values=True)).encode())


def _check_origin(request: HttpRequest, link: str) -> None:
    if _origin(link) != _origin(request.url):
        raise Refused("the next page is at another origin, where the token must not go")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual
