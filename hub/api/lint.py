"""`POST /lint`: what the hub, and JFT, would say of a message. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import orjson
from fastapi import APIRouter, Request, Response

from hub.api import examples
from hub.api.bodies import query_parameters, read_body
from hub.api.errors import fault
from hub.api.openapi import Answers, fhir_body, query, refusals
from hub.fhir.lint import Linter, Report
from hub.fhir.lint_json import report_as_object
from hub.fhir.lint_junit import as_junit
from hub.fhir.lint_sarif import as_sarif
from hub.fhir.lint_text import as_text
from hub.fhir.parsing import MAX_BYTES
from hub.model.ports import Clock

Target = Literal["vkp", "jft"]
#: A message that is too large is told so by the linter itself, up to this.
_LIMIT = 2 * MAX_BYTES
_VERSION = "0.1.0"
_Write = Callable[[Sequence[Report]], tuple[str | bytes, str]]
_FORMATS: dict[str, _Write] = {
    "json": lambda reports: (orjson.dumps(report_as_object(reports[0]), default=float), "application/json"),
    "sarif": lambda reports: (as_sarif(reports, version=_VERSION), "application/sarif+json"),
    "junit": lambda reports: (as_junit(reports), "application/xml"),
    "text": lambda reports: (as_text(reports), "text/plain; charset=utf-8"),
}
_ANSWERS: Answers = {
    200: {"description": "Rapporten; `ok` sier om målet ville tatt imot meldingen"},
    **refusals(400, 413),
}
_QUERY = [
    query("target", "vkp (mild) eller jft (streng)", "vkp"),
    query("format", "json, sarif, junit eller text", "json"),
]


def router(clock: Clock, mode: Literal["test", "production"]) -> APIRouter:
    """The route `/lint`."""
    routes = APIRouter(tags=["lint"], default_response_class=Response)

    @routes.post(
        "/lint",
        summary="Kontroller en melding",
        responses=_ANSWERS,
        openapi_extra={**fhir_body(eksempel=examples.BY_TYPE["Bundle"]), "parameters": _QUERY},
    )
    async def lint(request: Request) -> Response:
        given = query_parameters(request)
        given.only("target", "format")
        target, written = given.one("target") or "vkp", given.one("format") or "json"
        if target not in get_args(Target) or written not in _FORMATS:
            text = f"target er vkp eller jft; format er {', '.join(_FORMATS)}."
            raise fault("2.4", text, rule="lint-parameters")
        chosen: Target = "jft" if target == "jft" else "vkp"
        linter = Linter(chosen, clock.now(), mode)
        report = linter.lint(await read_body(request, limit=_LIMIT), "message.json")
        content, media_type = _FORMATS[written]([report])
        return Response(content, media_type=media_type)

    return routes
