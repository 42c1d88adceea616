"""Writes `docs/conformance-faults.md`: run `python -m tests.conformance.faults_table` when a fault is added."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.broken import all_broken

PAGE = Path(__file__).parents[2] / "docs" / "conformance-faults.md"
_HEAD = """\
# Faults that the conformance kit must catch

Each row is a system with that one fault (`tests/conformance/broken/`), and the tests that must fail because of it. The
kit's own tests run every one of them, and a sound system that must pass all. The table is written by
`python -m tests.conformance.faults_table`; a test holds it to the code.

| plan | fault | caught by |
|---|---|---|
"""


def page() -> str:
    rows = sorted((b.plan, b.fault, " ".join(f"`{name}`" for name in b.caught_by)) for b in all_broken())
    return _HEAD + "".join(f"| {plan} | {fault} | {tests} |\n" for plan, fault, tests in rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
