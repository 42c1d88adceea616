"""The period of a look-up: `date=ge…` and `date=le…`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.api.errors import fault
from hub.model.times import parse_time

_DATE = re.compile(r"(ge|le)(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?)")
_USUAL_BACK, _USUAL_ON = timedelta(days=30), timedelta(days=30)
_LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Period:
    """From and to, both included, aware and UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment <= self.end


def read_period(dates: Sequence[str], *, now: datetime) -> Period:
    """The period that `dates` say; an open end is 30 days from `now`, or from the other end where that is beyond it.

    Raises RejectedMessage: 2.4 for what is no date, 2.3 for too many, 2 for a period that can't be.
    """
    start, end = _ends(dates)
    if start and end and end - start > _LONGEST:
        raise fault("2", f"Perioden kan være høyst {_LONGEST.days} døgn.", rule="period-too-long", kind="too-costly")
    first = start or min(end or now, now) - _USUAL_BACK
    last = end or max(start or now, now) + _USUAL_ON
    return Period(max(first, last - _LONGEST), last)


def read_bounds(dates: Sequence[str]) -> Period:
    """The period that `dates` say, without an end where they say none. Raises RejectedMessage as `read_period` does."""
    start, end = _ends(dates)
    return Period(start or _EVER.start, end or _EVER.end)


_EVER = Period(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def _ends(dates: Sequence[str]) -> tuple[datetime | None, datetime | None]:
    ends: dict[str, datetime] = {}
    for text in dates:
        prefix, moment = _read(text)
        if prefix in ends:
            raise fault("2.3", "Oppgi date høyst to ganger: én med ge og én med le.", rule="date-repeated")
        ends[prefix] = moment
    start, end = ends.get("ge"), ends.get("le")
    if start and end and start > end:
        raise fault("2", "Perioden slutter før den begynner.", rule="period-reversed")
    return start, end


def _read(text: str) -> tuple[str, datetime]:
    found = _DATE.fullmatch(text.replace(" ", "+"))
    moment = parse_time(found[2]) if found and "0002" <= found[2][:4] <= "9997" else None
    if found is None or moment is None:
        text = "date må ha ge eller le foran et tidspunkt, for eksempel ge2026-01-01T00:00:00Z."
        raise fault("2.4", text, rule="date-format")
    if found[1] == "le" and len(found[2]) == 10:
        moment += timedelta(days=1) - timedelta(microseconds=1)
    return found[1], moment
