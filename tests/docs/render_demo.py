"""Draws a real run of the demo: `python -m tests.docs.render_demo docs/images/demo.svg [SEED]`."""

from __future__ import annotations

import asyncio
import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from hub.app.demo.report import show
from hub.app.demo.run import demonstrate

_WIDTH = 108
_FONTS = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace'
_THEME = TerminalTheme(
    (250, 250, 247),
    (32, 36, 40),
    [
        (32, 36, 40),
        (176, 0, 32),
        (0, 110, 60),
        (150, 95, 0),
        (0, 75, 150),
        (110, 40, 120),
        (0, 105, 115),
        (110, 110, 110),
    ],
    [(90, 90, 90), (176, 0, 32), (0, 110, 60), (150, 95, 0), (0, 75, 150), (110, 40, 120), (0, 105, 115), (60, 60, 60)],
)


async def recorded(seed: int) -> Console:
    """A console that has seen the demo of `seed`."""
    console = Console(record=True, width=_WIDTH, highlight=False, file=io.StringIO())
    console.print("[bold]$ ./knutepunkt demo[/]")
    console.print("Et døgn i Testvik, Prøveby og Øvrefjord. Starter megler, EPJ-er og knutepunkt …")
    with tempfile.TemporaryDirectory() as folder:
        async with demonstrate(Path(folder), seed=seed, console=console) as played:
            show(played.result, played.names, console, total_kroner=20_000_000)
    return console


def drawn(console: Console) -> str:
    """The console as SVG that asks no server for its letters."""
    picture = console.export_svg(title="Knutepunkt", theme=_THEME, unique_id="demo")
    without_fonts = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    return re.sub(r"font-family: [^;]+;", f"font-family: {_FONTS};", without_fonts).replace("Rich ", "")


if __name__ == "__main__":
    place, seed = Path(sys.argv[1]), int((sys.argv[2:] or ["1"])[0])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(drawn(asyncio.run(recorded(seed))), encoding="utf-8")
