"""Municipalities that merge or split during a period.

The rule: the municipalities are those of 1 January 2024 all through a period, unless a file says otherwise. From the
month of a change, the inhabitants, weight in the key and recipients of the old one belong to the new by the stated
shares. What is merged has the service in use when any of its parts had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from hub.metering.input_table import InputTable, InputText, Row, padded, read_table
from hub.metering.month import Month
from hub.metering.municipalities import Municipality, positions
from hub.metering.sharing import Bools, Ints, share_rows

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Change:
    """From `month` on, `old` is shared among `new` (positions) by `weights`."""

    month: Month
    old: int
    new: tuple[int, ...]
    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """All municipalities that ever exist in the period, and the changes in order of time."""

    municipalities: tuple[Municipality, ...]
    changes: tuple[Change, ...] = ()

    def moved(self, amounts: Ints, months: Sequence[Month]) -> Ints:
        """`amounts` [months, municipalities], moved from old to new from each change on, nothing lost."""
        after = amounts.copy()
        for change in self.changes:
            since = [change.month <= m for m in months]
            parts = share_rows(after[since, change.old], np.array([change.weights], np.int64))
            after[np.ix_(since, change.new)] += parts
            after[since, change.old] = 0
        return after

    def joined(self, connected: Bools, months: Sequence[Month]) -> Bools:
        """`connected` [draws, months, municipalities], where the new has the service in use when the old had."""
        after = connected.copy()
        for change in self.changes:
            since = np.array([change.month <= m for m in months])
            for new in change.new:
                after[:, since, new] |= after[:, since, change.old]
            after[:, since, change.old] = False
        return after

    def texts(self) -> tuple[str, ...]:
        """The rule and the changes in Norwegian."""
        if not self.changes:
            return ("Kommunene er de 357 per 1. januar 2024 gjennom hele perioden.",)
        names = [m.name for m in self.municipalities]
        return tuple(
            f"Fra {c.month.norwegian} går {names[c.old]} over i {', '.join(names[n] for n in c.new)}."
            for c in self.changes
        )


def structure_from_table(source: InputText, municipalities: Sequence[Municipality]) -> Structure:
    """The changes in a table with `month`, `from`, `to`, and where needed `share` (per cent) and `name` of a new one.

    Raises ConfigurationError naming every bad row; the shares of one change must sum to 100.
    """
    table = read_table(source, ("month", "from", "to"), ("share", "name"))
    known = list(municipalities)
    parts: dict[tuple[Month, int], list[tuple[int, Decimal, Row]]] = {}
    for row in table.rows:
        month, old, new = table.month(row, "month"), _old(table, row, known), _new(table, row, known)
        share = table.amount(row, "share") if row.cells.get("share") else _HUNDRED
        if month is None or old is None or share is None or new == old:
            table.fault(row, "month", "raden er ikke en gyldig endring")
            continue
        parts.setdefault((month, old), []).append((new, share, row))
    for new_parts in parts.values():
        if sum(share for _, share, _ in new_parts) != _HUNDRED:
            table.fault(new_parts[0][2], "share", "andelene for kommunen blir ikke 100 %")
    table.finish()
    return Structure(tuple(known), tuple(_change(key, parts[key]) for key in sorted(parts)))


def _change(key: tuple[Month, int], parts: Sequence[tuple[int, Decimal, Row]]) -> Change:
    month, old = key
    return Change(month, old, tuple(p[0] for p in parts), tuple(int(p[1] * 10**6) for p in parts))


def _old(table: InputTable, row: Row, known: Sequence[Municipality]) -> int | None:
    return table.municipality(Row(row.line, {"number": row.cells["from"]}), known)


def _new(table: InputTable, row: Row, known: list[Municipality]) -> int:
    number = padded(row.cells["to"])
    place = positions(known).get(number)
    if place is not None:
        return place
    name = row.cells.get("name", "")
    if not name or len(number) != 4 or not number.isdigit():
        table.fault(row, "to", f"{number!r} er ny og må ha fire siffer og et navn i kolonnen name")
    known.append(Municipality(number, name, "", number, 0, (0, 0, 0, 0, 0)))
    return len(known) - 1
