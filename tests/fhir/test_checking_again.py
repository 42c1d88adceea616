"""What was found sound is known again, and that never changes a finding."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings

from hub.fhir import profiles
from hub.fhir.checking import Checker, check
from hub.fhir.drafts import Context, Draft
from hub.fhir.walking import remembered
from hub.model.person import check_digits
from tests.fhir.samples import ALERT, NOW, bent
from tests.fhir.test_checking_anything import bent_messages

FORGETFUL = Checker(profiles.BUILT_IN)


@settings(max_examples=150, deadline=None)
@given(bent_messages())
def test_a_checker_that_remembers_finds_what_one_that_forgets_finds(resource: Any) -> None:
    with patch("hub.fhir.walking.remembered", lambda one: one):
        anew = FORGETFUL.check(resource, level="vkp", now=NOW, mode="test")
    for _ in range(2):
        assert check(resource, now=NOW, mode="test") == anew


def test_a_real_number_is_found_in_test_after_it_was_let_in_in_production() -> None:
    number = next(f"01015{n:04}{c}" for n in range(1000, 9999) if (c := check_digits(f"01015{n:04}")))
    system = "urn:oid:2.16.578.1.12.4.1.4.1"
    held = [{"url": "urn:x", "valueIdentifier": {"system": system, "value": number}}]
    alert = bent(ALERT, "code.extension", held)
    rules = [{f.rule for f in check(alert, now=NOW, mode=mode)} for mode in ("production", "test")]
    assert ["person-number-real" in found for found in rules] == [False, True]


@pytest.mark.parametrize(
    ("value", "looked"),
    [
        ({"text": "a"}, 1),
        ({"text": "bad"}, 2),
        ({"text": "a", "extension": []}, 2),
        ({"n": 2**70}, 2),
        ({"t": "x" * 2000}, 2),
    ],
    ids=["sound", "unsound", "extended", "beyond orjson", "long"],
)
def test_only_what_is_sound_short_and_judged_by_itself_is_remembered(value: Any, looked: int) -> None:
    seen = []

    def once(value: Any, _: Context) -> list[Draft] | None:
        seen.append(value)
        return [Draft("empty", "r4-empty")] if value.get("text") == "bad" else None

    again = remembered(once)
    found = [bool(again(value, Context(NOW, "test"))) for _ in range(2)]
    assert found == [value.get("text") == "bad"] * 2
    assert len(seen) == looked


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    seen = []
    again = remembered(lambda value, _: seen.append(value))
    for _ in range(2):
        for n in range(1_000):
            again({"text": str(n)}, Context(NOW, "test"))
    assert 1_800 < len(seen) < 2_000
