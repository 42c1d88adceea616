"""What an answer's status means for the message: pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import orjson

from connectors.http.exchange import HttpResponse
from connectors.receipt import read_remarks
from hub.fhir.codes import OPERATION_OUTCOME
from hub.model.errors import AccessDenied, DeliveryFailed, OutcomeUnknown, Refused, Unreachable

#: Statuses by which a server says that it did not do what it was asked to, and may another time.
_ANOTHER_TIME = frozenset({408, 425, 429, 503})
_NO_ACCESS = "1.4"
#: Seconds of patience at the most: a header or a clock that is far wrong must not silence alarms for a day.
LONGEST_PATIENCE_S = 3600.0


def failure_of(response: HttpResponse, now: datetime) -> AccessDenied | DeliveryFailed | None:
    """The error that an answer is, or None for one of success (2xx)."""
    status = response.status
    if 200 <= status < 300:
        return None
    text = f"HTTP {status}{_why(response.body)}"
    if status in (401, 403):
        return AccessDenied(text, code=_code(response.body) or _NO_ACCESS, status=status)
    if status in _ANOTHER_TIME:
        return Unreachable(text, retry_after=retry_after(response, now))
    if status >= 500:
        return OutcomeUnknown(text, retry_after=retry_after(response, now))
    return Refused(text)


def retry_after(response: HttpResponse, now: datetime) -> float | None:
    """Seconds that the `Retry-After` header asks for (it gives seconds or a date), None without a usable one.

    At most `LONGEST_PATIENCE_S`.
    """
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_PATIENCE_S)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_PATIENCE_S)


def _code(body: bytes) -> str | None:
    """VKP's own code (`1.3`: missing active service) in an OperationOutcome."""
    try:
        codings = [coding for issue in orjson.loads(body)["issue"] for coding in issue["details"]["coding"]]
        return next((str(each["code"]) for each in codings if each.get("system") == OPERATION_OUTCOME), None)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _why(body: bytes) -> str:
    """The rules and elements that an OperationOutcome names, never its texts: they could repeat the message."""
    try:
        remarks = list(read_remarks(orjson.loads(body)["issue"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""
    named = [f"{r.path}: {r.rule}" if r.path else r.rule for r in remarks if r.severity in ("error", "fatal")]
    return f" ({'; '.join(named[:5])})" if named else ""
