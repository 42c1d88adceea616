"""Which identity numbers are let in where, and that none is repeated."""

from __future__ import annotations

from typing import Any

import pytest

from hub.fhir.checking import check
from tests.fhir.samples import (
    ALERT,
    NOW,
    SYSTEM,
    bent,
)


@pytest.mark.parametrize(
    ("number", "mode", "rule"),
    [
        ("13717404089", "test", None),
        ("13116900216", "test", None),
        ("13717404089", "production", "person-number-synthetic"),
        ("13116900216", "production", "person-number-synthetic"),
        ("13717404080", "test", "person-number-invalid"),
        ("1371740408", "test", "person-number-invalid"),
        ("30027404089", "production", "person-number-invalid"),
    ],
)
def test_identity_numbers_are_judged_by_the_mode(number: str, mode: Any, rule: str | None) -> None:
    findings = check(bent(ALERT, "patient.identifier.value", number), now=NOW, mode=mode)
    assert [(f.rule, f.outcome_code) for f in findings] == ([(rule, "2.1")] if rule else [])
    assert number not in repr(findings)


def _real() -> str:
    """A number that is valid and not marked as synthetic, made here so that none is written down."""
    from hub.model.person import check_digits

    return next(f"01015{n:04}{c}" for n in range(1000, 9999) if (c := check_digits(f"01015{n:04}")))


@pytest.mark.parametrize("system", [SYSTEM, "http://cosdoc.dips.no/lopenummer", None])
def test_a_real_number_is_refused_in_test_whatever_system_it_is_put_under(system: str | None) -> None:
    identifier = {k: v for k, v in (("system", system), ("value", _real())) if v}
    findings = check(bent(ALERT, "patient.identifier", identifier), now=NOW, mode="test")
    assert [(f.rule, f.path) for f in findings] == [("person-number-real", "DetectedIssue.patient.identifier.value")]
    assert _real() not in repr(findings)
    assert check(bent(ALERT, "patient.identifier", identifier), now=NOW, mode="production") == ()


def test_a_real_number_is_refused_in_the_address_of_the_patient_too() -> None:
    findings = check(bent(ALERT, "patient", {"reference": f"Patient/{_real()}"}), now=NOW, mode="test")
    assert [f.rule for f in findings] == ["person-number-real"]


def test_a_local_number_and_a_help_number_are_let_through() -> None:
    assert (
        check(
            bent(ALERT, "patient.identifier", {"system": "http://cosdoc.dips.no/lopenummer", "value": "1302"}),
            now=NOW,
            mode="test",
        )
        == ()
    )
