"""Composing and writing a note stays cheap beside parsing its message (the full figures: benchmarks/note_speed)."""

from __future__ import annotations

import pytest

from tests.benchmarks import note_speed


@pytest.mark.speed
def test_a_note_costs_no_more_than_a_fixed_multiple_of_parsing_its_message() -> None:
    found = note_speed.ratios()
    for name, limits in note_speed.LIMITS.items():
        for step, limit in limits.items():
            assert found[name][f"{step}_ratio"] < limit, (name, step, found[name])
