"""Emissions to an HTTP door: VKP's or JFT's, with a token, many under way at once, tried again when it is down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from devices_sim.emission import Emission
from devices_sim.targets.doors import JFT, VKP, through_door
from devices_sim.targets.target import Tally
from hub.model.errors import AccessDenied, Unreachable

_VKP_PATH = "/epj/r4/{organisation_number}/{resource}"
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where and how. `url` may hold `{organisation_number}`, `{resource}` (lower case) and `{Resource}` (as in FHIR).

    Without a path it is VKP's door (`/epj/r4/{organisation number}/{resource}`), with `/v1` at the end JFT's. The
    header of `authorise(method, address)` goes with every request: a token, and for DPoP a proof.
    """

    url: str
    authorise: Callable[[str, str], dict[str, str]]
    at_once: int = 32
    tries: int = 5
    first_wait_s: float = 0.5
    timeout_s: float = 30.0


class HttpTarget:
    """Posts events and keeps each patient's in order; statuses have no place here."""

    def __init__(self, settings: HttpSettings) -> None:
        self.tally = Tally()
        self._settings = settings
        self._address = _template(settings.url)
        self._own_doors = JFT if self._address.endswith("/{Resource}") else VKP
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=settings.timeout_s),
            connector=aiohttp.TCPConnector(limit=settings.at_once),
        )
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._resent: list[Emission] = []

    def fitted(self, emission: Emission) -> Emission:
        """In a document Bundle, where its resource has no door of its own."""
        return through_door(emission, self._own_doors)

    async def send(self, emission: Emission) -> bool:
        """Post it, after the same patient's earlier ones. Raises what an earlier post failed with."""
        if emission.kind == "status":
            return False
        while len(self._under_way) >= self._settings.at_once:
            await self._some()
        line = emission.case.patient if emission.case else emission.topic
        before = self._under_way.get(line)
        task = asyncio.create_task(self._post(emission, before), name=f"post {emission.resource_type}")
        self._under_way[line] = task
        self.tally.sent += 1
        return True

    async def _some(self) -> None:
        done, _ = await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
        self._under_way = {line: task for line, task in self._under_way.items() if task not in done}
        errors = [error for task in done if (error := task.exception()) is not None]
        if errors:
            raise errors[0]

    async def _post(self, emission: Emission, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        wait = self._settings.first_wait_s
        for attempt in range(self._settings.tries):
            if attempt:
                self.tally.retried += 1
                self._resent.append(emission._replace(repeats=emission.repeats + attempt))
            status, retry_after = await self._attempt(emission)
            if status == 401 or status == 403:
                raise AccessDenied(f"døra slipper ikke inn avsenderen ({status})", status=status)
            if status and status not in _AGAIN:
                self.tally.receipts[str(status)] += 1
                return
            await asyncio.sleep(retry_after or wait)
            wait *= 2
        self.tally.given_up += 1
        raise Unreachable("døra svarer ikke")

    async def _attempt(self, emission: Emission) -> tuple[int, float | None]:
        """The answer's status, 0 without an answer, and how long it asks to wait."""
        resource = emission.resource_type or "Bundle"
        address = self._address.format(
            organisation_number=emission.municipality, resource=resource.lower(), Resource=resource
        )
        headers = {"Content-Type": "application/fhir+json", **self._settings.authorise("POST", address)}
        try:
            async with self._session.post(address, data=emission.payload, headers=headers) as answer:
                await answer.read()
                after = answer.headers.get("Retry-After", "")
                return answer.status, float(after) if after.isdigit() else None
        except (aiohttp.ClientError, TimeoutError):
            return 0, None

    def resent(self) -> list[Emission]:
        """What was posted again since the last call."""
        again, self._resent = self._resent, []
        return again

    async def drain(self) -> None:
        """Wait for all answers."""
        while self._under_way:
            await self._some()

    async def aclose(self) -> None:
        """Give up what is under way and close the connections."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._session.close()


def _template(url: str) -> str:
    path = urlsplit(url).path.rstrip("/")
    if "{" in url:
        return url
    if not path:
        return url.rstrip("/") + _VKP_PATH
    return url.rstrip("/") + ("/{Resource}" if path.endswith("/v1") else "/{resource}")
