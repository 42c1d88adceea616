"""Reading the small tables that people make in a spreadsheet, and naming every row that is wrong."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from hub.metering.month import Month
from hub.metering.municipalities import Municipality, ended_number, positions
from hub.model.errors import ConfigurationError, ConfigurationFault

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class InputText:
    """The text of a table and what to call it in an error: a file's name, or a field of a request."""

    name: str
    text: str

    @classmethod
    def from_file(cls, path: Path) -> InputText:
        """The text of a UTF-8 file. Raises ConfigurationError where it can't be read."""
        try:
            return cls(path.name, path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            text = f"kan ikke leses: {error.strerror}"
            raise ConfigurationError([ConfigurationFault(0, path.name, text)]) from error
        except UnicodeDecodeError as error:
            raise ConfigurationError([ConfigurationFault(0, path.name, "er ikke i tegnsettet UTF-8")]) from error


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file (the heading is line 1) and its cells by column name."""

    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class InputTable:
    """A table that is being read. Faults are collected, so that all can be told at once by `finish`."""

    name: str
    rows: list[Row]
    faults: list[ConfigurationFault] = field(default_factory=list)

    def fault(self, row: Row | None, column: str, text: str) -> None:
        """Note a fault in a cell; `row` None is the file as a whole."""
        who = row.cells.get("number", "") if row else ""
        told = f"{text} (kommune {who})" if who and column != "number" else text
        self.faults.append(ConfigurationFault(row.line if row else 0, f"{self.name}: {column}", told))

    def finish(self) -> None:
        """Raise ConfigurationError with every fault, if there is one."""
        if self.faults:
            raise ConfigurationError(self.faults)

    def municipality(self, row: Row, known: Sequence[Municipality], column: str = "number") -> int | None:
        """Where the municipality in the row's `column` stands in `known`; None and a fault when it isn't there."""
        number = padded(row.cells[column])
        position = positions(known).get(number)
        if position is None:
            self.fault(row, column, unknown_number(number))
        return position

    def amount(self, row: Row, column: str) -> Decimal | None:
        """A number that is not negative; None and a fault otherwise. Decimal comma and spaces are understood."""
        try:
            value = parsed_decimal(row.cells[column])
        except ValueError:
            self.fault(row, column, f"{row.cells[column]!r} er ikke et tall")
            return None
        if value < 0:
            self.fault(row, column, f"{row.cells[column]} er negativt")
            return None
        return value

    def month(self, row: Row, column: str) -> Month | None:
        """A month, written as a month or a date; None where the cell is empty (or wrong, which is a fault)."""
        text = row.cells.get(column, "")
        try:
            return _month(text) if text else None
        except ValueError as error:
            self.fault(row, column, str(error))
            return None


def read_table(source: InputText, columns: Sequence[str], optional: Sequence[str] = ()) -> InputTable:
    """The table in `source`: a heading, comma or semicolon between cells. ConfigurationError for missing columns."""
    first = next(_rows(source.text), {})
    heading = [name.strip().lower() for name in first.values()]
    if missing := [name for name in columns if name not in heading]:
        text = f"mangler kolonnen {', '.join(missing)} (overskriften må ha {', '.join((*columns, *optional))})"
        raise ConfigurationError([ConfigurationFault(1, source.name, text)])
    return InputTable(source.name, [Row(n, line) for n, line in _named(heading, source.text)])


def _rows(text: str) -> Iterator[dict[int, str]]:
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    for line in csv.reader(text.splitlines(), delimiter=delimiter):
        yield dict(enumerate(line))


def _named(heading: Sequence[str], text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for line_number, cells in enumerate(_rows(text), start=1):
        if line_number > 1 and any(cell.strip() for cell in cells.values()):
            yield line_number, {name: cells.get(i, "").strip() for i, name in enumerate(heading)}


def _month(text: str) -> Month:
    try:
        return Month.of(date.fromisoformat(text)) if _DATE.fullmatch(text) else Month.parse(text)
    except ValueError as error:
        raise ValueError(f"{text!r} er verken en måned (ÅÅÅÅ-MM) eller en dato (ÅÅÅÅ-MM-DD)") from error


def parsed_decimal(text: str) -> Decimal:
    """The number in `text`, with decimal comma or point and with spaces between thousands. ValueError otherwise."""
    plain = "".join(text.split()).replace("\N{NO-BREAK SPACE}", "").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} er ikke et tall") from error
    if not value.is_finite():
        raise ValueError(f"{text!r} er ikke et tall")
    return value


def padded(number: str) -> str:
    """A municipality number with the leading zero that a spreadsheet takes away."""
    return f"0{number}" if len(number) == 3 and number.isdigit() else number


def unknown_number(number: str) -> str:
    """Why a municipality number can't be used, in Norwegian."""
    became = ended_number(number)
    return f"ukjent kommune {number!r}" + (f": {became}" if became else "")
