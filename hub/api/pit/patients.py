"""Submitting and reading PIT's patients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Request, Response

from hub.api.access import Caller
from hub.api.bodies import query_parameters, read_body
from hub.api.errors import fault
from hub.api.paging import NAMES, Counts, cursor_after, instant, link, read_span
from hub.api.pit.door import Pit
from hub.api.searchset import Entry, searchset
from hub.fhir import verbatim
from hub.fhir.checking import check
from hub.fhir.parsing import parse
from hub.model.errors import RejectedMessage
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER, PatientRef
from hub.store.patients import SubmittedPatient, patients_in, put_patient

#: "About 900 KB".
MAX_BYTES = 900 * 1024
COUNTS = Counts(usual=20, most=50, is_strict=True)
_PATIENT = frozenset({"Patient"})
_PREFERRED = (IDENTITY_NUMBER, D_NUMBER, HELP_NUMBER)


async def submit(pit: Pit, request: Request, caller: Caller) -> Response:
    """Keep the patient in the body as the newest version of that person; 202. Raises RejectedMessage."""
    raw = await read_body(request, limit=MAX_BYTES)
    resource = parse(raw, allowed=_PATIENT)
    findings = check(resource, level="jft", now=pit.clock.now(), mode=pit.mode)
    if any(f.is_error for f in findings):
        raise RejectedMessage(findings)
    who = identity_of(resource)
    async with pit.engines.writing() as connection:
        await put_patient(
            connection, caller.organisation or "", who, raw=raw, client_id=caller.client_id, at=pit.clock.now()
        )
    return Response(status_code=202)


def identity_of(resource: dict[str, Any]) -> PatientRef:
    """Who the patient is: the national number, else the first identifier. Raises RejectedMessage (2.1)."""
    known = list(_identifiers(resource))
    if not known:
        text = "Pasienten må ha minst én identifier med verdi, helst fødselsnummer eller D-nummer."
        raise fault("2.1", text, path="Patient.identifier", rule="patient-identifier-missing", kind="required")
    return min(known, key=lambda p: _PREFERRED.index(p.system) if p.system in _PREFERRED else len(_PREFERRED))


def _identifiers(resource: dict[str, Any]) -> Iterator[PatientRef]:
    for identifier in resource.get("identifier", ()):
        if value := identifier.get("value"):
            yield PatientRef(identifier.get("system", ""), value)


async def read(pit: Pit, request: Request, caller: Caller) -> Response:
    """A page of the municipality's patients. Raises RejectedMessage (2.3, 2.4)."""
    given = query_parameters(request)
    given.only(*NAMES)
    span = read_span(given, COUNTS, needs_minutes=True)
    async with pit.engines.reading() as connection:
        found = await patients_in(
            connection,
            caller.organisation or "",
            after=span.after,
            before=span.before,
            newest_first=span.newest_first,
            most=span.count + 1,
        )
    page = found[: span.count]
    address = f"{pit.base}/v1/Patient"
    links = [link("self", address, given.pairs)]
    if len(found) > len(page):
        links.append(link("next", address, [*given.without("cursor"), ("cursor", cursor_after(page[-1].stamp, span))]))
    return searchset([Entry(f"{address}/{one.id}", _shown(one)) for one in page], links=links)


def _shown(one: SubmittedPatient) -> bytes:
    resource: dict[str, Any] = verbatim.loads(one.raw)
    meta = {**resource.get("meta", {}), "lastUpdated": instant(one.stamp)}
    rest = {name: value for name, value in resource.items() if name not in {"resourceType", "id", "meta"}}
    return verbatim.dumps({"resourceType": "Patient", "id": one.id, "meta": meta, **rest})
