"""An independent reader of R4 agrees: what passes here at level jft, fhir.resources reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from hub.fhir.checking import check
from hub.fhir.second_opinion import second_opinion
from tests.fhir.samples import ALERT, ALL, BUNDLE, NOW, bent
from tests.fhir.test_checking_anything import bent_messages


@pytest.mark.parametrize("name", ALL)
def test_our_own_messages_are_read_by_another_library(name: str) -> None:
    assert second_opinion(ALL[name]) == ()


@settings(max_examples=300, deadline=None)
@given(bent_messages())
def test_what_passes_strictly_here_is_read_by_another_library(resource: dict[str, Any]) -> None:
    if not any(f.is_error for f in check(resource, level="jft", now=NOW, mode="test")):
        assert second_opinion(resource) == ()


def test_the_other_library_says_where_and_repeats_nothing() -> None:
    (finding,) = second_opinion(bent(BUNDLE, "entry.1.resource.code", "Kari falt"))
    assert finding.path == "Bundle.entry[1].resource.code"
    assert finding.severity == "information"
    assert "Kari" not in repr(finding)


@pytest.mark.parametrize("name", ["Dings", 7, None])
def test_what_the_other_library_does_not_know_is_said_so(name: Any) -> None:
    assert len(second_opinion(ALERT | {"resourceType": name})) == 1
