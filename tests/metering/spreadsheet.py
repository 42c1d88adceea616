"""A small spreadsheet for tests: recalculates a workbook's formulas in 64-bit floating point, as the real ones do."""

import re
from functools import cache
from typing import Any

import numpy as np
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

_REFERENCE = re.compile(
    r"(?:(?:'(?P<quoted>[^']+)'|(?P<plain>[A-Za-zÆØÅæøå]+))!)?"
    r"\$?(?P<column>[A-Z]{1,3})\$?(?P<row>\d+)(?::\$?(?P<column2>[A-Z]{1,3})\$?(?P<row2>\d+))?(?![\d(])"
)


def shown(path: Any, sheet: str, row: int, column: int) -> Any:
    """What a viewer that doesn't recalculate shows in a cell."""
    return load_workbook(path, data_only=True, read_only=True)[sheet].cell(row, column).value


class Spreadsheet:
    """The cells of a workbook, and what they come to when some of them are changed."""

    def __init__(self, path: Any) -> None:
        self.cells: dict[tuple[str, int, int], Any] = {}
        for sheet in load_workbook(path, data_only=False):
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        self.cells[sheet.title, cell.row, cell.column] = cell.value
        self.known: dict[tuple[str, int, int], Any] = {}
        self.columns: dict[tuple[str, int], Any] = {}

    def change(self, sheet: str, cell: str, value: float) -> None:
        match = re.fullmatch(r"([A-Z]+)(\d+)", cell)
        assert match
        self.cells[sheet, int(match[2]), column_index_from_string(match[1])] = value
        self.known.clear()
        self.columns.clear()

    def value(self, sheet: str, row: int, column: int) -> Any:
        at = (sheet, row, column)
        if at not in self.known:
            cell = self.cells.get(at, 0)
            is_formula = isinstance(cell, str) and cell.startswith("=")
            self.known[at] = self._calculate(cell[1:], sheet) if is_formula else cell
        return self.known[at]

    def block(self, sheet: str, first: tuple[int, int], last: tuple[int, int]) -> Any:
        assert first[1] == last[1], "only parts of one column are used"
        key = (sheet, first[1])
        if key not in self.columns or len(self.columns[key]) < last[0]:
            rows = range(1, max(last[0], len(self.columns.get(key, ()))) + 1)
            self.columns[key] = np.array([self._number(sheet, row, first[1]) for row in rows])
        return self.columns[key][first[0] - 1 : last[0]]

    def _number(self, sheet: str, row: int, column: int) -> float:
        """As in a sum, a text counts as nothing."""
        found = self.value(sheet, row, column)
        return 0.0 if isinstance(found, str) else float(found)

    def _calculate(self, formula: str, own: str) -> Any:
        def reference(match: re.Match[str]) -> str:
            sheet = match["quoted"] or match["plain"] or own
            first = (int(match["row"]), _column(match["column"]))
            if match["column2"]:
                last = (int(match["row2"]), _column(match["column2"]))
                return f"book.block({sheet!r}, {first}, {last})"
            return f"book.value({sheet!r}, {first[0]}, {first[1]})"

        text = _REFERENCE.sub(reference, formula)
        text = re.sub(r"(?<![<>=])=(?!=)", "==", text).replace("--(", "ones(")
        text = re.sub(r"IF\(", "choose(", text)
        with np.errstate(all="ignore"):  # both sides of an IF are worked out here
            return eval(text, {"book": self, **_FUNCTIONS})  # our own formulas, in a test


@cache
def _column(name: str) -> int:
    return column_index_from_string(name)


_FUNCTIONS = {
    "SUM": np.sum,
    "INT": np.floor,
    "SUMPRODUCT": np.sum,
    "ones": lambda block: np.asarray(block, np.float64),
    "choose": lambda test, yes, no: yes if test else no,
}
