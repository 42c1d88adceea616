"""The one place that maps the hub's errors to an OperationOutcome and an HTTP status.

RejectedMessage     400 (403 where a finding is of the operation-outcome table's code 1)
PayloadTooLarge     413
NotFound            404
AccessDenied        its own status, with the challenge's headers
StoreUnavailable    503, code 3: worth another try
TooSlow             504, code 3.1: what became of it is not known; the same message may be sent again
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hub.api.access import Challenge
from hub.fhir import codes
from hub.fhir.outcome import operation_outcome
from hub.model.codes import ReceiptCode
from hub.model.errors import AccessDenied, KnutepunktError, RejectedMessage, StoreUnavailable
from hub.model.event import Outcome
from hub.model.finding import Finding

FHIR_JSON = "application/fhir+json"
_ISSUE_TYPES = {"1": "forbidden", "2": "invalid", "3": "exception", "3.1": "timeout", "1.5": "login", "2.3": "required"}
_SLOW_CODE, _OTHER_CODE = "3.1", "3"


class PayloadTooLarge(KnutepunktError):
    """The body is larger than the door takes. `limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is larger than {limit} bytes")
        self.limit = limit


class NotFound(KnutepunktError):
    """There is nothing at this address that the caller may know of."""


class TooSlow(KnutepunktError):
    """The answer did not come in time."""


def fault(code: str, text: str, *, path: str = "$this", rule: str, kind: str | None = None) -> RejectedMessage:
    """A refusal of content for one reason, with a code of the operation-outcome table."""
    issue = kind or _ISSUE_TYPES.get(code, _ISSUE_TYPES[code[0]])
    return RejectedMessage([Finding("error", path, rule, text, issue_type=issue, outcome_code=code)])


def outcome_body(code: str, text: str, *, kind: str | None = None) -> dict[str, Any]:
    """An OperationOutcome with one issue: a code of the operation-outcome table, and what to do."""
    name = codes.name_of(codes.OPERATION_OUTCOME, code)
    coding = {"system": codes.OPERATION_OUTCOME, "code": code, **({"display": name} if name else {})}
    issue = {
        "severity": "error",
        "code": kind or _ISSUE_TYPES.get(code, _ISSUE_TYPES[code[0]]),
        "details": {"coding": [coding], "text": text},
        "diagnostics": text,
    }
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def fhir_response(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`body` as FHIR JSON."""
    return Response(orjson.dumps(body), status, headers, media_type=FHIR_JSON)


def findings_response(findings: Sequence[Finding], *, receipt: Outcome | None = None) -> Response:
    """The refusal that `findings` are the reason for."""
    named = (receipt.identifier_system, receipt.identifier_value) if receipt else None
    body = operation_outcome(
        findings,
        receipt=ReceiptCode.REJECTED if receipt else None,
        identifier=named,
        sha256=receipt.sha256 if receipt else None,
    )
    for issue in body["issue"]:
        issue.setdefault("diagnostics", issue["details"]["text"])
    return fhir_response(body, status_of(findings))


def status_of(findings: Sequence[Finding]) -> int:
    """403 when the sender may not do this at all, else 400."""
    return 403 if any(f.is_error and f.outcome_code.split(".")[0] == "1" for f in findings) else 400


def install(app: FastAPI, national: tuple[str, ...]) -> None:
    """Make `app` answer the hub's errors; addresses under `national` get an OperationOutcome for every refusal."""

    @app.exception_handler(RejectedMessage)
    async def rejected(_: Request, error: RejectedMessage) -> Response:
        return findings_response(error.findings)

    @app.exception_handler(PayloadTooLarge)
    async def too_large(_: Request, error: PayloadTooLarge) -> Response:
        text = f"Innholdet er for stort. Grensen er {error.limit} byte. Del det opp."
        return fhir_response(outcome_body("2.4", text, kind="too-long"), 413, {"Connection": "close"})

    @app.exception_handler(NotFound)
    async def not_found(_: Request, error: NotFound) -> Response:
        return fhir_response(outcome_body("2", str(error), kind="not-found"), 404)

    @app.exception_handler(AccessDenied)
    async def denied(_: Request, error: AccessDenied) -> Response:
        headers = error.headers if isinstance(error, Challenge) else None
        return fhir_response(outcome_body(error.code, str(error)), error.status, headers)

    _install_failures(app, national)


def _install_failures(app: FastAPI, national: tuple[str, ...]) -> None:
    @app.exception_handler(StoreUnavailable)
    async def unavailable(_: Request, __: StoreUnavailable) -> Response:
        text = "Lageret svarer ikke. Ingenting er kvittert; send det samme igjen om litt."
        return fhir_response(outcome_body(_OTHER_CODE, text, kind="transient"), 503, {"Retry-After": "5"})

    @app.exception_handler(TooSlow)
    async def slow(_: Request, __: TooSlow) -> Response:
        text = "Svaret kom ikke i tide. Send nøyaktig det samme igjen; ingenting blir registrert to ganger."
        return fhir_response(outcome_body(_SLOW_CODE, text), 504, {"Retry-After": "5"})

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if not request.url.path.lower().startswith(national):
            return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
        text = _HTTP_TEXTS.get(error.status_code, str(error.detail))
        body = outcome_body("2", text, kind="not-found" if error.status_code == 404 else "not-supported")
        return fhir_response(body, error.status_code, error.headers)


_HTTP_TEXTS = {
    404: "Adressen finnes ikke. Se dokumentasjonen for hvilke kall som støttes.",
    405: "Denne metoden støttes ikke på adressen.",
}
