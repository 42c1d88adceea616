"""How much welfare technology is used where nothing has been metered: recipients and cases, as assumptions.

The numbers are in `reference/use-assumptions.csv`, one row per service with its source. National recipients fall on
the municipalities by the age of their inhabitants.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import mul

from hub.metering.municipalities import AGE_GROUPS, REFERENCE, Municipality
from hub.model.codes import ServiceCode
from hub.model.money import split

SOURCE = (
    "Mottakere: Helsedirektoratet, KPR 2020 (trygghetsalarm 104 003, digitalt tilsyn 5 998, medisinstøtte 5 712, "
    "lokalisering 3 454). Saker per mottaker, alder og digital hjemmeoppfølging er våre forutsetninger."
)


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """One service: national recipients, cases per recipient and month, and per cent of recipients by age group."""

    service: ServiceCode
    recipients: int
    cases_per_month: Fraction
    age_shares: tuple[int, ...]
    source: str

    @property
    def national_cases(self) -> Fraction:
        """Cases a month when every recipient's municipality is connected."""
        return self.recipients * self.cases_per_month


def read_use_assumptions() -> tuple[ServiceUse, ...]:
    """Every service with its assumed use."""
    with (REFERENCE / "use-assumptions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_service_use(row) for row in csv.DictReader(file))


def _service_use(row: Mapping[str, str]) -> ServiceUse:
    return ServiceUse(
        service=ServiceCode(row["service"]),
        recipients=int(row["recipients"]),
        cases_per_month=Fraction(row["cases_per_recipient_month"]),
        age_shares=tuple(int(row[f"share_{group}"]) for group in AGE_GROUPS),
        source=row["source"],
    )


def recipients_by_municipality(use: ServiceUse, municipalities: Sequence[Municipality]) -> list[int]:
    """The service's recipients in each municipality, summing to the national figure.

    Every age group's recipients fall evenly on the country's inhabitants of that age.
    """
    national = [sum(m.ages[group] for m in municipalities) for group in range(len(AGE_GROUPS))]
    per_head = [Fraction(10**9 * share, max(heads, 1)) for share, heads in zip(use.age_shares, national, strict=True)]
    # Over one denominator, so that a country's sums are sums of integers: five times as fast, and as exact.
    common = lcm(*(rate.denominator for rate in per_head))
    rates = [rate.numerator * (common // rate.denominator) for rate in per_head]
    weights = [round(Fraction(sum(map(mul, m.ages, rates)), common)) for m in municipalities]
    return split(use.recipients, weights)
