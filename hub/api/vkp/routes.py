"""VKP's addresses: `/epj/r4/{organisation number}/{resource}`, five writes and seven searches."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from hub.api.access import ACCESS_ANSWERS, Caller, require
from hub.api.errors import fhir_response
from hub.api.openapi import Organisation
from hub.api.vkp import openapi as told
from hub.api.vkp.any_case import PREFIX
from hub.api.vkp.capability import capability
from hub.api.vkp.door import Vkp
from hub.api.vkp.lookups import LOOKUPS, look_up
from hub.api.vkp.writing import write

#: The resources that can be written, by their names in addresses.
WRITES = {
    "bundle": "Bundle",
    "encounter": "Encounter",
    "communication": "Communication",
    "medicationdispense": "MedicationDispense",
    "composition": "Composition",
}


def router(vkp: Vkp) -> APIRouter:
    """The routes under `/epj/r4`."""
    routes = APIRouter(prefix=PREFIX, tags=["VKP R4"], default_response_class=Response)
    for path in ("/metadata", "/{organisation}/metadata"):
        _add_metadata(routes, vkp, path)
    for name, resource_type in WRITES.items():
        _add_write(routes, vkp, name, resource_type)
    for name in LOOKUPS:
        _add_lookup(routes, vkp, name)
    return routes


def _add_metadata(routes: APIRouter, vkp: Vkp, path: str) -> None:
    @routes.get(path, summary="CapabilityStatement", responses=told.METADATA, include_in_schema=path == "/metadata")
    async def metadata() -> Response:
        return fhir_response(capability(vkp.base))


def _add_write(routes: APIRouter, vkp: Vkp, name: str, resource_type: str) -> None:
    access = require(vkp.gate, vkp.trust.rules(name, "write"))

    @routes.post(
        f"/{{organisation}}/{name}",
        summary=f"Skriv {resource_type}",
        responses=ACCESS_ANSWERS | told.WRITTEN,
        openapi_extra=told.written(resource_type),
    )
    async def post(organisation: Organisation, request: Request, caller: Caller = Depends(access)) -> Response:
        return await write(vkp, request, caller, municipality=organisation, resource_type=resource_type)


def _add_lookup(routes: APIRouter, vkp: Vkp, name: str) -> None:
    access = require(vkp.gate, vkp.trust.rules(name, "read"))

    @routes.post(
        f"/{{organisation}}/{name}/_search",
        summary=f"Slå opp {LOOKUPS[name].resource_type}",
        responses=ACCESS_ANSWERS | told.FOUND,
        openapi_extra=told.lookup(name),
    )
    async def search(organisation: Organisation, request: Request, caller: Caller = Depends(access)) -> Response:
        return await look_up(vkp, request, caller, municipality=organisation, name=name)
