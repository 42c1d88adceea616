from __future__ import annotations

from pathlib import Path

import pytest

from hub.conformance.expected import Expected, mark_expected, read_expected, to_take_off, unexpected
from hub.conformance.results import Result
from hub.model.errors import ConfigurationError
from tests.conformance.made import outcome

LIST = """# Waits for firmware 4.2

delivery.mqtt.reconnects*: the radio drops its session: issue 118
  messages.text.letters.jft :  æøå is on its way
"""


def listed(folder: Path, text: str) -> tuple[Expected, ...]:
    file = folder / "expected.txt"
    file.write_text(text, encoding="utf-8")
    return read_expected(file)


def test_the_list_has_a_pattern_and_a_reason_on_each_line(tmp_path: Path) -> None:
    assert listed(tmp_path, LIST) == (
        Expected("delivery.mqtt.reconnects*", "the radio drops its session: issue 118", 3),
        Expected("messages.text.letters.jft", "æøå is on its way", 4),
    )


def test_every_fault_in_the_list_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as told:
        listed(tmp_path, "a.b.c\n: why\na b: why\nd.e.f: why\n\nd.e.f: again\ng.h.i:\n")
    assert [fault.line for fault in told.value.faults] == [1, 2, 3, 6, 7]


def test_what_is_on_the_list_is_marked_and_its_result_stays(tmp_path: Path) -> None:
    tests = (
        outcome("delivery.mqtt.reconnects.mqtt", Result.FAIL),
        outcome("delivery.mqtt.other", Result.FAIL),
        outcome("messages.text.letters.jft"),
    )
    marked = mark_expected(tests, listed(tmp_path, LIST))
    assert [test.is_expected_failure for test in marked] == [True, False, True]
    assert [test.result for test in marked] == [test.result for test in tests]
    assert marked[0].known_because == "the radio drops its session: issue 118"
    assert marked[0].counts_against
    assert unexpected(marked) == (tests[1],)


def test_lines_whose_tests_all_pass_or_are_not_there_are_to_be_taken_off(tmp_path: Path) -> None:
    expected = listed(tmp_path, "a.b.*: why\nc.d.*: why\ne.f.*: why\ng.h.*: why\n")
    tests = [
        outcome("a.b.one", Result.FAIL),
        outcome("a.b.two"),
        outcome("c.d.one"),
        outcome("c.d.two", Result.OMIT),
        outcome("g.h.one", Result.SKIP),
    ]
    assert [one.pattern for one in to_take_off(tests, expected)] == ["c.d.*", "e.f.*"]
