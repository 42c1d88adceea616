"""`POST /lint`: what the hub, and JFT, would say of a message. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import orjson
from fastapi import APIRouter, Request, Response

from hub import VERSION
from hub.api import examples
from hub.api.bodies import Parameters, query_parameters, read_body
from hub.api.errors import fault
from hub.api.openapi import Answers, fhir_body, query, refusals
from hub.fhir.lint import Linter, Report
from hub.fhir.lint_json import report_as_object
from hub.fhir.lint_junit import as_junit
from hub.fhir.lint_sarif import as_sarif
from hub.fhir.lint_text import as_text
from hub.fhir.parsing import MAX_BYTES
from hub.ingest.preview import preview_text
from hub.model.ports import Clock
from hub.routing import RoutingTable

Target = Literal["vkp", "jft"]
#: A message that is too large is told so by the linter itself, up to this.
_LIMIT = 2 * MAX_BYTES
#: Writes a report, and the previewed note where it has room for one.
_Write = Callable[[Report, str | None], tuple[str | bytes, str]]
_FORMATS: dict[str, _Write] = {
    "json": lambda report, note: (
        orjson.dumps(report_as_object(report, preview=note), default=float),
        "application/json",
    ),
    "sarif": lambda report, note: (as_sarif([report], version=VERSION), "application/sarif+json"),
    "junit": lambda report, note: (as_junit([report]), "application/xml"),
    "text": lambda report, note: (as_text([report]) + (f"{note}\n" if note else ""), "text/plain; charset=utf-8"),
}
_ANSWERS: Answers = {
    200: {"description": "Rapporten; `ok` sier om målet ville tatt imot meldingen"},
    **refusals(400, 413),
}
_QUERY = [
    query("target", "vkp (mild) eller jft (streng)", "vkp"),
    query("format", "json, sarif, junit eller text", "json"),
    query("preview", "true viser journalnotatet som meldingen ville blitt (med json og text)", "false"),
]


@dataclass(frozen=True, slots=True)
class _Asked:
    target: Target
    form: str
    preview: bool


def _asked(given: Parameters) -> _Asked:
    given.only("target", "format", "preview")
    target, form = given.one("target") or "vkp", given.one("format") or "json"
    preview = (given.one("preview") or "false").lower()
    if target not in get_args(Target) or form not in _FORMATS or preview not in {"true", "false"}:
        text = f"target er vkp eller jft; format er {', '.join(_FORMATS)}; preview er true eller false."
        raise fault("2.4", text, rule="lint-parameters")
    return _Asked("jft" if target == "jft" else "vkp", form, preview == "true")


def _note(raw: bytes, report: Report, routing: RoutingTable, now: datetime) -> str:
    return preview_text(raw, routing, now) if report.passes_vkp else "Blir avvist, og blir ikke noe journalnotat."


def router(clock: Clock, mode: Literal["test", "production"], routing: RoutingTable) -> APIRouter:
    """The route `/lint`."""
    routes = APIRouter(tags=["lint"], default_response_class=Response)

    @routes.post(
        "/lint",
        summary="Kontroller en melding",
        responses=_ANSWERS,
        openapi_extra={**fhir_body(eksempel=examples.BY_TYPE["Bundle"]), "parameters": _QUERY},
    )
    async def lint(request: Request) -> Response:
        asked = _asked(query_parameters(request))
        raw = await read_body(request, limit=_LIMIT)
        report = Linter(asked.target, clock.now(), mode).lint(raw, "message.json")
        note = _note(raw, report, routing, clock.now()) if asked.preview else None
        content, media_type = _FORMATS[asked.form](report, note)
        return Response(content, media_type=media_type)

    return routes
