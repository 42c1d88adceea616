"""What FastAPI can't see by itself, for the OpenAPI pages of the national doors: bodies, forms, headers, examples."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from hub.api.errors import FHIR_JSON, outcome_body

FORM = "application/x-www-form-urlencoded"
Answers = dict[int | str, dict[str, Any]]

#: What stands in addresses. Described, not enforced: the doors themselves say what is wrong, as an OperationOutcome.
Organisation = Annotated[
    str, Path(description="Kommunens organisasjonsnummer", json_schema_extra={"example": "314159265"})
]
EventId = Annotated[
    str,
    Path(
        description="Id-en i Location da hendelsen ble sendt inn",
        json_schema_extra={"format": "uuid", "example": "01a20a16-5773-755c-8e0e-097589368001"},
    ),
]


def fhir_answer(description: str, example: object | None = None) -> dict[str, Any]:
    """An answer in FHIR JSON."""
    content: dict[str, Any] = {"schema": {"type": "object"}}
    if example is not None:
        content["example"] = example
    return {"description": description, "content": {FHIR_JSON: content}}


def refusals(*statuses: int) -> Answers:
    """The refusals that a route may give besides those of access."""
    return {status: _REFUSALS[status] for status in statuses}


_REFUSALS: Answers = {
    400: fhir_answer(
        "Innholdet eller parametrene er feil; OperationOutcome sier hva og hvor",
        outcome_body("2.1", "Personnummeret er ikke gyldig. Kontroller sifrene."),
    ),
    403: fhir_answer(
        "Ikke lov: scope, avsender, tjeneste eller tjenstlig behov",
        outcome_body("1.2", "Avsenderen er ikke registrert for kommunen."),
    ),
    404: fhir_answer("Finnes ikke"),
    405: fhir_answer("Metoden støttes ikke"),
    413: fhir_answer("For stort"),
    503: fhir_answer("Lageret eller utstederens nøkler er ikke å nå; prøv igjen etter Retry-After"),
    504: fhir_answer("Svaret kom ikke i tide; det samme kan sendes igjen"),
}


def fhir_body(**examples: object) -> dict[str, Any]:
    """A request body in FHIR JSON, with worked examples by name."""
    shown = {name: {"value": value} for name, value in examples.items()}
    content = {"schema": {"type": "object"}, "examples": shown}
    return {"requestBody": {"required": True, "content": {FHIR_JSON: content}}}


def form_body(**fields: str) -> dict[str, Any]:
    """A form-encoded request body: each field with an example."""
    properties = {name: {"type": "string", "example": example} for name, example in fields.items()}
    return {"requestBody": {"content": {FORM: {"schema": {"type": "object", "properties": properties}}}}}


def header(name: str, description: str, example: str, *, required: bool = False) -> dict[str, Any]:
    """A request header."""
    schema = {"type": "string", "example": example}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def query(name: str, description: str, example: str) -> dict[str, Any]:
    """A parameter in the address."""
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string", "example": example}}
