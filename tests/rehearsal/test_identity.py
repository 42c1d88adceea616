from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.model.person import NumberKind, number_kind
from hub.rehearsal.identity import is_reserved, reserved_identity


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_reserved_identity_is_always_synthetic_and_the_same_every_time(municipality: str, purpose: str) -> None:
    found = reserved_identity(municipality, purpose)
    assert number_kind(found.value) is NumberKind.SYNTHETIC
    assert found.value[2] in "89"
    assert found == reserved_identity(municipality, purpose)
    assert is_reserved(found)


def test_each_purpose_has_a_person_of_its_own() -> None:
    purposes = ("communication", "integration", "acceptance", "verification")
    found = {reserved_identity("314159265", purpose).value for purpose in purposes}
    assert len(found) == len(purposes)
