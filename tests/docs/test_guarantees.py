"""The page of guarantees: its stories are played against a real store, and the tests that it names exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import blocks
from tests.ingest.intake import CLOUD, intake
from tests.messages import GRY, LINE, SENDER, Json, alarm, composition, document, follow_up, observation

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guarantees.md"
STORIES = blocks(PAGE, "story")
PEOPLE = {"line": LINE, "gry": GRY}


def _message(what: str, name: str, told: dict[str, str]) -> Json:
    own = None if name == "-" else name
    more: dict[str, Any] = {"patient": PEOPLE[told.get("patient", "line")]}
    if "said" in told:
        more["meta"] = {"lastUpdated": f"2026-11-23T{told['said']}:00+01:00"}
    if what == "observation":
        return observation(own, value=float(told["value"]), **more)
    if what == "alarm":
        return alarm(own, **more)
    if what == "follow-up":
        return follow_up(name, of=told["of"], **more)
    return document(name, composition(steps=("0",)), alarm(None), system="https://cloud.example/report")


@pytest.mark.parametrize("story", STORIES, ids=[f"line {s.line}" for s in STORIES])
async def test_each_story_goes_as_it_is_told(story: Any, tmp_path: Path) -> None:
    async with intake(tmp_path / "store.sqlite") as hub:
        for line in story.text.splitlines():
            said, _, receipt = line.partition("->")
            what, name, *rest = shlex.split(said)
            if what == "cases":
                assert await hub.number_of_cases() == int(name)
                continue
            told = dict(part.split("=") for part in rest)
            sender = CLOUD if told.get("by") == "cloud" else SENDER
            assert await hub.codes(_message(what, name, told), sender=sender) == [receipt.strip()], line


def test_there_is_a_story_for_the_rules_of_identity_version_conflict_and_case() -> None:
    assert len(STORIES) >= 6


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    there = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        if "node_modules" not in file.parts
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }
    assert named
    assert not named - there
