"""A system that is driven over the driving interface (`connectors.testing.driving`)."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Self

import aiohttp
import orjson

from connectors import Event
from connectors.testing.driving import (
    AlertShown,
    Call,
    CallAnswer,
    DeviceWord,
    EventReport,
    ProductCard,
    Surroundings,
    Taken,
)
from connectors.testing.spoken import events_body
from hub.conformance.driving.system import SETTLED, NotTaken
from hub.conformance.verdicts import Failed, Skipped, both

_ROOT = "/conformance/v1"
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_LOOK_AGAIN_S = 0.05


class NoDrivingInterface(Exception):
    """There is a system at the address, and it has no driving interface."""


class Interface:
    """The driving interface at `address`, used with `async with`. Raises aiohttp.ClientError when nothing answers."""

    def __init__(self, address: str) -> None:
        self._root = address.rstrip("/") + _ROOT

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def card(self, product: str | None = None) -> ProductCard:
        """What the system says that it is."""
        query = f"?product={product}" if product else ""
        async with self._http.get(f"{self._root}/{query}") as answer:
            if answer.status != 200 or "json" not in answer.content_type:
                raise NoDrivingInterface(f"HTTP {answer.status}")
            return ProductCard.model_validate_json(await answer.read())

    async def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The answer's body. Raises NotTaken on 422, Failed when the system answers with an error of its own."""
        headers = {"Content-Type": "application/json"}
        asked = f"{method} {path}"
        said_to_it = BytesIO(body) if body is not None else None  # a large body as bytes makes aiohttp warn
        try:
            async with self._http.request(method, self._root + path, data=said_to_it, headers=headers) as answer:
                status, said = answer.status, await answer.read()
        except TimeoutError:
            waited = f"{_TIMEOUT.total:g}"
            raise _no_use(
                f"svarte ikke innen {waited} sekunder", f"gave no answer in {waited} seconds", asked
            ) from None
        if status == 422:
            raise NotTaken(_error(said))
        if status >= 400:
            raise _no_use(f"svarte {status}: {_error(said)}", f"answered {status}: {_error(said)}", asked)
        return said


class DrivenSession:
    """A session over the interface."""

    def __init__(self, interface: Interface, surroundings: Surroundings) -> None:
        self._interface = interface
        self._surroundings = surroundings
        self._path = f"/sessions/{uuid.uuid4().hex[:12]}"

    async def tell(self, *events: Event) -> Sequence[int]:
        """See `Session`."""
        return _numbers(await self._interface.ask("POST", f"{self._path}/events", events_body(events)))

    async def take(self, message: bytes) -> Sequence[int]:
        """See `Session`."""
        return _numbers(await self._interface.ask("POST", f"{self._path}/messages", message))

    async def take_example(self, place: int) -> Sequence[int]:
        """See `Session`."""
        return _numbers(await self._interface.ask("POST", f"{self._path}/examples/{place}"))

    async def report_device(self, word: DeviceWord) -> None:
        """See `Session`."""
        await self._interface.ask("POST", f"{self._path}/device", word.model_dump_json(exclude_none=True).encode())

    async def reports(self) -> Sequence[EventReport]:
        """See `Session`."""
        said = orjson.loads(await self._interface.ask("GET", f"{self._path}/events"))
        return [EventReport.model_validate(each) for each in said]

    async def settled(self, *, within_s: float = 20.0) -> Sequence[EventReport]:
        """See `Session`."""
        ends = time.monotonic() + within_s
        while True:
            reports = await self.reports()
            if all(report.fate in SETTLED for report in reports) or time.monotonic() > ends:
                return reports
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def alerts(self) -> Sequence[AlertShown]:
        """See `Session`."""
        said = orjson.loads(await self._interface.ask("GET", f"{self._path}/alerts"))
        return [AlertShown.model_validate(each) for each in said]

    async def call(self, name: str, parameters: Mapping[str, Any]) -> CallAnswer:
        """See `Session`."""
        body = Call(call=name, parameters=parameters).model_dump_json().encode()
        return CallAnswer.model_validate_json(await self._interface.ask("POST", f"{self._path}/calls", body))

    async def stop(self) -> None:
        """See `Session`."""
        await self._interface.ask("DELETE", self._path)

    async def start(self, surroundings: Surroundings | None = None) -> None:
        """See `Session`."""
        self._surroundings = surroundings or self._surroundings
        body = self._surroundings.model_dump_json(exclude_none=True).encode()
        await self._interface.ask("PUT", self._path, body)

    async def forget(self) -> None:
        """Stop, and let the session's memory go."""
        await self._interface.ask("DELETE", f"{self._path}?forget")


class DrivenSystem:
    """The system at an interface: it can be restarted, since its sessions can."""

    can = frozenset({"restart"})

    def __init__(self, interface: Interface, card: ProductCard, *, product: str | None = None) -> None:
        self._interface = interface
        self._product = product
        self.card = card

    async def connect(self, surroundings: Surroundings) -> DrivenSession:
        """See `System`."""
        named = surroundings.model_copy(update={"product": self._product})
        session = DrivenSession(self._interface, named)
        await session.start()
        return session

    async def leave(self, session: Any) -> None:
        """See `System`."""
        await session.forget()

    def output(self) -> str:
        """See `System`."""
        raise Skipped(both("loggen er ikke tilgjengelig herfra", "the log can't be seen from here"))

    async def kill(self) -> None:
        """See `System`."""
        raise Skipped(both("prosessen er ikke vår å drepe", "the process is not ours to kill"))


def _no_use(nb: str, en: str, asked: str) -> Failed:
    """The system did not do what it was asked to by the driving interface, where sessions have names of no interest."""
    what = re.sub(r"/sessions/\w+", "/sessions/…", asked)
    return Failed(
        both(f"systemet {nb} ({what})", f"the system {en} ({what})"),
        expected=both("systemet gjør det det blir bedt om", "the system does what it is asked to"),
    )


def _numbers(said: bytes) -> Sequence[int]:
    return Taken.model_validate_json(said).numbers


def _error(said: bytes) -> str:
    try:
        error = orjson.loads(said)["error"]
    except (ValueError, TypeError, KeyError):
        return ""
    return str(error)[:300]
