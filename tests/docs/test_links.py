"""Links between pages lead somewhere, and what pages say of tables, commands and counts is so."""

from __future__ import annotations

import importlib
import pkgutil
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hub import store
from hub.cli import Commands
from hub.store.schema import metadata
from tests.optional import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _headings(page: Path) -> set[str]:
    return {_anchor(h) for h in re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", text)):
        if re.match(r"https?://|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        led = (page.parent / path).resolve() if path else page
        assert led.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in _headings(led), f"{page.name}: {target}"


def test_the_store_is_described_table_by_table() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `(\w+)`( ●)? \|", page, re.MULTILINE)
    for module in pkgutil.iter_modules(store.__path__):
        if module.name.startswith("schema"):
            importlib.import_module(f"hub.store.{module.name}")
    tables = {table.name: table for table in metadata.sorted_tables}
    assert {name for name, _ in described} == tables.keys()
    naming = {"patient_value", "raw", "lane", "key", "record"}
    holding = {name for name, table in tables.items() if naming & set(table.columns.keys())}
    assert {name for name, mark in described if mark} >= holding - {"operations_alerts"}


def test_the_counts_of_the_summary_are_explained() -> None:
    source = (ROOT / "hub" / "store" / "summary.py").read_text(encoding="utf-8")
    counted = set(re.findall(r'^        "(\w+)": ', source, re.MULTILINE)) | {"received", "conflicts", "rejected"}
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert {name for name in counted if f"`{name}`" not in page} == set()


def test_commands_that_pages_name_are_there() -> None:
    import typer

    from hub.cli import app

    group = typer.main.get_command(app)
    assert isinstance(group, Commands)
    known = set(group.list_commands(None))  # type: ignore[arg-type]  # it looks at files only
    for page in PAGES:
        named = set(re.findall(r"(?:\./|`)knutepunkt ([a-z][a-z-]+)", page.read_text(encoding="utf-8")))
        assert named <= known, page.name


def test_the_picture_of_the_demo_asks_no_server_for_anything() -> None:
    picture = ET.parse(ROOT / "docs" / "images" / "demo.svg").getroot()
    assert picture.tag.endswith("svg")
    asked = [v for e in picture.iter() for v in e.attrib.values() if re.match(r"https?:", v)]
    styles = "".join(e.text or "" for e in picture.iter() if e.tag.endswith("style"))
    assert (asked, "url(http" in styles, "@import" in styles) == ([], False, False)


def test_every_decision_is_in_the_list_and_has_its_parts() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
    for name in listed:
        assert re.findall(r"^## (.+)$", (folder / name).read_text(encoding="utf-8"), re.MULTILINE) == [
            "Why",
            "What",
            "What follows",
        ]


def test_the_change_log_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert set(sections) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert re.findall(r"^## (\[.+?\])", text, re.MULTILINE)[0] == "[Unreleased]"


def test_words_in_the_glossary_stand_once_and_in_order() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| ")][1:]
    words = [row[0].strip().lower() for row in rows]
    assert words == sorted(set(words))
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)
