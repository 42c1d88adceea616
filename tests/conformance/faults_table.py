"""Writes `docs/conformance-faults.md`: run `python -m tests.conformance.faults_table` when a fault is added."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.conformance.broken import all_broken
from tests.conformance.epjs import all_faulty

PAGE = Path(__file__).parents[2] / "docs" / "conformance-faults.md"
_HEAD = """\
# Faults that the conformance kit must catch

Each row is a system with that one fault (`tests/conformance/broken/`, `tests/conformance/epjs/`), and the tests that
must fail because of it. The kit's own tests run every one of them, and a sound system that must pass all. The table is
written by `python -m tests.conformance.faults_table`; a test holds it to the code.

| plan | fault | caught by |
|---|---|---|
"""


def page() -> str:
    rows = [(broken.plan, broken.fault, broken.caught_by) for broken in all_broken()]
    rows += [("epj", f"{faulty.fault} ({faulty.adapter})", faulty.caught_by) for faulty in all_faulty()]
    return _HEAD + "".join(f"| {plan} | {fault} | {_listed(tests)} |\n" for plan, fault, tests in sorted(rows))


def _listed(tests: str | Sequence[str]) -> str:
    names = [tests] if isinstance(tests, str) else tests
    return " ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
