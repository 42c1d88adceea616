"""What a metered day would cost as a month: a quick table per municipality and service, for the demo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hub.metering.use_assumptions import read_use_assumptions
from hub.model.codes import SERVICE_NAMES, ServiceCode
from hub.model.money import split, to_ore
from hub.model.usage import UsageRecord

_DAYS_IN_MONTH = Fraction(365, 12)


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """One service of one municipality: cases metered, cases and active users in a month, and their price in øre."""

    municipality: str
    service_code: ServiceCode
    cases_metered: int
    cases_month: int
    users: int
    ore: int

    @property
    def service_name(self) -> str:
        """The service's name in Norwegian."""
        return SERVICE_NAMES[self.service_code]


@dataclass(frozen=True, slots=True)
class MonthEstimate:
    """The table, its sum in øre, the price model's name and everything that was assumed, in Norwegian."""

    model: str
    rows: tuple[EstimateRow, ...]
    total_ore: int
    assumptions: tuple[str, ...]


def month_estimate(records: Iterable[UsageRecord], *, total: Decimal, days: Decimal = Decimal(1)) -> MonthEstimate:
    """The month's bill if every day is like the `days` that `records` come from, by one price per case.

    `total` is the gross cost of the national service in kroner per calendar year; the price of a case is what
    recovers it from the assumed national use. A municipality's rows sum to its bill, and all rows to `total_ore`.
    """
    cases: Counter[tuple[str, ServiceCode]] = Counter()
    people: dict[tuple[str, ServiceCode], set[str]] = {}
    for record in records:
        if record.usage_kind == "case":
            cell = (record.municipality, record.service_code)
            cases[cell] += record.quantity
            people.setdefault(cell, set()).add(record.pseudonym)
    rows = _rows(cases, people, scale=_DAYS_IN_MONTH / Fraction(days), case_price=_case_price(total))
    return MonthEstimate("per-case", rows, sum(row.ore for row in rows), _assumptions(total, days))


def _case_price(total: Decimal) -> Fraction:
    national_cases = sum((use.national_cases for use in read_use_assumptions()), Fraction(0))
    return Fraction(to_ore(total), 12) / national_cases


def _rows(
    cases: Counter[tuple[str, ServiceCode]],
    people: dict[tuple[str, ServiceCode], set[str]],
    *,
    scale: Fraction,
    case_price: Fraction,
) -> tuple[EstimateRow, ...]:
    rows: list[EstimateRow] = []
    for municipality in sorted({cell[0] for cell in cases}):
        cells = [cell for cell in sorted(cases) if cell[0] == municipality and cases[cell] > 0]
        bill = round(sum(cases[cell] for cell in cells) * scale * case_price)
        for cell, ore in zip(cells, split(bill, [cases[c] for c in cells]) if cells else [], strict=True):
            users, metered = len(people[cell]), cases[cell]
            rows.append(EstimateRow(municipality, cell[1], metered, round(metered * scale), users, ore))
    return tuple(rows)


def _assumptions(total: Decimal, days: Decimal) -> tuple[str, ...]:
    price = f"{float(_case_price(total)) / 100:.2f}".replace(".", ",")
    return (
        f"Regneeksempel: hele landets kostnad er satt til {total:,.0f} kroner i året".replace(",", " ") + ".",
        f"Prismodell per-case: én pris per sak, {price} kroner, som dekker kostnaden ved antatt nasjonal bruk.",
        f"Måneden er {str(days).replace('.', ',')} målt(e) døgn ganget opp til 365/12 døgn.",
        "Antatt nasjonal bruk: Helsedirektoratet (KPR 2020) for mottakere; saker per mottaker er vår forutsetning.",
    )
