"""Finds out how an EPJ is spoken to, and gives each test of it a bench."""

from __future__ import annotations

import contextlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from connectors import patient as patient_of
from connectors.testing.driving import ProductCard
from epj_adapter.adapter import Adapter
from hub.app.addresses import addresses
from hub.conformance.bench.benches import AS_IN_THE_EXAMPLE, Subject, with_ports
from hub.conformance.bench.people import people
from hub.conformance.catalogue import Placed
from hub.conformance.driving.child import DidNotStart
from hub.conformance.epj.back_door import Beside, beside
from hub.conformance.epj.bench import EpjBench, Patients
from hub.conformance.epj.dialect import Dialect, json_object
from hub.conformance.epj.fetching_bench import FetchingBench
from hub.conformance.epj.fhir_dialect import FhirDialect
from hub.conformance.epj.journal_dialect import JournalDialect
from hub.conformance.epj.recorder import Recorder
from hub.conformance.epj.wire import ANSWERS_WITHIN_S, Wire
from hub.conformance.national.heard import Heard
from hub.conformance.national.stage import Stage, stage
from hub.conformance.verdicts import Omitted, both
from hub.model.codes import NOTE_KEY_SYSTEM
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.person import NumberKind, PatientRef, number_kind
from hub.plugins import EPJ_ADAPTERS, discover

_DIALECTS: Mapping[str, Dialect] = {each.name: each for each in (FhirDialect(), JournalDialect())}
_IN_FLIGHT = 32
_FETCHING = "fetching"
_TIMEOUT = aiohttp.ClientTimeout(total=ANSWERS_WITHIN_S)
#: People for `Patients.unknown`, far from those whom other tests are about.
_STRANGERS_FROM = 50_000


@dataclass(frozen=True, slots=True)
class Target:
    """An EPJ that answers: its address, adapter, name and version as it says them, and what is beside its API."""

    url: str
    adapter: Adapter
    secret: str | None
    name: str
    version: str
    beside: Beside


class AnyEpjBenches(ABC):
    """For the EPJ plan. An EPJ is one system with one memory: its tests are made one at a time."""

    can: Collection[str] = frozenset()
    at_once = 1

    def __init__(self, target: Target, patients: Patients) -> None:
        self._target = target
        self._patients = patients

    @property
    def card(self) -> ProductCard:
        """What the EPJ says of itself, and by which adapter it was tested."""
        target = self._target
        return ProductCard(product=f"{target.name} ({target.adapter.name})", version=target.version, ways=(), roles=())

    @abstractmethod
    def bench(self, placed: Placed) -> contextlib.AbstractAsyncContextManager[Any]:
        """A bench for one test."""


class EpjBenches(AnyEpjBenches):
    """For EPJs that are written to."""

    def __init__(self, target: Target, patients: Patients, http: aiohttp.ClientSession) -> None:
        super().__init__(target, patients)
        self._http = http

    @contextlib.asynccontextmanager
    async def bench(self, placed: Placed) -> AsyncIterator[EpjBench]:
        """A bench for one test. Omitted when the test is of EPJs that fetch."""
        if placed.group.id == _FETCHING:
            raise Omitted(both("journalsystemet henter ikke notater selv", "the EPJ doesn't fetch notes itself"))
        target, heard = self._target, Heard()
        async with Recorder(target.url, heard) as recorder:
            adapter = target.adapter.build(
                recorder.url, timeout_s=ANSWERS_WITHIN_S, max_in_flight=_IN_FLIGHT, secret=target.secret
            )
            try:
                yield EpjBench(
                    adapter,
                    Wire(recorder, self._http, target.secret),
                    target.beside,
                    heard=heard,
                    dialect=_DIALECTS.get(target.adapter.name),
                    patients=self._patients,
                )
            finally:
                await adapter.aclose()


class FetchingBenches(AnyEpjBenches):
    """For EPJs that fetch their notes from JFT, which `national` plays."""

    def __init__(self, target: Target, patients: Patients, national: Stage) -> None:
        super().__init__(target, patients)
        self._national = national

    @contextlib.asynccontextmanager
    async def bench(self, placed: Placed) -> AsyncIterator[FetchingBench]:
        """A bench for one test. Omitted when the test is of EPJs that are written to."""
        if placed.group.id != _FETCHING:
            raise Omitted(both("journalsystemet henter notatene selv", "the EPJ fetches its notes itself"))
        async with self._national.lane() as lane:
            at = addresses(lane.base)["jft_read"]
            async with self._target.beside.fetching_from(at, lane.client):
                yield FetchingBench(lane, self._target.beside, self._patients)


@contextlib.asynccontextmanager
async def epj_benches(subject: Subject, folder: Path) -> AsyncIterator[AnyEpjBenches]:
    """Benches for the EPJ at the subject's target. Raises DidNotStart, ConfigurationError, or aiohttp.ClientError."""
    if subject.target is None:
        raise DidNotStart("et journalsystem prøves på adressen sin: --target URL")
    options = dict(subject.options)
    patients = _patients(options.get("patient"))
    secret = _secret(options.get("secret_file"))
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as http:
        url = subject.target.rstrip("/")
        adapter, said = await _adapter(url, options.get("adapter"), http, headers)
        software: Mapping[str, Any] = said.get("software") or {}
        name = str(software.get("name") or URL(url).host)
        at_its_side = await beside(url, http, subject.person)
        target = Target(url, adapter, secret, name, str(software.get("version", "")), at_its_side)
        if not adapter.pulls:
            yield EpjBenches(target, patients, http)
            return
        fixed = with_ports(subject.fixed or AS_IN_THE_EXAMPLE) if at_its_side.is_by_hand else None
        async with stage(folder / "national", fixed=fixed) as national:
            if at_its_side.is_by_hand:
                async with national.lane() as first:
                    subject.tell_surroundings(first.surroundings("jft"))
            yield FetchingBenches(target, patients, national)


async def _adapter(
    url: str, named: str | None, http: aiohttp.ClientSession, headers: Mapping[str, str]
) -> tuple[Adapter, Mapping[str, Any]]:
    """The adapter `named`, else the one that the EPJ's answers fit, and what a FHIR server says of itself."""
    adapters: dict[str, Adapter] = discover(EPJ_ADAPTERS)
    said = await _asked(f"{url}/metadata", http, headers)
    if named is not None:
        if named not in adapters:
            raise _fault("--adapter", f"ukjent: {named}. Finnes: {', '.join(sorted(adapters))}")
        return adapters[named], said
    nobody = quote(f"{NOTE_KEY_SYSTEM}|-", safe="")
    if said.get("resourceType") == "CapabilityStatement":
        return adapters["fhir_rest"], said
    if (await _asked(f"{url}/Bundle?identifier={nobody}", http, headers)).get("resourceType") == "Bundle":
        return adapters["fhir_rest"], said
    if "notes" in await _asked(f"{url}/notes?externalSystem={NOTE_KEY_SYSTEM}&externalReference=-", http, headers):
        return adapters["journal_rest"], said
    raise DidNotStart(f"{url} svarer verken som fhir_rest eller journal_rest; oppgi --adapter")


async def _asked(url: str, http: aiohttp.ClientSession, headers: Mapping[str, str]) -> Mapping[str, Any]:
    async with http.get(URL(url, encoded=True), headers=headers, allow_redirects=False) as answer:
        return json_object(await answer.read()) if answer.status == 200 else {}


def _patients(number: str | None) -> Patients:
    """The patient with `number`, again and again; without one, people whom an EPJ that knows everybody takes."""
    if number is None:
        known: Iterator[PatientRef] = people()
    elif number_kind(number) is NumberKind.SYNTHETIC:
        known = itertools.repeat(patient_of(number))
    else:
        raise _fault("--patient", "må være et syntetisk fødselsnummer eller D-nummer")
    return Patients(known=known, unknown=itertools.islice(people(), _STRANGERS_FROM, None))


def _secret(file: str | None) -> str | None:
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise _fault("--secret-file", f"kan ikke leses: {type(error).__name__}") from error


def _fault(key: str, text: str) -> ConfigurationError:
    return ConfigurationError([ConfigurationFault(0, key, text)])
