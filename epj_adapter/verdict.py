"""What an EPJ's answer means for the delivery: pure, by status; a body is read only for the codes that it holds.

| answer | verdict |
|---|---|
| 401, 403, 429, 503 | `Unreachable`: nothing was registered |
| 408, 500, 502 and other 5xx | `OutcomeUnknown` |
| 504 | `NotAnsweredYet`: what stands behind the gateway may be at work |
| 404, 410, 422 that names the patient | `PatientUnknown` |
| other 3xx and 4xx, 501 | `Refused` |

No error's text repeats anything of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import isfinite

import orjson

from hub.model.errors import DeliveryFailed, NotAnsweredYet, OutcomeUnknown, PatientUnknown, Refused, Unreachable

#: Codes by which an EPJ says that it does not know the patient.
PATIENT_CODES = frozenset({"patient-not-found", "PATIENT_NOT_FOUND", "MSG_PATIENT_UNKNOWN", "ukjent-pasient"})
_PATIENT_STATUSES = frozenset({404, 410, 422})
_GATEWAY_TIMEOUT = 504
_UNREACHABLE = {
    401: "journalsystemet godtok ikke påloggingen (401); rett tilgangen i konfigurasjonen",
    403: "journalsystemet gir ikke tilgang (403); rett tilgangen i konfigurasjonen",
    429: "journalsystemet ber om færre forespørsler (429)",
    503: "journalsystemet er utilgjengelig (503)",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An EPJ's answer: status, headers (names in lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the EPJ did what it was asked."""
        return 200 <= self.status < 300


def failure(answer: Answer) -> DeliveryFailed:
    """The error that an answer other than 2xx means."""
    status = answer.status
    if status in _UNREACHABLE:
        return Unreachable(_UNREACHABLE[status], retry_after=retry_after(answer))
    if status == 408 or (status >= 500 and status != 501):
        text = f"journalsystemet svarte {status}; notatet kan være ført"
        if status == _GATEWAY_TIMEOUT:
            return NotAnsweredYet(text, retry_after=retry_after(answer))
        return OutcomeUnknown(text, retry_after=retry_after(answer))
    if status in _PATIENT_STATUSES and names_patient(answer.body):
        return PatientUnknown(f"journalsystemet kjenner ikke pasienten ({status})")
    if status == 412:
        return Refused("journalsystemet har flere notater med samme nøkkel (412)")
    return Refused(f"journalsystemet tok ikke imot notatet ({status})")


def retry_after(answer: Answer) -> float | None:
    """Seconds to wait by `Retry-After`; a date counts from the answer's own `Date`. None where it can't be read."""
    said = answer.headers.get("retry-after", "").strip()
    try:
        seconds = float(said)
        return max(seconds, 0.0) if isfinite(seconds) else None
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(said)
        return max((until - parsedate_to_datetime(answer.headers.get("date", ""))).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def names_patient(body: bytes) -> bool:
    """Whether an error's body says, by code, that the patient is not known."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    if not isinstance(content, dict):
        return False
    return content.get("code") in PATIENT_CODES or any(_is_about_patient(i) for i in _dicts(content.get("issue")))


def _is_about_patient(issue: dict[str, object]) -> bool:
    details = issue.get("details")
    codings = _dicts(details.get("coding")) if isinstance(details, dict) else []
    if any(c.get("code") in PATIENT_CODES for c in codings):
        return True
    where = [*_list(issue.get("expression")), *_list(issue.get("location"))]
    return issue.get("code") == "not-found" and any("subject" in str(w) or "patient" in str(w).lower() for w in where)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _dicts(value: object) -> list[dict[str, object]]:
    return [v for v in _list(value) if isinstance(v, dict)]
