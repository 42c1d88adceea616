from datetime import UTC, date, datetime

import pytest

from hub.metering.pseudonym import KEY_BYTES, new_key, pseudonym
from hub.metering.usage import norwegian_day
from hub.model.person import IDENTITY_NUMBER, PatientRef

KEY = bytes(range(32))
PATIENT = PatientRef(IDENTITY_NUMBER, "01815000012")


def test_one_patient_has_one_pseudonym_under_one_key() -> None:
    assert pseudonym(KEY, PATIENT) == pseudonym(KEY, PatientRef(IDENTITY_NUMBER, "01815000012"))


def test_another_key_or_another_patient_gives_another_pseudonym() -> None:
    made = {pseudonym(KEY, PATIENT), pseudonym(new_key(), PATIENT), pseudonym(KEY, PatientRef("x", "01815000012"))}
    assert len(made) == 3


def test_system_and_value_cannot_be_shifted_into_each_other() -> None:
    assert pseudonym(KEY, PatientRef("ab", "c")) != pseudonym(KEY, PatientRef("a", "bc"))


def test_a_pseudonym_keeps_at_least_128_bits_and_no_part_of_the_number() -> None:
    made = pseudonym(KEY, PATIENT)
    assert len(made) * 5 >= 128
    assert "01815" not in made


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        pseudonym(b"short", PATIENT)
    assert len(new_key()) == KEY_BYTES


def test_the_day_of_a_case_is_the_day_in_norway() -> None:
    assert norwegian_day(datetime(2025, 6, 30, 22, 30, tzinfo=UTC)) == date(2025, 7, 1)
    assert norwegian_day(datetime(2025, 1, 31, 22, 30, tzinfo=UTC)) == date(2025, 1, 31)
    with pytest.raises(ValueError, match="zone"):
        norwegian_day(datetime(2025, 1, 1))  # noqa: DTZ001 - the fault under test
