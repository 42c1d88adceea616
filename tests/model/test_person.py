"""Numbers of people and organisations: which are valid, which are synthetic, and that none is ever printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.person import (
    IDENTITY_NUMBER,
    LISTED_TEST_PERSONS,
    NumberKind,
    PatientRef,
    check_digits,
    masked,
    number_kind,
    organisation_number_is_test,
    organisation_number_is_valid,
    without_identity_numbers,
)
from tests.benchmarks.people import patients


def _numbered(first_nine: str) -> str:
    digits = check_digits(first_nine)
    assert digits is not None
    return first_nine + digits


def test_the_listed_test_persons_are_synthetic_though_their_numbers_look_real() -> None:
    assert {number_kind(n) for n in LISTED_TEST_PERSONS} == {NumberKind.SYNTHETIC}


@given(st.sampled_from(patients(200)), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_makes_a_number_invalid(number: str, place: int, more: int) -> None:
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    assert number_kind(number) is NumberKind.SYNTHETIC
    assert number_kind(wrong) is not NumberKind.SYNTHETIC or wrong[:6] != number[:6]
    assert check_digits(wrong[:9]) != wrong[9:]


@pytest.mark.parametrize(
    ("first_nine", "kind"),
    [
        ("018150000", NumberKind.SYNTHETIC),  # month plus 80
        ("016650000", NumberKind.SYNTHETIC),  # month plus 65
        ("418150000", NumberKind.SYNTHETIC),  # a D-number: day plus 40
        ("010100000", NumberKind.REAL),  # of 1900
        ("014150000", NumberKind.REAL),  # month plus 40: a hospital's help number
        ("310250000", NumberKind.INVALID),  # 31 February
        ("001350000", NumberKind.INVALID),
        ("810000000", NumberKind.HELP),
        ("900000000", NumberKind.HELP),
    ],
)
def test_what_a_number_is_is_told_by_its_date(first_nine: str, kind: NumberKind) -> None:
    tries = (f"{int(first_nine) + n:09}" for n in range(20))
    number = _numbered(next(t for t in tries if check_digits(t)))
    assert number_kind(number) is kind


@pytest.mark.parametrize(
    "text", ["", "1", "1311690021", "131169002166", "13116900 216", "１３１１６９００２１６", "abcdefghijk"]
)
def test_what_is_no_eleven_digits_is_no_number(text: str) -> None:
    assert number_kind(text) is NumberKind.INVALID


@given(st.text())
def test_any_text_has_a_kind(text: str) -> None:
    assert number_kind(text) in NumberKind


def test_a_patient_is_never_printed() -> None:
    patient = PatientRef(IDENTITY_NUMBER, "13116900216")
    for shown in (repr(patient), str(patient), f"{patient}", f"{[patient]}"):
        assert "13116900216" not in shown
        assert "13*********" in shown
    assert masked("1") == "1"


@given(st.text(max_size=20), st.sampled_from(patients(50)), st.text(max_size=20))
def test_identity_numbers_are_blotted_out_of_any_text(before: str, number: str, after: str) -> None:
    text = f"{before} {number} {after} {number[:6]} {number[6:]}"
    shown = without_identity_numbers(text)
    assert number not in shown.split()
    assert f"{number[:6]} {number[6:]}" not in shown


@pytest.mark.parametrize(
    ("number", "valid", "test"),
    [
        ("974760673", True, False),
        ("314159265", False, True),
        ("974760674", False, False),
        ("310000009", None, None),
        ("", False, False),
        ("97476067", False, False),
        ("９７４７６０６７３", False, False),
    ],
)
def test_organisation_numbers_are_nine_digits_with_a_right_check_digit(
    number: str, valid: bool | None, test: bool | None
) -> None:
    if valid is None:
        assert organisation_number_is_test(number) == organisation_number_is_valid(number)
    else:
        assert (organisation_number_is_valid(number), organisation_number_is_test(number)) == (valid, test)
