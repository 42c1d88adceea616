"""A simulator's day, or any short sample, scaled up to months.

Where the sample's municipalities are in the table, their cases per day become a month's. Where they are not (a test
municipality), the sample says how many cases an active user has, and the recipients are the assumed ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hub.metering.foundation import Reals
from hub.metering.ledger import UsageTable
from hub.metering.metered_use import MeteredUse
from hub.metering.month import Month
from hub.metering.municipalities import Municipality, positions
from hub.metering.sharing import Ints
from hub.metering.use_assumptions import ServiceUse, read_use_assumptions, recipients_by_municipality
from hub.model.codes import ServiceCode
from hub.model.errors import ConfigurationError, ConfigurationFault

_COUNTS = """
SELECT municipality, service_code, sum(quantity)::BIGINT, count(DISTINCT pseudonym)
FROM usage WHERE usage_kind = 'case' GROUP BY ALL ORDER BY ALL
"""
_DAYS = "SELECT date_diff('day', min(day), max(day)) + 1 FROM usage WHERE usage_kind = 'case'"


def sampled_use(table: UsageTable, *, months: Sequence[Month], municipalities: Sequence[Municipality]) -> MeteredUse:
    """The sample in `table` as the use of `months`. Raises ConfigurationError on an empty or mixed sample."""
    days = table.rows(_DAYS)[0][0]
    if not days:
        raise ConfigurationError([ConfigurationFault(0, "--sample", "målingen har ingen saker")])
    rows = table.rows(_COUNTS)
    known = positions(municipalities)
    unknown = sorted({row[0] for row in rows} - known.keys())
    if unknown and len(unknown) < len({row[0] for row in rows}):
        text = f"blander kommuner i tabellen med ukjente: {', '.join(unknown)}"
        raise ConfigurationError([ConfigurationFault(0, "--sample", text)])
    assumed = read_use_assumptions()
    daily = _by_rate(rows, assumed, municipalities) if unknown else _by_place(rows, known, assumed, municipalities)
    return _spread_over(months, municipalities, assumed, daily / days, source=_source(table, days, bool(unknown)))


def _source(table: UsageTable, days: int, rates_only: bool) -> str:
    how = (
        "saker per aktiv bruker er målt, antall mottakere er forutsatt"
        if rates_only
        else "kommunenes saker er ganget opp, aktive brukere i måneden er de forutsatte mottakerne"
    )
    return f"{table.source} {days} målt(e) døgn er ganget opp til måneder; {how}."


def _by_rate(rows: Sequence[tuple[Any, ...]], assumed: Sequence[ServiceUse], places: Sequence[Municipality]) -> Reals:
    daily = np.zeros((len(places), len(assumed)))
    for index, use in enumerate(assumed):
        found = [(row[2], row[3]) for row in rows if row[1] == use.service]
        rate = sum(f[0] for f in found) / max(sum(f[1] for f in found), 1)
        daily[:, index] = np.array(recipients_by_municipality(use, places)) * rate
    return daily


def _by_place(
    rows: Sequence[tuple[Any, ...]],
    known: dict[str, int],
    assumed: Sequence[ServiceUse],
    places: Sequence[Municipality],
) -> Reals:
    services = [use.service for use in assumed]
    daily = np.zeros((len(places), len(assumed)))
    for municipality, service, cases, _ in rows:
        if service in services:
            daily[known[str(municipality)], services.index(ServiceCode(service))] += cases
    return daily


def _spread_over(
    months: Sequence[Month],
    places: Sequence[Municipality],
    assumed: Sequence[ServiceUse],
    daily: Reals,
    *,
    source: str,
) -> MeteredUse:
    cases: Ints = np.stack([np.rint(daily * month.days) for month in months]).astype(np.int64)
    recipients = np.stack([recipients_by_municipality(use, places) for use in assumed], axis=-1)
    users: Ints = np.minimum(np.broadcast_to(recipients, cases.shape), cases)
    return MeteredUse(
        months=tuple(months),
        municipalities=tuple(places),
        services=tuple(use.service for use in assumed),
        cases=cases,
        users=users,
        reads=np.zeros(cases.shape[:2], np.int64),
        source=source,
    )
