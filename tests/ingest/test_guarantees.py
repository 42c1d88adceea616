"""Every example of docs/guarantees.md, run as it stands."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks
from tests.ingest.page import NAMES, Hub
from tests.optional import ROOT

PAGE = ROOT / "docs" / "guarantees.md"


@pytest.mark.parametrize("block", blocks(PAGE, "python"), ids=lambda block: f"line {block.line}")
def test_the_example_is_true(block: Block, sqlite_store: Path) -> None:
    with asyncio.Runner() as runner:
        hub = Hub(runner.get_loop(), sqlite_store)
        try:
            exec(compile("\n" * block.line + block.text, str(PAGE), "exec"), {**NAMES, "hub": hub})
        finally:
            hub.kill()


def test_every_file_that_the_page_names_is_there() -> None:
    import re

    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/.]+)`", text))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
