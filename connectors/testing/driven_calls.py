"""An API client in a driven session: the calls of the driving interface, made through `connectors.reading`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from connectors.reading import NationalApis, Page, Resource
from connectors.reading.jft import EventType
from connectors.testing.driven_failures import described
from connectors.testing.driven_surroundings import UnusableSurroundings, api_settings_of, faults
from connectors.testing.driving import Call, CallAnswer, Surroundings
from connectors.timing import SystemTimer
from connectors.vendor import VendorConnector
from hub.model.errors import KnutepunktError
from hub.model.person import PatientRef

A = TypeVar("A")
P = TypeVar("P", bound=BaseModel)


class UnknownCall(ValueError):
    """There is no such call, or its parameters are not as they should be. The text repeats nothing of them."""


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Who(_Parameters):
    system: str = ""
    value: str

    @property
    def ref(self) -> PatientRef:
        return PatientRef(self.system, self.value)


class _LookUp(_Parameters):
    resource: str
    patient: _Who | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class _Read(_Parameters):
    type: EventType = "Bundle"
    since: str | None = None
    waiting: Literal[True] | None = None
    count: int | None = None


class _One(_Parameters):
    type: EventType = "Bundle"
    id: str


class _Patients(_Parameters):
    since: str | None = None
    count: int | None = None


class _Patient(_Parameters):
    patient: dict[str, Any]


class _Measurements(_Parameters):
    patient: _Who
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    codes: tuple[str, ...] = ()


class _Measured(_Parameters):
    observations: tuple[dict[str, Any], ...]
    municipality_number: str


class DrivenClient:
    """A client of class `kind` in `surroundings`; opened before it is used."""

    def __init__(self, kind: type[VendorConnector], surroundings: Surroundings, folder: Path) -> None:
        self.kind = kind
        self._surroundings = surroundings
        self._folder = folder
        self._open = AsyncExitStack()

    async def open(self) -> None:
        """Be ready to ask. Raises UnusableSurroundings."""
        await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        settings = api_settings_of(self._surroundings, self.kind, folder=self._folder)
        try:
            apis = self.kind.asking(settings, SystemTimer())
        except (OSError, ValueError, KnutepunktError) as e:  # keys and certificates that are none
            raise UnusableSurroundings(f"the APIs can't be asked: {type(e).__name__}") from e
        self._apis = await self._open.enter_async_context(apis)

    async def close(self) -> None:
        """Ask no more."""
        await self._open.aclose()

    async def call(self, call: Call) -> CallAnswer:
        """What came of `call`. Raises UnknownCall; a failure to get an answer is an answer with its error."""
        if call.call not in CALLS:
            raise UnknownCall("call: not one of the card's")
        try:
            found = await CALLS[call.call](self._apis, call.parameters)
        except ValidationError as e:
            raise UnknownCall(f"parameters: {faults(e)}") from e
        except (KnutepunktError, ValueError) as e:
            return CallAnswer(error=described(e))
        return CallAnswer(resources=tuple(found))


async def _vkp_search(apis: NationalApis, said: Mapping[str, Any]) -> list[Resource]:
    asked = _LookUp.model_validate(said)
    who = asked.patient.ref if asked.patient else None
    page = await _given(apis.vkp).look_up(asked.resource, who, since=asked.since, until=asked.until)
    return _all(page)


async def _jft_read(apis: NationalApis, said: Mapping[str, Any]) -> list[Resource]:
    asked = _Read.model_validate(said)
    events = _given(apis.jft).events(asked.type, since=asked.since, is_waiting=asked.waiting, count=asked.count)
    return [event async for event in events]


async def _jft_acknowledge(apis: NationalApis, said: Mapping[str, Any]) -> list[Resource]:
    asked = _One.model_validate(said)
    await _given(apis.jft).acknowledge(asked.type, asked.id)
    return []


async def _jft_status(apis: NationalApis, said: Mapping[str, Any]) -> list[Resource]:
    asked = _One.model_validate(said)
    found = await _given(apis.jft).status(asked.type, asked.id)
    times: dict[str, datetime | None] = {
        "registered": found.registered,
        "read": found.read,
        "journaled": found.journaled,
        "failed": found.failed,
    }
    return [{name: at.isoformat() if at else None for name, at in times.items()}]


async def _pit_read(apis: NationalApis, said: Mapping[str, Any]) -> list[Resource]:
    asked = _Patients.model_validate(said)
    return [one async for one in _given(apis.pit).patients(since=asked.since, count=asked.count)]


async def _pit_write(apis: NationalApis, said: Mapping[str, Any]) -> list[Resource]:
    await _given(apis.pit).write(_Patient.model_validate(said).patient)
    return []


async def _pmd_search(apis: NationalApis, said: Mapping[str, Any]) -> list[Resource]:
    asked = _Measurements.model_validate(said)
    pmd = _given(apis.pmd)
    return _all(await pmd.measurements(asked.patient.ref, since=asked.since, until=asked.until, codes=asked.codes))


async def _pmd_write(apis: NationalApis, said: Mapping[str, Any]) -> list[Resource]:
    asked = _Measured.model_validate(said)
    kept = await _given(apis.pmd).write(asked.observations, municipality_number=asked.municipality_number)
    return [{"status": one.status} for one in kept]


CALLS: Mapping[str, Callable[[NationalApis, Mapping[str, Any]], Awaitable[list[Resource]]]] = {
    "vkp.search": _vkp_search,
    "jft.read": _jft_read,
    "jft.acknowledge": _jft_acknowledge,
    "jft.status": _jft_status,
    "pit.read": _pit_read,
    "pit.write": _pit_write,
    "pmd.search": _pmd_search,
    "pmd.write": _pmd_write,
}


def _all(page: Page) -> list[Resource]:
    return [*page.found, *page.included]


def _given(api: A | None) -> A:
    if api is None:
        raise ValueError("the session was given no address for it")
    return api
