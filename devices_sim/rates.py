"""The table of rates: what happens how often, each with its source, and changeable by a user's own file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.toml_text import TomlText, text_of

#: The table's values by dotted key, all that the simulation itself needs.
RateValues = Mapping[str, float]

_OURS = Path(__file__).with_name("rates.toml")


@dataclass(frozen=True, slots=True)
class Rate:
    """One row of the table: `key` is dotted, `tolerance` relative, `source` where the value is from."""

    key: str
    value: float
    unit: str
    source: str
    tolerance: float = 0.1


@dataclass(frozen=True, slots=True)
class Rates:
    """The whole table by dotted key: rows with units and sources, and the bare values."""

    rows: Mapping[str, Rate]
    values: RateValues

    @classmethod
    def of(cls, rows: Mapping[str, Rate]) -> Rates:
        """The table of these rows."""
        return cls(rows, {key: row.value for key, row in rows.items()})

    def changed(self, values: Mapping[str, float]) -> Rates:
        """The table with other values for some keys; ConfigurationError names every unknown key."""
        faults = [ConfigurationFault(0, key, "finnes ikke i tabellen") for key in values if key not in self.rows]
        if faults:
            raise ConfigurationError(faults)
        changed = {
            key: Rate(key, float(value), self.rows[key].unit, "changed by the user", self.rows[key].tolerance)
            for key, value in values.items()
        }
        return Rates.of({**self.rows, **changed})


def load_rates(own: Path | None = None) -> Rates:
    """The project's table, with the values of the user's `own` file in place of ours where it has them."""
    rates = Rates.of({row.key: row for row in _rows(tomllib.loads(_OURS.read_text("utf-8")))})
    if own is None:
        return rates
    table = TomlText.parse(text_of(own, named=str(own)), named=str(own)).table
    return rates.changed(_own_values(table))


def _rows(table: Mapping[str, Any]) -> list[Rate]:
    return [
        Rate(f"{group}.{key}", float(row["value"]), row["unit"], row["source"], row.get("tolerance", 0.1))
        for group, rows in table.items()
        for key, row in rows.items()
    ]


def _own_values(table: Mapping[str, Any]) -> dict[str, float]:
    values: dict[str, float] = {}
    faults: list[ConfigurationFault] = []
    for group, rows in table.items():
        for key, row in rows.items() if isinstance(rows, dict) else [("", rows)]:
            number = row.get("value") if isinstance(row, dict) else row
            if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < inf:
                faults.append(ConfigurationFault(0, f"{group}.{key}".rstrip("."), "må være et tall fra 0 og opp"))
            else:
                values[f"{group}.{key}"] = float(number)
    if faults:
        raise ConfigurationError(faults)
    return values
