"""A sheet of A4 to write a report on: headings, paragraphs, facts and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.fonts import FontFace

_FONT = "DejaVu"
_LINE = 5


class Sheet(FPDF):  # type: ignore[misc]  # mypy is set not to read fpdf2
    """A4 with the page number at the foot. The font (DejaVu, which comes with matplotlib) covers Sámi names too."""

    def __init__(self, title: str, *, language: str, made: datetime) -> None:
        super().__init__(format="A4")
        fonts = _fonts()
        self.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
        self.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
        self.set_title(title)
        self.set_lang("en" if language == "en" else "nb-NO")
        self.set_creation_date(made)
        self.set_auto_page_break(True, margin=18)
        self.add_page()
        self.set_font(_FONT, "B", 17)
        self.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
        self.ln(2)

    def footer(self) -> None:
        """The page's number."""
        self.set_y(-12)
        self.set_font(_FONT, "", 8)
        self.cell(0, 5, f"{self.page_no()}", align="R")

    def paragraph(self, text: str, style: str = "", size: int = 9) -> None:
        """`text` across the page."""
        self.set_font(_FONT, style, size)
        self.multi_cell(0, _LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def heading(self, text: str, size: int = 13) -> None:
        """A heading, on a new page when there would be no room for what follows it."""
        self.ln(4 if size > 11 else 2)
        if self.will_page_break(40):
            self.add_page()
        self.paragraph(text, "B", size)
        self.ln(1)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and values in two columns."""
        self.set_font(_FONT, "", 9)
        style: Any = FontFace(emphasis="BOLD")
        with self.table(
            col_widths=(78, 112),
            text_align="LEFT",
            line_height=_LINE,
            borders_layout="NONE",
            first_row_as_headings=False,
        ) as table:
            for name, value in rows:
                row: Any = table.row()
                row.cell(name, style=style)
                row.cell(value)

    def rows(self, heading: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """A table with its heading; `widths` in millimetres."""
        self.set_font(_FONT, "", 8)
        with self.table(
            col_widths=tuple(widths), text_align="LEFT", line_height=4.5, borders_layout="HORIZONTAL_LINES"
        ) as table:
            for cells in (heading, *rows):
                row: Any = table.row()
                for cell in cells:
                    row.cell(cell)
        self.ln(1)


def _fonts() -> Path:
    """Where matplotlib keeps its fonts, found without paying for its import."""
    found = find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
