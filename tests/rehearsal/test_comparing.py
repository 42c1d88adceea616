from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rehearsal.comparing import Grade, matches, proposed_grade, side_by_side

LINES = st.lists(st.text(alphabet="abcæøå 1.", min_size=1, max_size=8).filter(str.strip), max_size=8)


@given(LINES, LINES)
def test_every_line_of_both_sides_is_shown_once_and_the_note_keeps_its_order(
    expected: list[str], actual: list[str]
) -> None:
    pairs = side_by_side(expected, actual)
    assert [p.actual for p in pairs if p.actual is not None] == actual
    assert sorted(p.expected for p in pairs if p.expected is not None) == sorted(expected)


@given(LINES, st.randoms(use_true_random=False))
def test_a_note_with_all_lines_in_any_order_misses_nothing(expected: list[str], chance: object) -> None:
    actual = list(expected)
    chance.shuffle(actual)  # type: ignore[attr-defined]
    pairs = side_by_side(expected, [*actual, "noe mer"])
    assert proposed_grade(pairs, notes=1) is None


@given(LINES.filter(bool))
def test_a_line_that_does_not_come_is_a_b(expected: list[str]) -> None:
    pairs = side_by_side([*expected, "Kilde: Acme"], expected)
    assert proposed_grade(pairs, notes=1) is Grade.B


@pytest.mark.parametrize("notes", [0, 2, 7])
def test_no_note_or_more_than_one_is_an_a(notes: int) -> None:
    assert proposed_grade((), notes=notes) is Grade.A


def test_an_ellipsis_stands_for_anything_and_nothing_else_does() -> None:
    assert matches("Registrert: …", "Registrert: 23.11.2026 kl. 12:00:00")
    assert matches("… kl. …", "23.11.2026 kl. 12")
    assert not matches("Registrert: …", "Ført: 23.11.2026")
    assert not matches("a.c", "abc")


def test_spaces_at_the_ends_and_in_rows_do_not_count() -> None:
    assert matches(" Puls:  72 ", "Puls: 72")


def test_one_line_answers_one_expected_line_only() -> None:
    pairs = side_by_side(["Notat", "Notat"], ["Notat"])
    assert sum(p.is_missing for p in pairs) == 1
