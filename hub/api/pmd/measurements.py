"""Finding a patient's measurements, whoever sent them and by whatever door."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from hub.api.bodies import Parameters, form_parameters
from hub.api.errors import fault
from hub.api.paging import date_bounds
from hub.api.person import read_person
from hub.api.pmd.door import Pmd
from hub.api.searchset import Entry, searchset
from hub.fhir import verbatim
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER
from hub.model.times import microseconds, parse_time
from hub.store.person_messages import PersonMessage, messages_about

_NAMESPACE = uuid.UUID("8d9b4c1e-0a6f-5c0c-9d27-6b1e8b1f0e55")
_NUMBERS = (IDENTITY_NUMBER, D_NUMBER, HELP_NUMBER)
_ELEVEN = re.compile(r"\d{11}")
_TIMES = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Measurements between `after` and `before` (microseconds since 1970, exclusive) with one of `codes`, or any."""

    after: int | None
    before: int | None
    codes: tuple[tuple[str | None, str], ...]

    def has(self, resource: dict[str, Any]) -> bool:
        """Whether `resource` is one of them."""
        taken = _taken_at(resource)
        if self.after is not None or self.before is not None:
            if taken is None:
                return False
            stamp = microseconds(taken)
            if (self.after is not None and stamp <= self.after) or (self.before is not None and stamp >= self.before):
                return False
        return not self.codes or any(_is(coding, code) for coding in _codings(resource) for code in self.codes)


async def find(pmd: Pmd, request: Request) -> Response:
    """The patient's measurements, oldest first. Raises RejectedMessage (2.1, 2.2, 2.3, 2.4)."""
    given = await form_parameters(request)
    given.only("patient.identifier", "date", "code")
    named = given.one("patient.identifier")
    if named is None:
        raise fault("2.3", "Søket må ha parameteren patient.identifier.", rule="patient-parameter-missing")
    system, value = read_person(named, mode=pmd.mode)
    wanted = read_wanted(given)
    systems = (system,) if system else (*_NUMBERS, "") if _ELEVEN.fullmatch(value) else ("",)
    async with pmd.engines.reading() as connection:
        found = await messages_about(
            connection,
            [(name, value) for name in systems],
            municipality=None,
            resource_types=("Observation", "Bundle"),
        )
    entries = [entry for message in found for entry in _entries(message, wanted)]
    return searchset(entries, total=len(entries))


def read_wanted(given: Parameters) -> Wanted:
    """What `date` and `code` ask for."""
    after, before = date_bounds(given.all("date"))
    codes = tuple(token for text in given.all("code") for token in _tokens(text))
    return Wanted(after, before, codes)


def _tokens(text: str) -> Iterator[tuple[str | None, str]]:
    for one in text.split(","):
        system, bar, code = one.strip().rpartition("|")
        yield (system if bar else None), code


def _entries(message: PersonMessage, wanted: Wanted) -> Iterator[Entry]:
    whole = verbatim.loads(message.raw)
    for i, resource in enumerate(_resources(whole)):
        if resource.get("resourceType") == "Observation" and wanted.has(resource):
            number = uuid.uuid5(_NAMESPACE, f"{message.case_id}/{message.number}/{i}")
            yield Entry(f"urn:uuid:{number}", verbatim.dumps(resource))


def _resources(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if whole.get("resourceType") != "Bundle":
        yield whole
        return
    entries = whole.get("entry")
    for entry in [entries] if isinstance(entries, dict) else entries or []:
        if isinstance(entry, dict) and isinstance(resource := entry.get("resource"), dict):
            yield resource


def _taken_at(resource: dict[str, Any]) -> datetime | None:
    for name in _TIMES:
        value = resource.get(name)
        if moment := parse_time(value.get("start") if isinstance(value, dict) else value):
            return moment
    return None


def _codings(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for concept in (resource.get("code"), *(c.get("code") for c in _objects(resource.get("component")))):
        for one in _objects(concept):
            yield from _objects(one.get("coding"))


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _is(coding: dict[str, Any], wanted: tuple[str | None, str]) -> bool:
    system, code = wanted
    return coding.get("code") == code and (system is None or coding.get("system", "") == system)
