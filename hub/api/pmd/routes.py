"""PMD's addresses: the base address takes Bundles, `Observation/_search` finds a patient's measurements."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from hub.api import examples
from hub.api.access import ACCESS_ANSWERS, Caller, require_known
from hub.api.capability import Interaction, capability_statement
from hub.api.errors import fhir_response
from hub.api.openapi import Answers, fhir_answer, fhir_body, form_body, refusals
from hub.api.pmd.bundles import BUNDLE_IDENTIFIER, MUNICIPALITY_NUMBER, take_in
from hub.api.pmd.door import Pmd
from hub.api.pmd.measurements import find
from hub.fhir.profiles import addresses as at
from hub.settings.national import PmdSettings

_METADATA: Answers = {200: fhir_answer("CapabilityStatement")}
_TAKEN_IN: Answers = {
    200: fhir_answer(
        "batch-response: ett svar for hvert innslag, i samme rekkefølge",
        {"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "200"}}]},
    ),
    **refusals(400, 403, 413, 503, 504),
}
_FOUND: Answers = {200: fhir_answer("Pasientens målinger (searchset)"), **refusals(400, 403, 413, 503)}
_FORM = form_body(**{"patient.identifier": "13116900216", "date": "ge2026-01-01", "code": "http://loinc.org|8867-4"})


def _example(settings: PmdSettings) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "fullUrl": "urn:uuid:3f2a6d0c-7d7c-4f4f-8d52-7a4b0d1f3c55",
        "resource": examples.BY_TYPE["Observation"],
    }
    if settings.bundle_type == "batch":
        entry["request"] = {"method": "POST", "url": "Observation"}
    return {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": MUNICIPALITY_NUMBER, "code": "0301", "display": "Oslo"}]},
        "identifier": {"system": BUNDLE_IDENTIFIER, "value": "2f9d5b6c-4a5e-4a0f-9d4b-1a2b3c4d5e6f"},
        "type": settings.bundle_type,
        "timestamp": "2026-11-23T08:01:00+01:00",
        "entry": [entry],
    }


def router(pmd: Pmd) -> APIRouter:
    """The routes under `/pmd`."""
    routes = APIRouter(prefix="/pmd", tags=["PMD"], default_response_class=Response)
    known = require_known(pmd.gate, pmd.rules, pmd.municipalities)

    @routes.post("", include_in_schema=False)
    @routes.post(
        "/",
        summary="Send inn målinger",
        responses=ACCESS_ANSWERS | _TAKEN_IN,
        openapi_extra=fhir_body(eksempel=_example(pmd.settings)),
    )
    async def post(request: Request, caller: Caller = Depends(known)) -> Response:
        return await take_in(pmd, request, caller)

    @routes.post(
        "/Observation/_search", summary="Finn målinger", responses=ACCESS_ANSWERS | _FOUND, openapi_extra=_FORM
    )
    async def search(request: Request, caller: Caller = Depends(known)) -> Response:
        return await find(pmd, request)

    @routes.get("/metadata", summary="CapabilityStatement", responses=_METADATA)
    async def metadata() -> Response:
        parameters = (("patient.identifier", "token"), ("date", "date"), ("code", "token"))
        observation = Interaction("Observation", ("search-type",), parameters, at.OBSERVATION)
        text = "Pasientens måledata: bare Observation, skrevet gjennom Bundle til basisadressen"
        return fhir_response(capability_statement("PMD", text, pmd.base, [observation], system=("batch",)))

    return routes
