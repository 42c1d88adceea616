"""What an EPJ's answer means for the delivery."""

from __future__ import annotations

import pytest

from epj_adapter.verdict import Answer, failure, retry_after
from hub.model.errors import DeliveryFailed, NotAnsweredYet, OutcomeUnknown, PatientUnknown, Refused, Unreachable

_SECRET = "13917404089 falt på badet"
_OUTCOME = b'{"resourceType":"OperationOutcome","issue":[{"severity":"error",%s}]}'


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ((401, 403, 429, 503), Unreachable),
        ((408, 500, 502, 507, 599), OutcomeUnknown),
        ((504,), NotAnsweredYet),
        ((301, 400, 404, 405, 409, 410, 412, 413, 415, 422, 423, 501), Refused),
    ],
)
def test_the_status_decides(statuses: tuple[int, ...], verdict: type[DeliveryFailed]) -> None:
    for status in statuses:
        error = failure(Answer(status, {}, _SECRET.encode()))
        assert type(error) is verdict
        assert _SECRET not in str(error)


@pytest.mark.parametrize("status", [404, 410, 422])
@pytest.mark.parametrize(
    "body",
    [
        _OUTCOME % b'"code":"processing","details":{"coding":[{"code":"patient-not-found"}]}',
        _OUTCOME % b'"code":"not-found","expression":["Bundle.entry[0].resource.subject"]',
        _OUTCOME % b'"code":"not-found","location":["/f:Composition/f:Patient"]',
        b'{"code":"PATIENT_NOT_FOUND"}',
    ],
)
def test_a_code_that_names_the_patient_makes_it_an_unknown_patient(status: int, body: bytes) -> None:
    assert type(failure(Answer(status, {}, body))) is PatientUnknown


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"code":7,"issue":7}',
        b'{"issue":[7,{"details":7},{"details":{"coding":7}}]}',
        _OUTCOME % b'"code":"not-found","expression":["Bundle.id"]',
        _OUTCOME % b'"code":"invalid","expression":["Composition.subject"]',
    ],
)
def test_any_other_body_is_a_plain_refusal(body: bytes) -> None:
    assert type(failure(Answer(422, {}, body))) is Refused


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Mon, 02 Mar 2026 09:00:30 GMT", "date": "Mon, 02 Mar 2026 09:00:00 GMT"}, 30.0),
        ({"retry-after": "Mon, 02 Mar 2026 08:00:00 GMT", "date": "Mon, 02 Mar 2026 09:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 02 Mar 2026 09:00:30 GMT"}, None),
    ],
)
def test_the_wait_is_given_in_seconds_or_as_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(Answer(503, headers, b"")) == seconds
    error = failure(Answer(429, headers, b""))
    assert isinstance(error, Unreachable)
    assert error.retry_after == seconds
