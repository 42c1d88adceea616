"""Municipalities that merge or split during a period.

The rule: the municipalities are those of 1 January 2024 all through a period, unless a file says otherwise. From the
month of a change, the inhabitants, weight in the key and recipients of the old one belong to the new by the stated
shares; so does what is metered under the old number. What is merged has the service in use when any of its parts had.
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

#: By month and old municipality: the new ones, their shares in per cent, and the rows that say so.
_Parts = dict[tuple[Month, int], list[tuple[int, Decimal, Row]]]


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
        """`amounts` [months, municipalities, ...], moved from old to new from each change on, nothing lost."""
        after = amounts.copy()
        for change in self.changes:
            since = [change.month <= m for m in months]
            parts = share_rows(after[since, change.old], np.array([change.weights], np.int64))
            after[since, change.old] = 0
            after[np.ix_(since, change.new)] += np.moveaxis(parts, -1, 1)
        return after

    def joined(self, connected: Bools, months: Sequence[Month]) -> Bools:
        """`connected` [draws, months, municipalities], where the new has the service in use when the old had."""
        after = connected.copy()
        for change in self.changes:
            since = np.array([change.month <= m for m in months])
            had = after[:, since, change.old]
            after[:, since, change.old] = False
            for new in change.new:
                after[:, since, new] |= had
        return after

    def origins(self, place: int, month: Month) -> frozenset[int]:
        """The positions of those whose use falls on `place` in `month`, wholly or in part; itself is one of them."""
        found = {place}
        for change in reversed(self.changes):
            if change.month <= month and found.intersection(change.new):
                found.add(change.old)
        return frozenset(found)

    def texts(self) -> tuple[str, ...]:
        """The rule and the changes in Norwegian."""
        if not self.changes:
            return ("Kommunene er de 357 per 1. januar 2024 gjennom hele perioden.",)
        names = [m.name for m in self.municipalities]
        return tuple(
            f"Fra {c.month.norwegian} går {names[c.old]} over i {', '.join(names[n] for n in c.new)}."
            for c in self.changes
        )


def structure_of(source: InputText | None, municipalities: Sequence[Municipality]) -> Structure:
    """The municipalities as they are, or with the changes in a table: see `structure_from_table`."""
    return structure_from_table(source, municipalities) if source else Structure(tuple(municipalities))


def structure_from_table(source: InputText, municipalities: Sequence[Municipality]) -> Structure:
    """The changes in a table with `month`, `from`, `to`, and where needed `share` (per cent) and `name` of a new one.

    A municipality that gives away a part and lives on has itself as one of its `to`. Raises ConfigurationError naming
    every bad row; the shares of one change must sum to 100, and what has ended can't change or take over.
    """
    table = read_table(source, ("month", "from", "to"), ("share", "name"))
    known = list(municipalities)
    parts: _Parts = {}
    for row in table.rows:
        month, old, new = table.month(row, "month"), table.municipality(row, known, "from"), _new(table, row, known)
        share = table.amount(row, "share") if row.cells.get("share") else _HUNDRED
        if month is None and not row.cells["month"]:
            table.fault(row, "month", "mangler")
        if month is not None and old is not None and share is not None:
            parts.setdefault((month, old), []).append((new, share, row))
    if not table.faults:
        _check(table, parts)
    table.finish()
    return Structure(tuple(known), tuple(_change(key, parts[key]) for key in sorted(parts)))


def _check(table: InputTable, parts: _Parts) -> None:
    """Note what can't be: shares that don't sum to 100, doubled rows, changes of what has ended."""
    ended: dict[int, Month] = {}
    for month, old in sorted(parts):
        if old not in [new for new, _, _ in parts[month, old]]:
            ended.setdefault(old, month)
    for (month, old), new_parts in parts.items():
        first = new_parts[0][2]
        if sum(share for _, share, _ in new_parts) != _HUNDRED:
            table.fault(first, "share", f"andelene for {first.cells['from']} blir ikke 100 %")
        if [new for new, _, _ in new_parts] == [old]:
            table.fault(first, "to", f"{first.cells['to']} går over i seg selv")
        if old in ended and ended[old] < month:
            table.fault(first, "from", f"{first.cells['from']} er opphørt fra {ended[old]}")
        for position, (new, _, row) in enumerate(new_parts):
            if new in [other for other, _, _ in new_parts[:position]]:
                table.fault(row, "to", f"{row.cells['to']} står mer enn én gang for {row.cells['from']}")
            if new in ended and ended[new] <= month:
                table.fault(row, "to", f"{row.cells['to']} er opphørt fra {ended[new]}")


def _change(key: tuple[Month, int], parts: Sequence[tuple[int, Decimal, Row]]) -> Change:
    month, old = key
    return Change(month, old, tuple(p[0] for p in parts), tuple(int(p[1] * 10**6) for p in parts))


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
