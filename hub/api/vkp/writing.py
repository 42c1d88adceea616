"""VKP's writes: whatever was written is the same event as the same message by MQTT."""

from __future__ import annotations

from fastapi import Request, Response

from hub.api.access import Caller
from hub.api.bodies import read_body
from hub.api.errors import fhir_response, findings_response
from hub.api.of_type import other_type
from hub.api.submitting import submit
from hub.api.vkp.door import Vkp
from hub.fhir.outcome import operation_outcome
from hub.fhir.parsing import MAX_BYTES
from hub.model.codes import ReceiptCode
from hub.model.event import Inbound, Source


async def write(vkp: Vkp, request: Request, caller: Caller, *, municipality: str, resource_type: str) -> Response:
    """Take in the resource in the body. 200 when it is registered (also when it was before), 202 on a conflict.

    The answer is an OperationOutcome. Raises AccessDenied, RejectedMessage, PayloadTooLarge, TooSlow.
    """
    sender = vkp.authorisations.check_sender(municipality, caller)
    raw = await read_body(request, limit=MAX_BYTES)
    source = Source(caller.client_id, caller.client_name)
    remarks = other_type(raw, resource_type)
    inbound = Inbound("vkp", municipality, sender, None, raw, vkp.clock.now(), remarks, source=source)
    outcome = await submit(vkp.ingest, inbound, timeout_s=vkp.timeout_s)
    if outcome.code is ReceiptCode.REJECTED:
        return findings_response(outcome.findings, receipt=outcome)
    forwarded = await vkp.forwarding.forward(inbound, outcome)
    named = (outcome.identifier_system, outcome.identifier_value)
    body = operation_outcome(
        (*outcome.findings, *forwarded), receipt=outcome.code, identifier=named, sha256=outcome.sha256
    )
    return fhir_response(body, 202 if outcome.code is ReceiptCode.CONFLICT else 200)
