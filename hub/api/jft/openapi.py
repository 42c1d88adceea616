"""JFT's answers, parameters and worked examples, for its OpenAPI page."""

from __future__ import annotations

from typing import Any

from hub.api import examples
from hub.api.openapi import Answers, fhir_answer, fhir_body, form_body, header, query, refusals

_LOCATION = {
    "Location": {"description": "Adressen til hendelsens status", "schema": {"type": "string"}},
}
_STATUS = {
    "registered": "2026-11-23T10:00:00.000+01:00",
    "read": "2026-11-23T10:00:05.000+01:00",
    "journalingAcknowledged": "2026-11-23T10:00:06.000+01:00",
    "failed": None,
}
METADATA: Answers = {200: fhir_answer("CapabilityStatement")}
WRITTEN: Answers = {
    202: {**fhir_answer("Mottatt; svaret sier hva som ble av hendelsen"), "headers": _LOCATION},
    **refusals(400, 403, 413, 503, 504),
}
ACKNOWLEDGED: Answers = {
    202: {"description": "Notert", "headers": _LOCATION},
    **refusals(403, 404, 503),
}
STATUS: Answers = {
    200: {"description": "Tidene, som ren JSON", "content": {"application/json": {"example": _STATUS}}},
    **refusals(403, 404, 503),
}
READ: Answers = {
    200: fhir_answer("En side med hendelser (searchset)"),
    **refusals(400, 403, 404, 413, 503),
}

SEARCH_QUERY = [
    query("_count", "Hvor mange på en side, 1 til 100", "20"),
    query("_sort", "_lastUpdated (eldste først) eller -_lastUpdated", "_lastUpdated"),
    query("_lastUpdated", "Når hendelsen sist ble endret i JFT", "gt2026-01-01T12:00:00Z"),
    query("_tag", "Bare kvitterte", "https://fhir.jft.nhn.no/event-status|journaling-acknowledged"),
    query("_tag:not", "Bare ukvitterte", "https://fhir.jft.nhn.no/event-status|journaling-acknowledged"),
    query("cursor", "Fra lenken next; ikke for å lages selv", ""),
]
SEARCH_FORM = form_body(**{p["name"]: p["schema"]["example"] for p in SEARCH_QUERY})


def submission(resource_type: str) -> dict[str, Any]:
    """The body and header of a submission."""
    source = header("nhn-source-system", "Navnet på systemet bak; kommer igjen som tag", "EvRep")
    return {**fhir_body(eksempel=examples.BY_TYPE[resource_type]), "parameters": [source]}
