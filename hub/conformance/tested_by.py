"""Keeps the table's column `tested_by` true: it is made of what the tests say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hub.conformance.catalogue import Placed, catalogue
from hub.conformance.requirement import Requirement, home, requirements, write_requirements


def with_tests(table: Mapping[str, Requirement], tests: tuple[Placed, ...]) -> dict[str, Requirement]:
    """The table with the ids of `tests` beside the requirements that they name."""
    named: dict[str, list[str]] = {}
    for placed in tests:
        named.setdefault(placed.test.requirement, []).append(placed.test.id)
    return {key: row.model_copy(update={"tested_by": tuple(named.get(key, ()))}) for key, row in table.items()}


def update_table() -> Path:
    """Write the table anew with what the tests say; the file."""
    path = home()
    path.write_text(write_requirements(with_tests(requirements(), catalogue())), encoding="utf-8")
    return path
