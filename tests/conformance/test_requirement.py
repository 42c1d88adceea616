from __future__ import annotations

import pytest

from hub.conformance.requirement import COLUMNS, Grade, Level, Requirement, read_requirements, write_requirements
from hub.conformance.verdicts import both

ROWS = {
    "KP-1": Requirement(
        id="KP-1",
        text=both("Én hendelse, ett notat, også med «æøå», komma og\nlinjeskift", "One event, one note"),
        source="VKP, 3.2",
        level=Level.MUST,
        grade=Grade.A,
        applies_to=("connector", "epj"),
        tested_by=("messages.identity.once", "messages.identity.again"),
    ),
    "KP-2": Requirement(
        id="KP-2",
        text=both("Brukeren skal varsles", "The user is to be told"),
        source="ours",
        level=Level.SHOULD,
        grade=Grade.C,
        applies_to=("connector",),
        not_tested_because=both("Bare et menneske ser det", "Only a person sees it"),
    ),
}


def test_the_table_is_read_as_it_was_written_in_its_order() -> None:
    text = write_requirements(ROWS)
    assert text.splitlines()[0].split(",") == list(COLUMNS)
    assert read_requirements(text) == ROWS
    assert list(read_requirements(text)) == ["KP-1", "KP-2"]


@pytest.mark.parametrize(
    ("written", "wrong"),
    [(",must,", ",shall,"), (",A,", ",D,"), ("Only a person sees it", ""), ("One event, one note", "")],
)
def test_a_row_that_is_not_as_it_should_be_is_a_fault(written: str, wrong: str) -> None:
    text = write_requirements(ROWS)
    assert written in text
    with pytest.raises(ValueError):
        read_requirements(text.replace(written, wrong))


def test_an_id_that_stands_twice_is_told_by_name() -> None:
    text = write_requirements(ROWS)
    with pytest.raises(ValueError, match="KP-2 is there twice"):
        read_requirements(text.replace("KP-1", "KP-2"))
