"""What docs/conformance-driving.md says is so, and what it shows runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

from connectors import Fate
from connectors.measurements import MeasurementKind
from connectors.testing.driving import EventReport, ProductCard, Surroundings
from connectors.testing.spoken import WORDS, event_of, spoken
from tests.connectors.driving import ENVIRONMENT
from tests.docs.blocks import blocks
from tests.optional import ROOT

PAGE = ROOT / "docs" / "conformance-driving.md"


def test_the_conversation_runs_as_it_stands(tmp_path: Path) -> None:
    [block] = blocks(PAGE, "python")
    (tmp_path / "block.py").write_text(block.text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "block.py"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_what_it_shows_is_what_is_said() -> None:
    card, where, told, reports = (json.loads(block.text) for block in blocks(PAGE, "json"))
    assert ProductCard.model_validate(card).model_dump(mode="json") == card
    assert Surroundings.model_validate(where).model_dump(mode="json", exclude_unset=True) == where
    assert [spoken(event_of(event)) for event in told["events"]] == told["events"]
    assert [EventReport(**report).model_dump() for report in reports] == reports


def test_it_names_every_field_and_every_fate() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = {cells[1].strip(" `"): cells[2:4] for line in page.splitlines() if len(cells := line.split("|")) == 5}
    for word, kind in WORDS.items():
        always, perhaps = (re.findall(r"`(\w+)`", cell) for cell in rows[word])
        assert always == [f.name for f in fields(kind) if f.default is MISSING]
        assert perhaps == [f.name for f in fields(kind) if f.default is not MISSING]
    named = [*Surroundings.model_fields, *(fate.name.lower() for fate in Fate), *MeasurementKind.__members__]
    assert [name for name in named if f"`{name}`" not in page] == []
