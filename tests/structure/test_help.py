"""The list of commands: as typer would make it, and without importing a single command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from hub import cli
from hub.cli._help_line import help_line


def test_each_commands_line_is_what_its_loaded_command_says() -> None:
    group = typer.main.get_command(cli.app)
    assert isinstance(group, cli.Commands)
    context = typer.Context(group)
    folder = Path(cli.__file__).parent
    listed = {name: help_line(folder / f"{name.replace('-', '_')}.py") for name in group.list_commands(context)}
    loaded = {name: group.get_command(context, name).help for name in listed}
    assert listed == loaded
    assert all(listed.values())


HELP = """
import sys
from hub.cli import main
sys.argv[1:] = ["--help"]
try:
    main()
finally:
    print(*(name for name in sys.modules if name.startswith("hub.") and name.count(".") == 2), file=sys.stderr)
"""


def test_the_list_of_commands_imports_none_of_them() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert "rehearse" in done.stdout
    assert done.stderr.split() == ["hub.cli._help_line"]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('app = typer.Typer(help="Av app.")\n@app.command()\ndef a():\n    """Av a."""\n', "Av a."),
        ('app = typer.Typer(help="Av app.")\n@app.callback()\ndef a():\n    """Av a."""\n', "Av app."),
        ('app = typer.Typer()\n@app.command("x")\ndef a():\n    """Av a."""\napp.add_typer(b)\n', ""),
        ("app = 1\n", ""),
    ],
)
def test_a_lone_command_speaks_for_itself_and_an_app_for_several(tmp_path: Path, source: str, line: str) -> None:
    file = tmp_path / "command.py"
    file.write_text(source, encoding="utf-8")
    assert help_line(file) == line
