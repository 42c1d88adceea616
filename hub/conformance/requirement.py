"""The table of requirements (`docs/requirements.csv`): what a system must do, in our words, and where it says so.

Columns: `id`, `text` (Norwegian), `text_en`, `source`, `level` (must, should), `grade` (A, B or C: how grave an error
against it is, as in the acceptance test), `applies_to` (plans), `tested_by` (ids of tests), `not_tested_because`
(Norwegian) and `not_tested_because_en`. Lists are separated by spaces. The table has one home; the code names its ids.
"""

from __future__ import annotations

import csv
import io
from enum import StrEnum
from pathlib import Path

from hub.model.language import Frozen, Text

PLANS = ("connector", "response-centre", "epj", "api-client")
COLUMNS = (
    "id",
    "text",
    "text_en",
    "source",
    "level",
    "grade",
    "applies_to",
    "tested_by",
    "not_tested_because",
    "not_tested_because_en",
)
_HOMES = (Path(__file__).with_name("requirements.csv"), Path(__file__).parents[2] / "docs" / "requirements.csv")


class Level(StrEnum):
    """How binding a requirement is."""

    MUST = "must"
    SHOULD = "should"


class Grade(StrEnum):
    """How grave an error is. A: it endangers or exposes somebody. B: it is wrong. A and B must be fixed, C may wait."""

    A = "A"
    B = "B"
    C = "C"


class Requirement(Frozen):
    """One row of the table. Exactly one of `tested_by` and `not_tested_because` is there."""

    id: str
    text: Text
    source: str
    level: Level
    grade: Grade
    applies_to: tuple[str, ...]
    tested_by: tuple[str, ...] = ()
    not_tested_because: Text | None = None


def requirements() -> dict[str, Requirement]:
    """The table by id, in its order. Raises ValueError on a row that is not as it should be."""
    return read_requirements(home().read_text(encoding="utf-8"))


def home() -> Path:
    """The file that holds the table: in `docs/` of a checkout, beside this module in an installation."""
    return next(path for path in _HOMES if path.exists())


def read_requirements(text: str) -> dict[str, Requirement]:
    """The rows in `text`, by id. Raises ValueError."""
    found: dict[str, Requirement] = {}
    for row in csv.DictReader(io.StringIO(text)):
        requirement = _requirement(row)
        if found.setdefault(requirement.id, requirement) is not requirement:
            raise ValueError(f"{requirement.id} is there twice")
    return found


def _requirement(row: dict[str, str]) -> Requirement:
    reason = row["not_tested_because"]
    return Requirement(
        id=row["id"],
        text=Text(nb=row["text"], en=row["text_en"]),
        source=row["source"],
        level=Level(row["level"]),
        grade=Grade(row["grade"]),
        applies_to=tuple(row["applies_to"].split()),
        tested_by=tuple(row["tested_by"].split()),
        not_tested_because=Text(nb=reason, en=row["not_tested_because_en"]) if reason else None,
    )


def write_requirements(rows: dict[str, Requirement]) -> str:
    """The table as text, the way `read_requirements` reads it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows.values():
        reason = row.not_tested_because
        writer.writerow(
            {
                "id": row.id,
                "text": row.text.nb,
                "text_en": row.text.en,
                "source": row.source,
                "level": row.level.value,
                "grade": row.grade.value,
                "applies_to": " ".join(row.applies_to),
                "tested_by": " ".join(row.tested_by),
                "not_tested_because": reason.nb if reason else "",
                "not_tested_because_en": reason.en if reason else "",
            }
        )
    return out.getvalue()
