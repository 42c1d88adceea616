"""PIT's addresses: `POST` and `GET /v1/Patient`."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from hub.api import examples
from hub.api.access import ACCESS_ANSWERS, Caller, require_known
from hub.api.capability import Interaction, capability_statement
from hub.api.errors import fhir_response
from hub.api.openapi import Answers, fhir_answer, fhir_body, query, refusals
from hub.api.pit.door import Pit
from hub.api.pit.patients import read, submit
from hub.fhir.profiles import addresses as at

AUDIENCE, READ_SCOPE, WRITE_SCOPE = "nhn:pit", "nhn:pit/api.read", "nhn:pit/api.write"


_METADATA: Answers = {200: fhir_answer("CapabilityStatement")}
_SUBMITTED: Answers = {202: {"description": "Mottatt"}, **refusals(400, 403, 413, 503)}
_FOUND: Answers = {200: fhir_answer("En side med pasienter (searchset)", examples.SEARCHSET), **refusals(400, 403, 503)}
_QUERY = {
    "parameters": [
        query("_lastUpdated", "gt, ge, lt eller le foran, og minst minutter", "ge2026-01-01T12:00Z"),
        query("_count", "Hvor mange på en side, 1 til 50", "20"),
        query("_sort", "_lastUpdated (eldste først) eller -_lastUpdated", "_lastUpdated"),
        query("cursor", "Fra lenken next; ikke for å lages selv", ""),
    ]
}


def router(pit: Pit) -> APIRouter:
    """The routes under `/pit`."""
    routes = APIRouter(prefix="/pit", tags=["PIT"], default_response_class=Response)
    writer, reader = (require_known(pit.gate, rules, pit.municipalities) for rules in (pit.writing, pit.reading))

    @routes.post(
        "/v1/Patient",
        status_code=202,
        summary="Send inn pasient",
        responses=ACCESS_ANSWERS | _SUBMITTED,
        openapi_extra=fhir_body(eksempel=examples.BY_TYPE["Patient"]),
    )
    async def post(request: Request, caller: Caller = Depends(writer)) -> Response:
        return await submit(pit, request, caller)

    @routes.get("/v1/Patient", summary="Les pasienter", responses=ACCESS_ANSWERS | _FOUND, openapi_extra=_QUERY)
    async def get(request: Request, caller: Caller = Depends(reader)) -> Response:
        return await read(pit, request, caller)

    @routes.get("/v1/metadata", summary="CapabilityStatement", responses=_METADATA)
    @routes.get("/metadata", include_in_schema=False)
    async def metadata() -> Response:
        patient = Interaction("Patient", ("create", "search-type"), (("_lastUpdated", "date"),), at.PATIENT)
        return fhir_response(capability_statement("PIT", "Pasientinformasjonstjenesten", f"{pit.base}/v1", [patient]))

    return routes
