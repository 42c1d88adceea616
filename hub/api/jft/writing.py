"""JFT's Write API: an event is checked as strictly as JFT does, and taken in like one from any other door."""

from __future__ import annotations

from fastapi import Request, Response

from hub.api.access import Caller
from hub.api.bodies import read_body
from hub.api.errors import fhir_response, findings_response
from hub.api.jft.door import Jft
from hub.api.of_type import other_type
from hub.api.submitting import submit
from hub.fhir.outcome import operation_outcome
from hub.fhir.parsing import MAX_BYTES
from hub.model.codes import ReceiptCode
from hub.model.event import Inbound, Outcome, Source
from hub.store.submissions import add_failed, shown_as, submission_id

SOURCE_HEADER = "nhn-source-system"
_MAX_SOURCE = 200


async def write(jft: Jft, request: Request, caller: Caller, *, resource_type: str) -> Response:
    """Take in the event in the body; 202 with the address of its status. Raises PayloadTooLarge, TooSlow."""
    raw = await read_body(request, limit=MAX_BYTES)
    source = source_of(request, caller)
    inbound = Inbound(
        "jft",
        caller.organisation or "",
        caller.vkp_id or caller.client_id,
        None,
        raw,
        jft.clock.now(),
        other_type(raw, resource_type),
        source=source,
    )
    outcome = await submit(jft.ingest, inbound, timeout_s=jft.timeout_s)
    if outcome.code is ReceiptCode.REJECTED:
        return findings_response(outcome.findings, receipt=outcome)
    if outcome.case_id is None or outcome.number is None:
        named = await _kept_aside(jft, inbound, source, resource_type)
    else:
        named = submission_id(outcome.case_id, outcome.number)
    return fhir_response(receipt(outcome), 202, {"Location": status_address(jft.base, resource_type, named)})


def source_of(request: Request, caller: Caller) -> Source:
    """Who sends, as the tags of the event will tell it."""
    said = next((value for name, value in request.headers.raw if name == SOURCE_HEADER.encode()), b"")
    return Source(caller.client_id, caller.client_name, _text(said).strip()[:_MAX_SOURCE] or None)


def _text(header: bytes) -> str:
    """What a client wrote: most write letters as UTF-8, older ones as Latin-1, which HTTP once said."""
    try:
        return header.decode("utf-8")
    except UnicodeDecodeError:
        return header.decode("latin-1")


def receipt(outcome: Outcome) -> dict[str, object]:
    """The OperationOutcome that tells what became of a message."""
    named = (outcome.identifier_system, outcome.identifier_value)
    return operation_outcome(outcome.findings, receipt=outcome.code, identifier=named, sha256=outcome.sha256)


def status_address(base: str, resource_type: str, named: str) -> str:
    """Where the status of an event is found."""
    return f"{base}/v1/{resource_type}/{named}/$status"


async def _kept_aside(jft: Jft, inbound: Inbound, source: Source, resource_type: str) -> str:
    """A conflict waits in quarantine for a person: its status says that it failed."""
    async with jft.engines.writing() as connection:
        return await add_failed(
            connection,
            case_id=jft.new_id(),
            municipality=inbound.municipality,
            resource_type=shown_as(resource_type),
            source=source,
            at=jft.clock.now(),
        )
