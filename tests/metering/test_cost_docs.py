"""The walk-through in docs/cost works as it stands, and the model in it is a model."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import hub.metering.price_models as price_models
from hub.cli.cost import app
from hub.metering.charges import Terms, charge
from hub.metering.price_model import settings_of
from hub.metering.run import price_model
from hub.metering.worked_example import example_world

DOCS = Path(__file__).parents[2] / "docs" / "cost"
_BLOCK = re.compile(r"```sh\n(?P<command>.*?)\n```\n(?:\n```text\n(?P<output>.*?)\n```)?", re.DOTALL)


def spaced(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.slow
def test_every_command_of_the_walk_through_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").symlink_to(DOCS.parent)
    monkeypatch.chdir(tmp_path)
    blocks = list(_BLOCK.finditer((DOCS / "gjennomgang.md").read_text(encoding="utf-8")))
    assert len(blocks) >= 9
    for block in blocks:
        program, name, *arguments = shlex.split(block["command"])
        assert (program, name) == ("./knutepunkt", "cost")
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, (block["command"], result.output)
        for line in block["output"].splitlines():
            assert spaced(line) in spaced(result.stdout), block["command"]
    written = {"nokkel.csv", "dagens.xlsx", "rapport.html", "tabell.csv", "lago.ndjson", "faktura"}
    assert written <= {path.name for path in tmp_path.iterdir()}


def test_the_model_in_the_documentation_is_found_and_agrees_with_its_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (DOCS / "add-a-model.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code
    (tmp_path / "equal_shares.py").write_text(code[1], encoding="utf-8")
    monkeypatch.setattr(price_models, "__path__", [*price_models.__path__, str(tmp_path)])
    model = price_model("equal-shares")
    example = model.examples[0]
    charges = charge(example_world(example), model, Terms(settings_of(model, {})))
    assert charges.variable.sum(axis=(0, 1)).tolist() == [m.variable_ore for m in example.municipalities]


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)
