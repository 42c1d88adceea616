"""VKP's answers, headers and worked examples, for its OpenAPI page."""

from __future__ import annotations

from typing import Any

from hub.api import examples
from hub.api.openapi import Answers, fhir_answer, fhir_body, form_body, header, refusals

METADATA: Answers = {200: fhir_answer("CapabilityStatement")}
WRITTEN: Answers = {
    200: fhir_answer("Registrert; OperationOutcome er kvitteringen", examples.RECEIPT),
    202: fhir_answer("Mottatt, men i konflikt med noe som er registrert; venter på et menneske"),
    **refusals(400, 403, 413, 503, 504),
}
FOUND: Answers = {
    200: fhir_answer("Treffene (searchset)", examples.SEARCHSET),
    **refusals(400, 403, 413, 503, 504),
}
_SERVICE_CODES = header("ServiceCodes", "Tjenestene som oppslaget gjøres på", "ta,gps")
_PERSON = {"patient.identifier": "13116900216"}
_PERIOD = {**_PERSON, "date": "ge2026-11-01T00:00:00Z"}
_FIELDS: dict[str, dict[str, str]] = {
    "patient": {"identifier": "13116900216"},
    "episodeofcare": _PERSON,
    "careplan": _PERIOD,
    "composition": _PERIOD,
    "condition": _PERSON,
    "medicationstatement": _PERSON,
    "allergyintolerance": {"identifier": "13116900216"},
}


def written(resource_type: str) -> dict[str, Any]:
    """The body of a write."""
    return fhir_body(eksempel=examples.BY_TYPE[resource_type])


def lookup(name: str) -> dict[str, Any]:
    """The form and header of a look-up."""
    return {**form_body(**_FIELDS[name]), "parameters": [_SERVICE_CODES]}
