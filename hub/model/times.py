"""FHIR's written times, read into aware UTC instants, and shown to people in Norwegian local time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hub.model.clock import OSLO

_PARTIAL = re.compile(r"\d{4}(-\d{2})?")


def parse_time(text: object) -> datetime | None:
    """The instant that a FHIR date, dateTime or instant begins at, in UTC, or None when it is no time at all.

    A time without offset is read as Norwegian local time; a partial date as its first moment. More than six
    fractional digits are cut off, as Python does.
    """
    if not isinstance(text, str) or len(text) < 4:
        return None
    if _PARTIAL.fullmatch(text):
        text = f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=OSLO)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970, the form in which the store keeps an instant."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The instant that `microseconds` wrote."""
    return _EPOCH + timedelta(microseconds=count)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
