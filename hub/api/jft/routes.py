"""JFT's addresses: `/v1/{Type}` with its searches and operations, for the three types that JFT takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from fastapi import APIRouter, Depends, Request, Response

from hub.api.access import ACCESS_ANSWERS, Caller, require_known
from hub.api.bodies import form_parameters, query_parameters
from hub.api.errors import fhir_response
from hub.api.jft import openapi as told
from hub.api.jft.acknowledging import acknowledge, status
from hub.api.jft.capability import capability
from hub.api.jft.door import Jft
from hub.api.jft.reading import read
from hub.api.jft.writing import write
from hub.api.openapi import EventId

AUDIENCE, SCOPE = "nhn:jft", "nhn:jft/api"
TYPES: tuple[Literal["Bundle", "Composition", "MedicationDispense"], ...] = (
    "Bundle",
    "Composition",
    "MedicationDispense",
)


def router(jft: Jft) -> APIRouter:
    """The routes under `/jft`."""
    routes = APIRouter(prefix="/jft", tags=["JFT"], default_response_class=Response)
    known = require_known(jft.gate, jft.rules, jft.municipalities)

    for resource_type in TYPES:
        _add_writing(routes, jft, resource_type, known)
        _add_reading(routes, jft, resource_type, known)
    for path in ("/metadata", "/v1/metadata"):
        _add_metadata(routes, jft, path)
    return routes


def _add_metadata(routes: APIRouter, jft: Jft, path: str) -> None:
    @routes.get(path, summary="CapabilityStatement", responses=told.METADATA, include_in_schema=path == "/v1/metadata")
    async def metadata() -> Response:
        return fhir_response(capability(jft.base, jft.settings))


_Known = Callable[[Request], Awaitable[Caller]]


def _add_writing(routes: APIRouter, jft: Jft, resource_type: str, known: _Known) -> None:
    @routes.post(
        f"/v1/{resource_type}",
        status_code=202,
        summary=f"Send inn {resource_type}",
        responses=ACCESS_ANSWERS | told.WRITTEN,
        openapi_extra=told.submission(resource_type),
    )
    async def submit(request: Request, caller: Caller = Depends(known)) -> Response:
        return await write(jft, request, caller, resource_type=resource_type)

    @routes.post(
        f"/v1/{resource_type}/{{id}}/$journaling-acknowledged",
        status_code=202,
        summary="Kvitter for journalføring",
        responses=ACCESS_ANSWERS | told.ACKNOWLEDGED,
    )
    async def acknowledged(id: EventId, caller: Caller = Depends(known)) -> Response:  # noqa: A002  # the path's word
        return await acknowledge(jft, caller, resource_type=resource_type, named=id)


def _add_reading(routes: APIRouter, jft: Jft, resource_type: str, known: _Known) -> None:
    if jft.settings.documentation != "2026-02":  # before March 2026 reading was by POST only

        @routes.get(
            f"/v1/{resource_type}",
            summary=f"Les {resource_type}",
            responses=ACCESS_ANSWERS | told.READ,
            openapi_extra={"parameters": told.SEARCH_QUERY},
        )
        async def get(request: Request, caller: Caller = Depends(known)) -> Response:
            return await read(jft, query_parameters(request), caller, resource_type=resource_type)

    @routes.post(
        f"/v1/{resource_type}/_search",
        summary=f"Les {resource_type} med skjema",
        responses=ACCESS_ANSWERS | told.READ,
        openapi_extra=told.SEARCH_FORM,
    )
    async def search(request: Request, caller: Caller = Depends(known)) -> Response:
        return await read(jft, await form_parameters(request), caller, resource_type=resource_type)

    @routes.get(f"/v1/{resource_type}/{{id}}/$status", summary="Status", responses=ACCESS_ANSWERS | told.STATUS)
    async def status_(id: EventId, caller: Caller = Depends(known)) -> Response:  # noqa: A002  # the path's word
        return await status(jft, caller, resource_type=resource_type, named=id)
