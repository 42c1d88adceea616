"""Counting a ledger: cases, active users and reads by month, municipality and service, as known at each closing.

A month closes at midnight UTC some days into the next (`grace_days`). What is recorded later about it, a late event or
a counter-entry, is known from the first closing after that, and comes as an adjustment on that statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hub.metering.input_table import unknown_number
from hub.metering.ledger import UsageTable
from hub.metering.metered_use import MeteredUse
from hub.metering.month import Month
from hub.metering.municipalities import Municipality, positions
from hub.metering.sharing import Ints
from hub.model.codes import ServiceCode
from hub.model.errors import ConfigurationError, ConfigurationFault

GRACE_DAYS = 5

#: What each closing added. A patient counts as active from the closing on at which the net quantity is positive.
_BY_CLOSING = """
WITH per_patient AS (
    SELECT usage_kind, municipality, month, service_code, pseudonym, closing, sum(quantity)::BIGINT AS quantity
    FROM (SELECT usage_kind, municipality, year(day) * 12 + month(day) - 1 AS month, service_code, pseudonym, quantity,
                 greatest(month, year(recorded_at - to_days($grace)) * 12 + month(recorded_at - to_days($grace)) - 1)
                     AS closing
          FROM usage)
    GROUP BY ALL),
running AS (
    SELECT *, sum(quantity) OVER (PARTITION BY usage_kind, municipality, month, service_code, pseudonym
                                  ORDER BY closing) AS net
    FROM per_patient)
SELECT usage_kind, municipality, month, service_code, closing, sum(quantity)::BIGINT,
       sum((net > 0)::BIGINT - (net - quantity > 0)::BIGINT)::BIGINT
FROM running GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class CountedUse:
    """A ledger's use over `months`: what each closing added, first axis. The last closing is everything after.

    `cases` and `users` are [closings, months, municipalities, services], `reads` [closings, months, municipalities].
    """

    months: tuple[Month, ...]
    municipalities: tuple[Municipality, ...]
    services: tuple[ServiceCode, ...]
    cases: Ints
    users: Ints
    reads: Ints
    source: str
    remarks: tuple[str, ...]

    def known_at(self, closing: Month | None = None) -> MeteredUse:
        """The use as known when `closing` closed; None is all that is known."""
        through = len(self.cases) if closing is None else sum(m <= closing for m in self.months)
        return MeteredUse(
            months=self.months,
            municipalities=self.municipalities,
            services=self.services,
            cases=np.maximum(self.cases[:through].sum(axis=0), 0),
            users=np.maximum(self.users[:through].sum(axis=0), 0),
            reads=np.maximum(self.reads[:through].sum(axis=0), 0),
            source=self.source,
            remarks=self.remarks,
        )


def closing_condition(closing: Month | None, grace_days: int) -> str:
    """The SQL condition for records that are known when `closing` closes; None is all that is known."""
    if closing is None:
        return "true"
    index = closing.year * 12 + closing.number - 1
    recorded = f"recorded_at - to_days({int(grace_days)})"
    month = "year(day) * 12 + month(day) - 1"
    return f"greatest({month}, year({recorded}) * 12 + month({recorded}) - 1) <= {index}"


def counted(
    table: UsageTable,
    *,
    months: Sequence[Month],
    municipalities: Sequence[Municipality],
    grace_days: int = GRACE_DAYS,
) -> CountedUse:
    """The use of `months` in `table`. Raises ConfigurationError naming every municipality that isn't known."""
    rows = table.connection.execute(_BY_CLOSING, {"grace": grace_days}).fetchall()
    place = _places(table, rows, municipalities)
    services = tuple(s for s in ServiceCode if any(row[3] == s for row in rows)) or (ServiceCode.SAFETY_ALARM,)
    return _arrayed(table, rows, place=place, months=months, municipalities=municipalities, services=services)


def _places(table: UsageTable, rows: Sequence[Any], municipalities: Sequence[Municipality]) -> dict[str, int]:
    known = positions(municipalities)
    unknown = sorted({row[1] for row in rows} - known.keys())
    if unknown:
        raise ConfigurationError([_unknown(table, number) for number in unknown])
    return known


def _unknown(table: UsageTable, number: str) -> ConfigurationFault:
    first, count = table.rows("SELECT min(id), count(*) FROM usage WHERE municipality = ?", [number])[0]
    text = f"{unknown_number(number)} i {count} poster, den første er {first}. En prøvekommune kan brukes med --sample."
    return ConfigurationFault(0, "municipality", text)


def _arrayed(
    table: UsageTable,
    rows: Sequence[Any],
    *,
    place: dict[str, int],
    months: Sequence[Month],
    municipalities: Sequence[Municipality],
    services: tuple[ServiceCode, ...],
) -> CountedUse:
    first, count = months[0].year * 12 + months[0].number - 1, len(months)
    shape = (count + 1, count, len(municipalities))
    cases, users = np.zeros((*shape, len(services)), np.int64), np.zeros((*shape, len(services)), np.int64)
    reads = np.zeros(shape, np.int64)
    outside = 0
    for kind, municipality, month, service, closing, quantity, active in rows:
        at, when = month - first, min(max(closing - first, 0), count)
        if not 0 <= at < count:
            outside += quantity
        elif kind == "read":
            reads[when, at, place[municipality]] += quantity
        else:
            cell = (when, at, place[municipality], services.index(service))
            cases[cell] += quantity
            users[cell] += active
    remarks = _remarks(months, cases, outside)
    known = tuple(municipalities)
    return CountedUse(tuple(months), known, services, cases, users, reads, table.source, remarks)


def _remarks(months: Sequence[Month], cases: Ints, outside: int) -> tuple[str, ...]:
    empty = [m.norwegian for m, n in zip(months, cases.sum(axis=(0, 2, 3)), strict=True) if not n]
    remarks = []
    if empty:
        text = f"Ingen målt bruk i {', '.join(empty)}: måneden regnes som uten bruk."
        remarks.append(text)
    if outside:
        remarks.append(f"{outside} målte saker ligger utenfor perioden og er ikke regnet med.")
    return tuple(remarks)
