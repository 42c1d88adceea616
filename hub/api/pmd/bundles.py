"""Taking in a Bundle of measurements: each is judged for itself, and the answer says what became of each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from hub.api.access import Caller
from hub.api.bodies import read_body
from hub.api.errors import fault, fhir_response, outcome_body, status_of
from hub.api.pmd.door import Pmd
from hub.api.submitting import submit
from hub.fhir import verbatim
from hub.fhir.outcome import operation_outcome
from hub.fhir.parsing import MAX_BYTES, parse
from hub.model.codes import ReceiptCode
from hub.model.errors import AccessDenied
from hub.model.event import Inbound, Outcome, Source

MUNICIPALITY_NUMBER = "https://register.geonorge.no/sosi-kodelister/inndelinger/inndelingsbase/kommunenummer"
BUNDLE_IDENTIFIER = "https://www.nhn.no/komlink/bundle-identifier"
_BUNDLE = frozenset({"Bundle"})
_STATUSES = {ReceiptCode.REJECTED: "400", ReceiptCode.CONFLICT: "409"}
_MOST = 1_000

Json = dict[str, Any]


async def take_in(pmd: Pmd, request: Request, caller: Caller) -> Response:
    """A batch-response with one answer an entry, in order. Raises RejectedMessage where the Bundle itself is wrong."""
    raw = await read_body(request, limit=MAX_BYTES)
    parse(raw, allowed=_BUNDLE)
    bundle = verbatim.loads(raw)
    entries = check_bundle(bundle, pmd.settings.bundle_type)
    check_municipality(bundle, caller.organisation or "", pmd.numbers)
    answered = await asyncio.gather(*(_one(pmd, entry, caller) for entry in entries))
    answers = [{"response": response} for response in answered]
    return fhir_response({"resourceType": "Bundle", "type": "batch-response", "entry": answers})


def check_bundle(bundle: Json, bundle_type: str) -> list[Any]:
    """The entries. Raises RejectedMessage when the Bundle is of another type, or has none or too many."""
    if bundle.get("type") != bundle_type:
        text = f"Bundle.type må være {bundle_type} (innstillingen pmd.bundle_type)."
        raise fault("2.4", text, path="Bundle.type", rule="pmd-bundle-type")
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not 0 < len(entries) <= _MOST:
        text = f"Bundle.entry må ha fra 1 til {_MOST} innslag."
        raise fault("2.3", text, path="Bundle.entry", rule="pmd-entries")
    return entries


def check_municipality(bundle: Json, organisation: str, numbers: Mapping[str, str]) -> None:
    """Raises AccessDenied (1.4) when the Bundle is tagged with another municipality than the caller's."""
    meta = bundle.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    own = numbers.get(organisation)
    for tag in tags if isinstance(tags, list) else ():
        said = tag.get("code") if isinstance(tag, dict) and tag.get("system") == MUNICIPALITY_NUMBER else None
        if said is not None and own is not None and said != own:
            raise AccessDenied("Kommunenummeret i meta.tag er ikke kommunen som tokenet taler for.", code="1.4")


async def _one(pmd: Pmd, entry: Any, caller: Caller) -> Json:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind == "Patient":
        return {"status": "200", "outcome": _ignored()}
    if kind != "Observation":
        text = "PMD tar bare imot Observation (en Patient blir oversett)."
        return {"status": "400", "outcome": outcome_body("2.4", text, kind="not-supported")}
    if pmd.settings.bundle_type == "batch" and not _is_batch_entry(entry):
        text = "Innslag i en batch må ha fullUrl, og request med method POST eller PUT og url."
        return {"status": "400", "outcome": outcome_body("2.4", text, kind="required")}
    sender = caller.vkp_id or caller.client_id
    source = Source(caller.client_id, caller.client_name)
    payload = verbatim.dumps(resource)
    inbound = Inbound("pmd", caller.organisation or "", sender, None, payload, pmd.clock.now(), source=source)
    return _response(await submit(pmd.ingest, inbound, timeout_s=pmd.timeout_s))


def _response(outcome: Outcome) -> Json:
    named = (outcome.identifier_system, outcome.identifier_value)
    body = operation_outcome(outcome.findings, receipt=outcome.code, identifier=named, sha256=outcome.sha256)
    if outcome.code is ReceiptCode.REJECTED:
        return {"status": str(status_of(outcome.findings)), "outcome": body}
    return {"status": _STATUSES.get(outcome.code, "200"), "outcome": body}


def _is_batch_entry(entry: Json) -> bool:
    request = entry.get("request")
    if not isinstance(request, dict) or not isinstance(entry.get("fullUrl"), str):
        return False
    return request.get("method") in {"POST", "PUT"} and isinstance(request.get("url"), str)


def _ignored() -> Json:
    text = "Patient er oversett: PMD tar bare imot Observation."
    issue = {"severity": "information", "code": "informational", "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
